#pragma once

#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <string>

/// OpenSSL's errors as words for people, to stand behind a colon. "It" is the peer.
namespace proxy::tls {

/// `code` is one of OpenSSL's queue; 0: the peer left without a word.
[[nodiscard]] std::string reason_of(unsigned long code);
/// Takes the first error of the thread's queue, and empties it.
[[nodiscard]] unsigned long take_error() noexcept;
/// Why a certificate that the peer showed is not believed: which one, whose, since when.
[[nodiscard]] std::string why_untrusted(X509_STORE_CTX* verification);

/// `2026-11-26 18:00 UTC`
[[nodiscard]] std::string text_of(const ASN1_TIME* time);
/// `CN=app.example,O=Example`
[[nodiscard]] std::string text_of(const X509_NAME* name);

}  // namespace proxy::tls
