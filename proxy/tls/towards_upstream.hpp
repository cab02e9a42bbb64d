#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "proxy/net/start_error.hpp"
#include "proxy/tls/connection.hpp"
#include "proxy/tls/credentials.hpp"
#include "proxy/tls/key_log.hpp"
#include "proxy/tls/sessions.hpp"

namespace proxy::tls {

enum class Verify : std::uint8_t {
  Peer,     ///< the certificate must be trusted and name the peer
  Nothing,  ///< anybody may answer
};

struct TowardsUpstreamSettings {
  std::string name;  ///< to ask for (SNI) and to be proven; empty: the host that is connected to
  Verify verify = Verify::Peer;
  std::string ca_file = {};                 ///< whom to trust; empty: whom the system trusts
  std::optional<CredentialFiles> own = {};  ///< to show, when the upstream asks
  const KeyLog* key_log = nullptr;
};

/// TLS towards the upstream. Used by all loops.
class TowardsUpstream {
 public:
  /// Reads the files. Errors: as load_credentials().
  [[nodiscard]] static tl::expected<std::unique_ptr<TowardsUpstream>, net::StartError> make(
      TowardsUpstreamSettings settings);

  /// Reads the files again, for connections that begin from now on. After an error all is as it
  /// was.
  [[nodiscard]] tl::expected<void, net::StartError> reload();
  /// TLS over a socket that is connected to `host`, which is of use where the settings have no
  /// name; the handshake has not begun. `sessions` are the loop's with that upstream. Null: there
  /// is no memory.
  [[nodiscard]] std::unique_ptr<Connection> begin(int fd, Sessions& sessions,
                                                  const std::string& host = {}) const;

 private:
  explicit TowardsUpstream(TowardsUpstreamSettings settings) : settings_(std::move(settings)) {}
  [[nodiscard]] tl::expected<Owned<SSL_CTX>, net::StartError> build() const;
  [[nodiscard]] Owned<SSL_CTX> current() const;

  TowardsUpstreamSettings settings_;
  mutable std::mutex mutex_;  ///< guards `context_`
  Owned<SSL_CTX> context_;
};

}  // namespace proxy::tls
