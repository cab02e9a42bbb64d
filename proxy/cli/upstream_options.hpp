#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "proxy/net/address.hpp"
#include "proxy/net/balance.hpp"

namespace CLI {
class App;
}

namespace proxy::cli {

/// `--upstream` and how one of several is chosen, as written.
struct WrittenUpstreams {
  std::vector<std::string> urls;
  std::string balance;
};

/// The same, checked.
struct UpstreamOptions {
  std::vector<net::Endpoint> endpoints;                      ///< at least one, each once
  net::HttpUrl::Scheme scheme = net::HttpUrl::Scheme::Http;  ///< of all of them
  net::BalancePolicy balance = net::BalancePolicy::Sticky;

  /// What reports call them; empty where there is one, which needs no name.
  [[nodiscard]] std::vector<std::string> names() const;
};

void add_upstream_options(CLI::App& app, WrittenUpstreams& written);
/// Errors: a sentence.
[[nodiscard]] tl::expected<UpstreamOptions, std::string> read_upstreams(
    const WrittenUpstreams& written);

}  // namespace proxy::cli
