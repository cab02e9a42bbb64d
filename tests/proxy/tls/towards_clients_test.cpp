#include "proxy/tls/towards_clients.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "proxy/tls/by_name.hpp"
#include "tests/proxy/tls/pair.hpp"

using namespace tests::tls;
using proxy::tls::ClientCertificate;
using proxy::tls::CredentialFiles;
using proxy::tls::TowardsClientsSettings;

namespace {

/// A client of OpenSSL alone, which believes everything unless a test says otherwise.
struct Visitor {
  Owned<SSL_CTX> context{SSL_CTX_new(TLS_client_method())};
  Owned<SSL_SESSION> session;  ///< the last one it was given

  Visitor() {
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT);
    SSL_CTX_set_app_data(context.get(), this);
    SSL_CTX_sess_set_new_cb(context.get(), [](SSL* ssl, SSL_SESSION* given) {
      static_cast<Visitor*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)))->session.reset(given);
      return 1;
    });
  }
  [[nodiscard]] Owned<SSL> ssl(const std::string& asks_for = "") const {
    Owned<SSL> made(SSL_new(context.get()));
    if (!asks_for.empty()) SSL_set_tlsext_host_name(made.get(), asks_for.c_str());
    if (session) SSL_set_session(made.get(), session.get());
    return made;
  }
  void show(const Folder& folder, const Issued& own) const {
    const std::string path = folder.file("visitor.pem", own.both());
    SSL_CTX_use_certificate_chain_file(context.get(), path.c_str());
    SSL_CTX_use_PrivateKey_file(context.get(), path.c_str(), SSL_FILETYPE_PEM);
  }
};

std::unique_ptr<TowardsClients> clients_of(TowardsClientsSettings settings) {
  auto made = TowardsClients::make(std::move(settings));
  REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().sentence));
  return std::move(*made);
}

/// The common name of the certificate that a visitor is shown.
std::string shown(const TowardsClients& clients, const Visitor& visitor,
                  const std::string& asks_for = "") {
  Owned<SSL> ssl = visitor.ssl(asks_for);
  SSL_set_session(ssl.get(), nullptr);  // Else it would not be shown any.
  Pair pair(clients, std::move(ssl));
  REQUIRE(pair.shake_hands());
  const Owned<X509> certificate(SSL_get1_peer_certificate(pair.client->get()));
  char name[100] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name,
                            sizeof name);
  return name;
}

/// The sentence with which something is refused.
std::string refusal(TowardsClientsSettings settings) {
  const auto made = TowardsClients::make(std::move(settings));
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().sentence.find('\n') == std::string::npos);
  return made.error().sentence;
}

/// How a handshake with `visitor` fails, in the server's words; empty: it does not.
std::string failure(const TowardsClients& clients, const Visitor& visitor) {
  Pair pair(clients, visitor.ssl());
  if (pair.shake_hands()) return "";
  CHECK(pair.server_result == Handshake::Failed);
  return pair.server->failure();
}

/// Whether a visitor who was here before need not prove everything again.
bool resumes(const TowardsClients& clients, const Visitor& visitor) {
  Pair pair(clients, visitor.ssl());
  REQUIRE(pair.shake_hands());
  return pair.server->resumed();
}

}  // namespace

TEST_CASE("towards clients: the name that is asked for chooses the certificate") {
  const Authority authority;
  const Folder folder;
  const auto file = [&](const char* common_name, const char* names) {
    return CredentialFiles{folder.file(
        common_name, authority.issue({.names = names, .common_name = common_name}).both())};
  };
  const auto clients = clients_of({.certificates = {
                                       file("first", "DNS:app.example,DNS:a.wild.example"),
                                       file("second", "DNS:chat.example"),
                                       file("wild", "DNS:*.wild.example,DNS:App.example"),
                                       file("named.example", ""),
                                   }});
  const Visitor visitor;
  CHECK(shown(*clients, visitor) == "first");
  CHECK(shown(*clients, visitor, "app.example") == "first");
  CHECK(shown(*clients, visitor, "chat.example") == "second");
  CHECK(shown(*clients, visitor, "CHAT.Example") == "second");
  CHECK(shown(*clients, visitor, "b.wild.example") == "wild");
  CHECK(shown(*clients, visitor, "a.wild.example") == "first");
  CHECK(shown(*clients, visitor, "b.a.wild.example") == "first");
  CHECK(shown(*clients, visitor, "wild.example") == "first");
  CHECK(shown(*clients, visitor, "named.example") == "named.example");
  CHECK(shown(*clients, visitor, "nobody.example") == "first");
}

TEST_CASE(
    "towards clients: of an RSA and an EC certificate for one name each client gets its own") {
  const Authority authority;
  const Folder folder;
  const auto clients = clients_of(
      {.certificates = {
           {folder.file("ec", authority.issue({.common_name = "ec"}).both())},
           {folder.file("rsa", authority.issue({.common_name = "rsa", .rsa = true}).both())}}});
  const Visitor modern, old;
  SSL_CTX_set_max_proto_version(old.context.get(), TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(old.context.get(), "ECDHE-RSA-AES128-GCM-SHA256");
  CHECK(shown(*clients, modern) == "ec");
  CHECK(shown(*clients, old) == "rsa");
}

TEST_CASE("towards clients: a key in a file of its own, and the certificates between are sent") {
  const Authority authority;
  const Folder folder;
  const Issued own = authority.issue();
  const auto clients = clients_of(
      {.certificates = {{folder.file("chain.pem", own.certificate + authority.certificate()),
                         folder.file("key.pem", own.key)}}});
  const Visitor visitor;
  Pair pair(*clients, visitor.ssl());
  REQUIRE(pair.shake_hands());
  CHECK(sk_X509_num(SSL_get_peer_cert_chain(pair.client->get())) == 2);
}

TEST_CASE("towards clients: http/1.1 is what we speak, and h2 alone is refused") {
  const Trusting trusting;
  const auto chosen = [&](std::string_view offered) {
    const Visitor visitor;
    SSL_CTX_set_alpn_protos(visitor.context.get(),
                            reinterpret_cast<const unsigned char*>(offered.data()),
                            static_cast<unsigned>(offered.size()));
    Pair pair(*trusting.clients, visitor.ssl());
    if (!pair.shake_hands()) return pair.server->failure();
    const unsigned char* name = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(pair.client->get(), &name, &length);
    return std::string(reinterpret_cast<const char*>(name), length);
  };
  CHECK(chosen("\x02h2\x08http/1.1") == "http/1.1");
  CHECK(chosen("") == "");
  CHECK(chosen("\x02h2") == "it wants another protocol than http/1.1 (ALPN)");
}

TEST_CASE("towards clients: nothing older than TLS 1.2") {
  const Trusting trusting;
  const Visitor visitor;
  SSL_CTX_set_security_level(visitor.context.get(), 0);
  SSL_CTX_set_min_proto_version(visitor.context.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(visitor.context.get(), TLS1_1_VERSION);
  CHECK(failure(*trusting.clients, visitor) == "it knows no TLS version from 1.2 on");
  SSL_CTX_set_max_proto_version(visitor.context.get(), TLS1_2_VERSION);
  CHECK(failure(*trusting.clients, visitor) == "");
}

TEST_CASE("towards clients: client certificates, asked for and demanded") {
  const Authority authority, friends("Friends"), strangers("Strangers");
  const Folder folder;
  TowardsClientsSettings settings{
      .certificates = {{folder.file("own.pem", authority.issue().both())}},
      .client_certificate = ClientCertificate::Optional,
      .client_ca_file = folder.file("friends.pem", friends.certificate())};
  const auto optional = clients_of(settings);
  settings.client_certificate = ClientCertificate::Required;
  const auto required = clients_of(settings);

  const Visitor nobody, known, unknown, late;
  known.show(folder, friends.issue({.common_name = "jane"}));
  unknown.show(folder, strangers.issue({.common_name = "mallory"}));
  late.show(folder, friends.issue({.common_name = "joe", .valid_from = -7200}));
  CHECK(failure(*optional, nobody) == "");
  CHECK(failure(*optional, known) == "");
  CHECK(failure(*required, known) == "");
  CHECK(failure(*required, nobody) == "it showed no certificate");
  for (const TowardsClients* clients : {optional.get(), required.get()}) {
    CHECK(
        failure(*clients, unknown) ==
        "its certificate (CN=mallory) was issued by CN=Strangers, whom nothing here says to trust");
    CHECK(failure(*clients, late).starts_with("its certificate (CN=joe) expired on 20"));
  }
}

TEST_CASE("towards clients: a visitor comes back without proving everything again") {
  const Trusting trusting;
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION})
    for (const bool tickets : {true, false}) {
      const Visitor visitor;
      SSL_CTX_set_max_proto_version(visitor.context.get(), version);
      if (!tickets) SSL_CTX_set_options(visitor.context.get(), SSL_OP_NO_TICKET);
      CHECK_FALSE(resumes(*trusting.clients, visitor));
      CHECK(resumes(*trusting.clients, visitor));
      CHECK(resumes(*trusting.clients, visitor));
    }
}

TEST_CASE("towards clients: tickets hold over a reload, but not where others vouch for clients") {
  const Authority authority, friends("Friends"), strangers("Strangers");
  const Folder folder;
  const auto clients =
      clients_of({.certificates = {{folder.file("own.pem", authority.issue().both())}},
                  .client_certificate = ClientCertificate::Required,
                  .client_ca_file = folder.file("friends.pem", friends.certificate())});
  const Visitor jane;
  jane.show(folder, friends.issue());
  CHECK_FALSE(resumes(*clients, jane));
  folder.file("own.pem", authority.issue().both());
  REQUIRE(clients->reload().has_value());
  CHECK(resumes(*clients, jane));

  folder.file("friends.pem", strangers.certificate());
  REQUIRE(clients->reload().has_value());
  CHECK(failure(*clients, jane).find("whom nothing here says to trust") != std::string::npos);
}

TEST_CASE("towards clients: a reload is for who comes next, and leaves who is there alone") {
  const Authority authority;
  const Folder folder;
  const auto clients = clients_of(
      {.certificates = {
           {folder.file("own.pem", authority.issue({.common_name = "old"}).both())},
           {folder.file("two.pem", authority.issue({.names = "DNS:two.example"}).both())}}});
  const Visitor visitor, shaking;
  Pair open(*clients, visitor.ssl());
  REQUIRE(open.shake_hands());
  Pair half(*clients, shaking.ssl("two.example"));
  CHECK(half.client->shake_hands() == Handshake::Again);

  folder.file("own.pem", authority.issue({.common_name = "new"}).both());
  REQUIRE(clients->reload().has_value());
  CHECK(half.shake_hands());
  REQUIRE(write_all(*open.client, "still here"));
  CHECK(read_all(*open.server) == "still here");
  CHECK(shown(*clients, Visitor()) == "new");

  folder.file("own.pem", "gone");
  const auto reloaded = clients->reload();
  REQUIRE_FALSE(reloaded.has_value());
  CHECK(reloaded.error().sentence.starts_with("there is no certificate in '"));
  CHECK(shown(*clients, Visitor()) == "new");
}

TEST_CASE("towards clients: bad files are one sentence that names them") {
  const Authority authority;
  const Folder folder;
  const Issued own = authority.issue(), other = authority.issue();
  const std::string good = folder.file("good.pem", own.both());
  const std::string certificate = folder.file("certificate.pem", own.certificate);
  const auto refused = [&](const std::string& certificate_file, const std::string& key_file = "") {
    return refusal({.certificates = {{certificate_file, key_file}}});
  };
  CHECK(refused(folder.path("none.pem")) ==
        "cannot read '" + folder.path("none.pem") +
            "': No such file or directory; name a PEM file that is there and may be read");
  CHECK(refused(folder.path("")).find("Is a directory") != std::string::npos);
  CHECK(refused("/dev/zero").find("File too large") != std::string::npos);
  CHECK(refused(folder.file("empty.pem", "")).starts_with("there is no certificate in '"));
  CHECK(refused(folder.file("key-only.pem", own.key)).starts_with("there is no certificate in '"));
  CHECK(refused(certificate).starts_with("there is no private key in '" + certificate));
  CHECK(refused(certificate, folder.path("none.key")).starts_with("cannot read '"));
  CHECK(refused(certificate, certificate).starts_with("there is no private key in '"));
  CHECK(refused(certificate, folder.file("other.key", other.key)) ==
        "the private key in '" + folder.path("other.key") +
            "' does not belong to the first certificate in '" + certificate +
            "'; name the two that were made for each other");

  std::string damaged = own.certificate;
  damaged.replace(damaged.find('\n') + 20, 8, "????????");
  CHECK(
      refused(folder.file("damaged.pem", damaged + own.key))
          .starts_with("certificate number 1 in '" + folder.path("damaged.pem") + "' is damaged"));
  CHECK(refused(folder.file("damaged-chain.pem", own.both() + damaged))
            .starts_with("certificate number 2 in '"));

  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const std::string locked = folder.file("locked.key", Authority::pem(key.get(), "secret"));
  CHECK(refused(certificate, locked)
            .starts_with("the private key in '" + locked + "' is encrypted; "));

  const std::string expired =
      refused(folder.file("expired.pem", authority.issue({.valid_from = -7200}).both()));
  CHECK(expired.starts_with("the certificate of CN=app.example in '" + folder.path("expired.pem") +
                            "' expired on 20"));
  CHECK(expired.ends_with(" UTC; renew it"));
  CHECK(refused(folder.file("early.pem", authority.issue({.valid_from = 7200}).both()))
            .find("' is not valid before 20") != std::string::npos);

  CHECK(refusal({.certificates = {{good}},
                 .client_certificate = ClientCertificate::Required,
                 .client_ca_file = folder.path("none")})
            .starts_with("cannot read '"));
}

TEST_CASE("towards clients: an unreadable key is told as that") {
  if (geteuid() == 0) return;  // Root reads everything.
  const Authority authority;
  const Folder folder;
  const std::string path = folder.file("own.pem", authority.issue().both());
  std::filesystem::permissions(path, std::filesystem::perms::none);
  CHECK(refusal({.certificates = {{path}}}).find("Permission denied") != std::string::npos);
}
