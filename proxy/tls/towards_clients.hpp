#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "proxy/net/start_error.hpp"
#include "proxy/tls/connection.hpp"
#include "proxy/tls/credentials.hpp"
#include "proxy/tls/key_log.hpp"

namespace proxy::tls {

enum class ClientCertificate : std::uint8_t {
  NotAsked,
  Optional,  ///< who shows none is let in, who shows one that is not trusted is not
  Required,
};

struct TowardsClientsSettings {
  /// At least one. The client's SNI chooses; the first is for those who name none of them.
  std::vector<CredentialFiles> certificates;
  ClientCertificate client_certificate = ClientCertificate::NotAsked;
  std::string client_ca_file = {};  ///< who vouches for clients; unless NotAsked
  const KeyLog* key_log = nullptr;
};

/// TLS towards clients. Used by all loops.
///
/// Clients come back with tickets, which cost us no memory. Their key is drawn at start and
/// outlives a reload; only the few that take no tickets are kept in a cache.
class TowardsClients {
 public:
  /// Reads the files. Errors: as load_credentials().
  [[nodiscard]] static tl::expected<std::unique_ptr<TowardsClients>, net::StartError> make(
      TowardsClientsSettings settings);

  /// Reads the files again, for connections that begin from now on. After an error all is as it
  /// was.
  [[nodiscard]] tl::expected<void, net::StartError> reload();
  /// TLS over a socket that was accepted; the handshake has not begun. Null: there is no memory.
  [[nodiscard]] std::unique_ptr<Connection> begin(int fd) const;

 private:
  explicit TowardsClients(TowardsClientsSettings settings) : settings_(std::move(settings)) {}
  [[nodiscard]] tl::expected<Owned<SSL_CTX>, net::StartError> build() const;
  [[nodiscard]] tl::expected<Owned<SSL_CTX>, net::StartError> new_context() const;
  [[nodiscard]] Owned<SSL_CTX> current() const;

  TowardsClientsSettings settings_;
  mutable std::mutex mutex_;  ///< guards `context_`
  Owned<SSL_CTX> context_;    ///< that of the first certificate; it holds the others
};

}  // namespace proxy::tls
