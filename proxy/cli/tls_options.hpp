#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "proxy/cli/upstream_options.hpp"
#include "proxy/tls/towards_clients.hpp"
#include "proxy/tls/towards_upstream.hpp"

namespace CLI {
class App;
}

namespace proxy::cli {

/// `--tls-cert`, `--upstream-ca` and what goes with them, as written.
struct WrittenTls {
  std::vector<std::string> certificates;
  std::vector<std::string> keys;
  std::string client_ca;
  std::string client_auth;
  std::string upstream_ca;
  std::string upstream_certificate;
  std::string upstream_key;
  std::string upstream_name;
  bool upstream_insecure = false;
};

/// The same, checked as far as can be without reading files. Without a side there is no TLS on it.
struct TlsOptions {
  std::optional<tls::TowardsClientsSettings> clients;
  std::optional<tls::TowardsUpstreamSettings> upstream;
};

void add_tls_options(CLI::App& app, WrittenTls& written);
/// `upstreams` is where the connections go, and whether by TLS. Errors: a sentence.
[[nodiscard]] tl::expected<TlsOptions, std::string> read_tls(const WrittenTls& written,
                                                             const UpstreamOptions& upstreams);

}  // namespace proxy::cli
