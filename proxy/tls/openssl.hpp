#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

namespace proxy::tls {

/// Deleter for what OpenSSL counts references of.
struct Free {
  void operator()(BIO* it) const noexcept { BIO_free_all(it); }
  void operator()(EVP_PKEY* it) const noexcept { EVP_PKEY_free(it); }
  void operator()(GENERAL_NAMES* it) const noexcept { GENERAL_NAMES_free(it); }
  void operator()(SSL* it) const noexcept { SSL_free(it); }
  void operator()(SSL_CTX* it) const noexcept { SSL_CTX_free(it); }
  void operator()(SSL_SESSION* it) const noexcept { SSL_SESSION_free(it); }
  void operator()(X509* it) const noexcept { X509_free(it); }
};
template <class Object>
using Owned = std::unique_ptr<Object, Free>;

/// Another reference to the same context.
[[nodiscard]] inline Owned<SSL_CTX> share(SSL_CTX* context) noexcept {
  SSL_CTX_up_ref(context);
  return Owned<SSL_CTX>(context);
}

}  // namespace proxy::tls
