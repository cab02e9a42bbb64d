#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace proxy::client {

struct TlsOptions {
  enum class Verify : std::uint8_t {
    Peer,     ///< the certificate must be trusted and name the host
    Nothing,  ///< anybody may answer: for tests
  };
  Verify verify = Verify::Peer;
  std::string ca_file = {};  ///< PEM of who is trusted; empty: whom the system trusts
};

/// What all TLS links of a client share: whom to trust, and the last session, which the next link
/// takes up again (polling opens a link for each request).
class TlsContext {
 public:
  /// The error is a sentence for the user: the CA file cannot be read.
  [[nodiscard]] static tl::expected<TlsContext, std::string> make(const TlsOptions& options);

 private:
  friend class TlsSession;
  struct FreeContext {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  };
  struct FreeSession {
    void operator()(SSL_SESSION* session) const noexcept { SSL_SESSION_free(session); }
  };
  struct Shared {
    std::unique_ptr<SSL_CTX, FreeContext> context;
    std::unique_ptr<SSL_SESSION, FreeSession> last;
  };
  std::unique_ptr<Shared> shared_;  ///< OpenSSL's callback holds its address
};

/// One TLS connection, the client's side, as bytes in and bytes out: it has no socket.
class TlsSession {
 public:
  /// `context` must outlive it. `host` is the name to ask for (SNI) and to be proven.
  TlsSession(const TlsContext& context, const std::string& host);

  enum class State : std::uint8_t { Handshake, Open, Ended, Failed };
  [[nodiscard]] State state() const noexcept { return state_; }
  /// Failed: why, such as "certificate verify failed: self-signed certificate".
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

  /// Takes bytes from the peer; adds what they decrypt to. Empty `bytes` begin the handshake.
  void receive(std::string_view bytes, std::string& plain);
  /// Only while Open.
  void send(std::string_view plain);
  /// Says that nothing more will be sent.
  void close();
  /// Bytes for the peer; empty when there are none.
  [[nodiscard]] std::string take_bytes();

 private:
  struct Free {
    void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
  };
  void fail();

  std::unique_ptr<SSL, Free> ssl_;
  BIO* in_;   ///< owned by ssl_
  BIO* out_;  ///< owned by ssl_
  State state_ = State::Handshake;
  std::string failure_;
};

}  // namespace proxy::client
