#pragma once

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "proxy/tls/openssl.hpp"

/// Certificates for tests, made while they run.
namespace tests::tls {

using proxy::tls::Owned;

/// A folder for the length of a test.
class Folder {
 public:
  Folder() {
    std::string path = (std::filesystem::temp_directory_path() / "sioscope-tls-XXXXXX").string();
    path_ = mkdtemp(path.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  /// Writes a file and says where.
  std::string file(const std::string& name, const std::string& text) const {
    const auto path = path_ / name;
    std::ofstream(path, std::ios::trunc) << text;
    return path.string();
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// What a certificate is to say.
struct Wish {
  std::string names = "DNS:app.example,IP:127.0.0.1";  ///< in OpenSSL's words; may be empty
  std::string common_name = "app.example";
  long valid_from = -60;  ///< seconds from now
  long valid_for = 3600;
  bool rsa = false;  ///< else P-256
};

/// A certificate and its key, in PEM.
struct Issued {
  std::string certificate;
  std::string key;
  [[nodiscard]] std::string both() const { return certificate + key; }
};

/// Who vouches for certificates.
class Authority {
 public:
  explicit Authority(const std::string& name = "Test CA")
      : key_(EVP_EC_gen("P-256")),
        certificate_(make(key_.get(), {.names = "", .common_name = name})) {
    extend(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
    sign(certificate_.get(), certificate_.get(), key_.get());
  }

  [[nodiscard]] Issued issue(const Wish& wish = {}) const {
    const Owned<EVP_PKEY> key = make_key(wish);
    const Owned<X509> made = make(key.get(), wish);
    sign(made.get(), certificate_.get(), key_.get());
    return {pem(made.get()), pem(key.get(), nullptr)};
  }
  /// What nobody vouches for but itself.
  [[nodiscard]] static Issued self_signed(const Wish& wish) {
    const Owned<EVP_PKEY> key = make_key(wish);
    const Owned<X509> made = make(key.get(), wish);
    sign(made.get(), made.get(), key.get());
    return {pem(made.get()), pem(key.get(), nullptr)};
  }
  /// Its own certificate, in PEM.
  [[nodiscard]] std::string certificate() const { return pem(certificate_.get()); }

  /// `passphrase`: null for none.
  [[nodiscard]] static std::string pem(EVP_PKEY* key, const char* passphrase) {
    const Owned<BIO> out(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(out.get(), key, passphrase == nullptr ? nullptr : EVP_aes_128_cbc(),
                             nullptr, 0, nullptr, const_cast<char*>(passphrase));
    return text_in(out.get());
  }

 private:
  static std::string text_in(BIO* out) {
    char* text = nullptr;
    const long length = BIO_get_mem_data(out, &text);
    return {text, static_cast<std::size_t>(length)};
  }
  static std::string pem(X509* certificate) {
    const Owned<BIO> out(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(out.get(), certificate);
    return text_in(out.get());
  }

  static Owned<EVP_PKEY> make_key(const Wish& wish) {
    return Owned<EVP_PKEY>(wish.rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256"));
  }
  static Owned<X509> make(EVP_PKEY* key, const Wish& wish) {
    static long serial = 0;
    Owned<X509> made(X509_new());
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), wish.valid_from);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), wish.valid_from + wish.valid_for);
    X509_set_pubkey(made.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(wish.common_name.c_str()), -1,
                               -1, 0);
    if (!wish.names.empty()) extend(made.get(), NID_subject_alt_name, wish.names);
    return made;
  }
  static void extend(X509* certificate, int kind, const std::string& value) {
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  static void sign(X509* certificate, X509* issuer, EVP_PKEY* key_of_issuer) {
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    X509_sign(certificate, key_of_issuer, EVP_sha256());
  }

  Owned<EVP_PKEY> key_;
  Owned<X509> certificate_;
};

/// A certificate that nobody vouches for but itself, in files: who is to believe it, names its own
/// as that of the CA.
class SelfSigned {
 public:
  explicit SelfSigned(const Wish& wish) {
    const Issued issued = Authority::self_signed(wish);
    certificate = folder_.file("certificate.pem", issued.certificate);
    key = folder_.file("key.pem", issued.key);
  }

  std::string certificate;
  std::string key;

 private:
  Folder folder_;
};

}  // namespace tests::tls
