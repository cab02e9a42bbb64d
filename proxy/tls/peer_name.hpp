#pragma once

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <string>

namespace proxy::tls {

[[nodiscard]] inline bool is_numeric(const std::string& host) noexcept {
  in6_addr address;
  return inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

/// `ssl` will ask for `host` (SNI), and only a certificate of that name will do. An address cannot
/// be asked for, but it can be proven.
/// Source: RFC 6066, 3 ("Literal IPv4 and IPv6 addresses are not permitted").
inline void expect_peer(SSL* ssl, const std::string& host) {
  if (is_numeric(host)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str());
    return;
  }
  SSL_set_tlsext_host_name(ssl, host.c_str());
  SSL_set1_host(ssl, host.c_str());
}

}  // namespace proxy::tls
