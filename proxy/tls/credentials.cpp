#include "proxy/tls/credentials.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <utility>

#include "proxy/net/descriptor.hpp"
#include "proxy/tls/reason.hpp"

namespace proxy::tls {
namespace {

using net::StartError;

/// The bundle of a whole operating system has 200 kB. Who names a disk by mistake should not wait.
constexpr std::size_t kFileBytesMax = std::size_t{4} << 20;

tl::unexpected<StartError> refuse(std::string sentence) {
  return tl::unexpected(StartError{std::move(sentence)});
}

tl::expected<std::string, StartError> read_file(const std::string& path) {
  const auto cannot = [&](int error) {
    return refuse("cannot read '" + path + "': " + std::strerror(error) +
                  "; name a PEM file that is there and may be read");
  };
  const net::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return cannot(errno);
  std::string text;
  std::array<char, 16384> buffer;
  while (text.size() <= kFileBytesMax) {
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count == 0) return text;
    if (count > 0)
      text.append(buffer.data(), static_cast<std::size_t>(count));
    else if (errno != EINTR)
      return cannot(errno);
  }
  return cannot(EFBIG);
}

Owned<BIO> reader_of(const std::string& text) {
  return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

tl::expected<std::vector<Owned<X509>>, StartError> certificates_in(const std::string& text,
                                                                   const std::string& path) {
  const Owned<BIO> in = reader_of(text);
  std::vector<Owned<X509>> certificates;
  while (X509* const certificate = PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr))
    certificates.emplace_back(certificate);
  const unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  const bool at_the_end =
      ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  if (!at_the_end)
    return refuse("certificate number " + std::to_string(certificates.size() + 1) + " in '" + path +
                  "' is damaged (" + reason_of(error) + "); get a new copy of the file");
  if (certificates.empty())
    return refuse("there is no certificate in '" + path +
                  "'; name a PEM file, one with -----BEGIN CERTIFICATE----- in it");
  return certificates;
}

tl::expected<Owned<EVP_PKEY>, StartError> key_in(const std::string& text, const std::string& path) {
  bool asked_for_passphrase = false;
  const auto no_passphrase = [](char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
  };
  const Owned<BIO> in = reader_of(text);
  Owned<EVP_PKEY> key(
      PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, &asked_for_passphrase));
  ERR_clear_error();
  if (key) return key;
  if (asked_for_passphrase)
    return refuse("the private key in '" + path +
                  "' is encrypted; give it without passphrase, as openssl pkey -in '" + path +
                  "' writes it");
  return refuse("there is no private key in '" + path +
                "'; name a PEM file, one with -----BEGIN PRIVATE KEY----- in it");
}

tl::expected<void, StartError> check_days(const X509* certificate, const std::string& path) {
  const std::string which =
      "the certificate of " + text_of(X509_get_subject_name(certificate)) + " in '" + path + "' ";
  const ASN1_TIME* const last = X509_get0_notAfter(certificate);
  if (X509_cmp_current_time(last) < 0)
    return refuse(which + "expired on " + text_of(last) + "; renew it");
  const ASN1_TIME* const first = X509_get0_notBefore(certificate);
  if (X509_cmp_current_time(first) > 0)
    return refuse(which + "is not valid before " + text_of(first) +
                  "; wait until then, or check this machine's clock");
  return {};
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string bytes_of(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(ASN1_STRING_length(string))};
}

std::string address_text(const ASN1_OCTET_STRING* octets) {
  const int family = ASN1_STRING_length(octets) == 4 ? AF_INET : AF_INET6;
  char text[INET6_ADDRSTRLEN] = "";
  if (ASN1_STRING_length(octets) == 4 || ASN1_STRING_length(octets) == 16)
    inet_ntop(family, ASN1_STRING_get0_data(octets), text, sizeof text);
  return text;
}

}  // namespace

tl::expected<Credentials, StartError> load_credentials(const CredentialFiles& files) {
  const auto text = read_file(files.certificate);
  if (!text) return tl::unexpected(text.error());
  auto certificates = certificates_in(*text, files.certificate);
  if (!certificates) return tl::unexpected(certificates.error());
  if (auto valid = check_days(certificates->front().get(), files.certificate); !valid)
    return tl::unexpected(valid.error());

  const bool in_one_file = files.key.empty();
  const std::string& key_path = in_one_file ? files.certificate : files.key;
  const auto key_text = in_one_file ? text : read_file(files.key);
  if (!key_text) return tl::unexpected(key_text.error());
  auto key = key_in(*key_text, key_path);
  if (!key) return tl::unexpected(key.error());

  Credentials own;
  own.certificate = std::move(certificates->front());
  certificates->erase(certificates->begin());
  own.chain = std::move(*certificates);
  own.key = std::move(*key);
  if (X509_check_private_key(own.certificate.get(), own.key.get()) != 1) {
    ERR_clear_error();
    return refuse("the private key in '" + key_path +
                  "' does not belong to the first certificate in '" + files.certificate +
                  "'; name the two that were made for each other");
  }
  return own;
}

tl::expected<void, unsigned long> show(SSL_CTX* context, const Credentials& own) {
  STACK_OF(X509)* const chain = sk_X509_new_null();
  for (const Owned<X509>& one : own.chain) sk_X509_push(chain, one.get());
  const int shown =
      SSL_CTX_use_cert_and_key(context, own.certificate.get(), own.key.get(), chain, 0);
  sk_X509_free(chain);  // Its certificates have other owners, the context among them.
  if (shown == 1) return {};
  return tl::unexpected(take_error());
}

tl::expected<std::vector<Owned<X509>>, StartError> load_certificates(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return tl::unexpected(text.error());
  return certificates_in(*text, path);
}

tl::expected<std::vector<Owned<X509>>, StartError> trust(SSL_CTX* context,
                                                         const std::string& path) {
  auto certificates = load_certificates(path);
  if (!certificates) return certificates;
  for (const Owned<X509>& one : *certificates)
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), one.get());
  return certificates;
}

std::vector<std::string> names_of(const X509* certificate) {
  std::vector<std::string> names;
  const Owned<GENERAL_NAMES> all(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(all.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(all.get(), i);
    if (name->type == GEN_DNS) names.push_back(lower(bytes_of(name->d.dNSName)));
    if (name->type == GEN_IPADD) names.push_back(address_text(name->d.iPAddress));
  }
  if (!names.empty()) return names;
  const X509_NAME* const subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at >= 0)
    names.push_back(lower(bytes_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)))));
  return names;
}

}  // namespace proxy::tls
