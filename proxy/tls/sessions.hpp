#pragma once

#include "proxy/tls/openssl.hpp"

namespace proxy::tls {

/// The last session with the upstream of one loop, which its next connection takes up again: a
/// handshake without certificates. Loops share none, so that none waits for another.
class Sessions {
 public:
  /// From now on sessions are made with `context`: those of an earlier one were verified by other
  /// certificates.
  void begin(SSL_CTX* context) {
    if (context_.get() == context) return;
    last_.reset();
    context_ = share(context);
  }
  /// Offers the session to `ssl`, if there is one.
  void offer_to(SSL* ssl) const {
    if (last_ && SSL_SESSION_is_resumable(last_.get()) == 1) SSL_set_session(ssl, last_.get());
  }
  /// True: `session` is owned from here on.
  [[nodiscard]] bool keep(const SSL_CTX* context, SSL_SESSION* session) noexcept {
    if (context_.get() != context) return false;
    last_.reset(session);
    return true;
  }

 private:
  Owned<SSL_CTX> context_;
  Owned<SSL_SESSION> last_;
};

}  // namespace proxy::tls
