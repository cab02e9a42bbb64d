#include "proxy/tls/reason.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <ctime>
#include <string_view>

#include "proxy/tls/credentials.hpp"
#include "proxy/tls/openssl.hpp"

namespace proxy::tls {
namespace {

/// Alerts that the peer sent arrive as errors from this number on.
constexpr int kFirstAlert = SSL_AD_REASON_OFFSET;

/// `tlsv13 alert certificate required`, without what stands before it.
std::string alert_text(unsigned long code) {
  const char* const text = ERR_reason_error_string(code);
  if (text == nullptr) return "alert " + std::to_string(ERR_GET_REASON(code) - kFirstAlert);
  constexpr std::string_view kAlert = " alert ";
  const std::string_view whole = text;
  const std::size_t at = whole.find(kAlert);
  return std::string(at == whole.npos ? whole : whole.substr(at + kAlert.size()));
}

std::string names_text(const X509* certificate) {
  std::string text;
  for (const std::string& name : names_of(certificate)) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "nobody" : text;
}

std::string expected_text(X509_STORE_CTX* verification) {
  X509_VERIFY_PARAM* const wanted = X509_STORE_CTX_get0_param(verification);
  if (const char* const host = X509_VERIFY_PARAM_get0_host(wanted, 0)) return host;
  char* const address = X509_VERIFY_PARAM_get1_ip_asc(wanted);
  std::string text = address == nullptr ? "" : address;
  OPENSSL_free(address);
  return text;
}

}  // namespace

unsigned long take_error() noexcept {
  const unsigned long code = ERR_peek_error();
  ERR_clear_error();
  return code;
}

std::string reason_of(unsigned long code) {
  if (code == 0) return "it hung up";
  const int reason = ERR_GET_REASON(code);
  if (ERR_GET_LIB(code) == ERR_LIB_SSL) {
    switch (reason) {
      case SSL_R_HTTP_REQUEST:
      case SSL_R_HTTPS_PROXY_REQUEST:
        return "it speaks plain HTTP";
      case SSL_R_WRONG_VERSION_NUMBER:
      case SSL_R_UNEXPECTED_MESSAGE:
      case SSL_R_BAD_PACKET_LENGTH:
      case SSL_R_LENGTH_TOO_SHORT:
        return "it does not speak TLS";
      case SSL_R_UNSUPPORTED_PROTOCOL:
      case SSL_R_VERSION_TOO_LOW:
      case SSL_R_UNKNOWN_PROTOCOL:
        return "it knows no TLS version from 1.2 on";
      case SSL_R_NO_SHARED_CIPHER:
        return "we have no cipher in common";
      case SSL_R_NO_APPLICATION_PROTOCOL:
        return "it wants another protocol than http/1.1 (ALPN)";
      case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
        return "it showed no certificate";
      case SSL_R_UNEXPECTED_EOF_WHILE_READING:
        return "it hung up";
      default:
        break;
    }
    if (reason >= kFirstAlert) return "it refused: " + alert_text(code);
  }
  const char* const text = ERR_reason_error_string(code);
  return text == nullptr ? "OpenSSL error " + std::to_string(code) : text;
}

std::string why_untrusted(X509_STORE_CTX* verification) {
  const int error = X509_STORE_CTX_get_error(verification);
  const X509* const certificate = X509_STORE_CTX_get_current_cert(verification);
  if (certificate == nullptr) return X509_verify_cert_error_string(error);
  const std::string whose = "(" + text_of(X509_get_subject_name(certificate)) + ")";
  const std::string which = X509_STORE_CTX_get_error_depth(verification) == 0
                                ? "its certificate " + whose
                                : "a certificate of its chain " + whose;
  switch (error) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return which + " is for " + names_text(certificate) + ", not for " +
             expected_text(verification);
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return which + " expired on " + text_of(X509_get0_notAfter(certificate));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return which + " is not valid before " + text_of(X509_get0_notBefore(certificate));
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return which + " is self-signed and not among the trusted";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return which + " was issued by " + text_of(X509_get_issuer_name(certificate)) +
             ", whom nothing here says to trust";
    default:
      return which + " is not accepted: " + X509_verify_cert_error_string(error);
  }
}

std::string text_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "a date that cannot be read";
  std::array<char, 32> text;
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &parts);
  return {text.data(), length};
}

std::string text_of(const X509_NAME* name) {
  const Owned<BIO> out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* text = nullptr;
  const long length = BIO_get_mem_data(out.get(), &text);
  return length <= 0 ? "no name" : std::string(text, static_cast<std::size_t>(length));
}

}  // namespace proxy::tls
