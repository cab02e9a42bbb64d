#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "proxy/net/start_error.hpp"
#include "proxy/tls/openssl.hpp"

namespace proxy::tls {

/// Where a certificate and its key are, in PEM.
struct CredentialFiles {
  std::string certificate;  ///< the own one first, then those between it and its CA
  std::string key = {};     ///< empty: it stands in the same file
};

/// A certificate that is valid today, with the key that belongs to it.
struct Credentials {
  Owned<X509> certificate;
  std::vector<Owned<X509>> chain;
  Owned<EVP_PKEY> key;
};

/// Errors: a file that cannot be read or holds nothing of the kind, an encrypted key, one of
/// another certificate, a certificate outside of its days. The sentence names the file.
[[nodiscard]] tl::expected<Credentials, net::StartError> load_credentials(
    const CredentialFiles& files);
/// Makes `context` show them. Of each type of key (RSA, EC, ...) a context has one at most; another
/// is refused, as are keys that OpenSSL deems too weak. The error is OpenSSL's.
[[nodiscard]] tl::expected<void, unsigned long> show(SSL_CTX* context, const Credentials& own);

/// At least one. Errors: as above.
[[nodiscard]] tl::expected<std::vector<Owned<X509>>, net::StartError> load_certificates(
    const std::string& path);
/// `context` believes whom the certificates in `path` vouch for. Errors: as above.
[[nodiscard]] tl::expected<std::vector<Owned<X509>>, net::StartError> trust(
    SSL_CTX* context, const std::string& path);

/// For whom it is: DNS names in lower case (`*.example.org` among them) and IP addresses; without
/// any, its common name.
[[nodiscard]] std::vector<std::string> names_of(const X509* certificate);

}  // namespace proxy::tls
