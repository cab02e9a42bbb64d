#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/address/networks.hpp"
#include "proxy/net/naming.hpp"

namespace CLI {
class App;
}

/// Who clients are: whom we believe it, and how upstreams are told.
namespace proxy::cli {

/// `--trust`: what every command that judges has.
void add_trust_option(CLI::App& app, std::vector<std::string>& written);
/// Errors: a sentence.
[[nodiscard]] tl::expected<core::address::Networks, std::string> read_trust(
    const std::vector<std::string>& written);

/// `--forward-for` and `--send-proxy`, as written.
struct WrittenNaming {
  bool forward_for = false;
  std::vector<std::string> send_proxy;  ///< empty: left out
};
void add_naming_options(CLI::App& app, WrittenNaming& written);
/// Errors: a sentence.
[[nodiscard]] tl::expected<net::Naming, std::string> read_naming(const WrittenNaming& written);

}  // namespace proxy::cli
