#include "proxy/cli/watch_tls.hpp"

#include <cstdlib>
#include <cstring>
#include <utility>

namespace proxy::cli {
namespace {

constexpr const char* kTowardsClients = "TLS towards clients: ";
constexpr const char* kTowardsUpstream = "TLS towards the upstream: ";

std::unique_ptr<tls::KeyLog> open_key_log(spdlog::logger& log) {
  const char* const path = std::getenv("SSLKEYLOGFILE");
  if (path == nullptr || *path == '\0') return nullptr;
  auto opened = tls::KeyLog::open(path);
  if (!opened) {
    log.error("SSLKEYLOGFILE: cannot write '{}': {}; the secrets of connections are not logged",
              path, std::strerror(opened.error()));
    return nullptr;
  }
  log.warn("SSLKEYLOGFILE: the secrets of all TLS connections are written to '{}'", path);
  return std::make_unique<tls::KeyLog>(std::move(*opened));
}

}  // namespace

tl::expected<WatchTls, net::StartError> WatchTls::start(TlsOptions options, spdlog::logger& log) {
  WatchTls started;
  if (options.clients || options.upstream) started.key_log_ = open_key_log(log);
  if (options.clients) {
    options.clients->key_log = started.key_log_.get();
    auto made = tls::TowardsClients::make(std::move(*options.clients));
    if (!made) return tl::unexpected(net::StartError{kTowardsClients + made.error().sentence});
    started.clients_ = std::move(*made);
  }
  if (options.upstream) {
    options.upstream->key_log = started.key_log_.get();
    auto made = tls::TowardsUpstream::make(std::move(*options.upstream));
    if (!made) return tl::unexpected(net::StartError{kTowardsUpstream + made.error().sentence});
    started.upstream_ = std::move(*made);
  }
  return started;
}

void WatchTls::reload(spdlog::logger& log) {
  if (!clients_ && !upstream_) {
    log.warn("SIGHUP: there is no TLS, so there are no certificates to read again; ignored");
    return;
  }
  bool all = true;
  const auto report = [&](const char* side, const tl::expected<void, net::StartError>& reloaded) {
    if (reloaded) return;
    all = false;
    log.error("SIGHUP: {}{}; what was read before stays in use", side, reloaded.error().sentence);
  };
  if (clients_) report(kTowardsClients, clients_->reload());
  if (upstream_) report(kTowardsUpstream, upstream_->reload());
  if (all) log.info("SIGHUP: certificates were read again, for connections from now on");
}

}  // namespace proxy::cli
