#pragma once

#include <spdlog/logger.h>

#include <memory>
#include <tl/expected.hpp>

#include "proxy/cli/tls_options.hpp"
#include "proxy/net/start_error.hpp"
#include "proxy/tls/key_log.hpp"

namespace proxy::cli {

/// TLS of a watch: none, on one side or on both; and the key log, if SSLKEYLOGFILE names one.
class WatchTls {
 public:
  /// Reads the files. Errors: as load_credentials(). A key log that cannot be written is only
  /// complained of: the variable may be meant for others.
  [[nodiscard]] static tl::expected<WatchTls, net::StartError> start(TlsOptions options,
                                                                     spdlog::logger& log);

  /// Null: clients speak plain.
  [[nodiscard]] const tls::TowardsClients* clients() const noexcept { return clients_.get(); }
  /// Null: the upstream speaks plain.
  [[nodiscard]] const tls::TowardsUpstream* upstream() const noexcept { return upstream_.get(); }
  /// SIGHUP: reads the files again, and says how it went. What cannot be used leaves its side as it
  /// was.
  void reload(spdlog::logger& log);

 private:
  std::unique_ptr<tls::KeyLog> key_log_;
  std::unique_ptr<tls::TowardsClients> clients_;
  std::unique_ptr<tls::TowardsUpstream> upstream_;
};

}  // namespace proxy::cli
