#include "proxy/tls/towards_upstream.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/proxy/tls/pair.hpp"

using namespace tests::tls;
using proxy::tls::ClientCertificate;
using proxy::tls::TowardsUpstreamSettings;
using proxy::tls::Verify;

namespace {

std::unique_ptr<TowardsUpstream> upstream_of(TowardsUpstreamSettings settings) {
  auto made = TowardsUpstream::make(std::move(settings));
  REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().sentence));
  return std::move(*made);
}

/// How a handshake fails, in the words of our side; empty: it does not.
std::string failure(const TowardsClients& server, const TowardsUpstream& upstream) {
  Sessions sessions;
  Pair pair(server, upstream, sessions);
  if (pair.shake_hands()) return "";
  CHECK(pair.client_result == Handshake::Failed);
  return pair.client->failure();
}

bool resumes(const TowardsClients& server, const TowardsUpstream& upstream, Sessions& sessions) {
  Pair pair(server, upstream, sessions);
  REQUIRE(pair.shake_hands());
  CHECK(pair.client->resumed() == pair.server->resumed());
  return pair.client->resumed();
}

}  // namespace

TEST_CASE("towards upstream: only who is trusted and named is believed, and why not is told") {
  const Authority authority, strangers("Strangers");
  const Folder folder;
  const std::string ca = folder.file("ca.pem", authority.certificate());
  const auto server = [&](const Authority& by, const Wish& wish) {
    // Expired ones cannot be loaded, so that is what only a mean server has: see below.
    return std::move(
        TowardsClients::make({.certificates = {{folder.file("s.pem", by.issue(wish).both())}}})
            .value());
  };
  const auto good = server(authority, {});
  const auto unknown = server(strangers, {});
  CHECK(failure(*good, *upstream_of({.name = "app.example", .ca_file = ca})) == "");
  CHECK(failure(*good, *upstream_of({.name = "127.0.0.1", .ca_file = ca})) == "");
  CHECK(failure(*good, *upstream_of({.name = "other.example", .ca_file = ca})) ==
        "its certificate (CN=app.example) is for app.example, 127.0.0.1, not for other.example");
  CHECK(failure(*good, *upstream_of({.name = "127.0.0.2", .ca_file = ca})) ==
        "its certificate (CN=app.example) is for app.example, 127.0.0.1, not for 127.0.0.2");
  CHECK(failure(*unknown, *upstream_of({.name = "app.example", .ca_file = ca})) ==
        "its certificate (CN=app.example) was issued by CN=Strangers, whom nothing here says to "
        "trust");
  CHECK(failure(*good, *upstream_of({.name = "app.example"})) ==
        "its certificate (CN=app.example) was issued by CN=Test CA, whom nothing here says to "
        "trust");
  CHECK(failure(*unknown, *upstream_of({.name = "other.example", .verify = Verify::Nothing})) ==
        "");
}

TEST_CASE("towards upstream: an expired certificate is told with its day") {
  const Authority authority;
  const Folder folder;
  const std::string file = folder.file("own.pem", authority.issue({.valid_from = -7200}).both());
  const Owned<SSL_CTX> context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_use_certificate_chain_file(context.get(), file.c_str());
  SSL_CTX_use_PrivateKey_file(context.get(), file.c_str(), SSL_FILETYPE_PEM);
  const auto upstream = upstream_of(
      {.name = "app.example", .ca_file = folder.file("ca.pem", authority.certificate())});

  Wire wire;
  Owned<SSL> ssl(SSL_new(context.get()));
  SSL_set_accept_state(ssl.get());
  Connection server(std::move(ssl), wire.a.get());
  Sessions sessions;
  const auto client = upstream->begin(wire.b.get(), sessions);
  Handshake result = Handshake::Again;
  for (int turn = 0; turn < 10 && result == Handshake::Again; ++turn) {
    result = client->shake_hands();
    (void)server.shake_hands();
  }
  CHECK(result == Handshake::Failed);
  CHECK(client->failure().starts_with("its certificate (CN=app.example) expired on 20"));
}

TEST_CASE("towards upstream: it asks for the name, and never for an address") {
  const Trusting trusting;
  for (const std::string name : {"app.example", "127.0.0.1", "::1"}) {
    const auto upstream = upstream_of({.name = name, .verify = Verify::Nothing});
    Sessions sessions;
    Pair pair(*trusting.clients, *upstream, sessions);
    REQUIRE(pair.shake_hands());
    const char* const asked = SSL_get_servername(pair.server->get(), TLSEXT_NAMETYPE_host_name);
    CHECK(std::string(asked == nullptr ? "" : asked) == (name == "app.example" ? name : ""));
    const unsigned char* protocol = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(pair.server->get(), &protocol, &length);
    CHECK(std::string(reinterpret_cast<const char*>(protocol), length) == "http/1.1");
  }
}

TEST_CASE("towards upstream: it shows its own certificate when asked") {
  const Authority authority, friends("Friends");
  const Folder folder;
  const auto server = std::move(
      TowardsClients::make({.certificates = {{folder.file("s.pem", authority.issue().both())}},
                            .client_certificate = ClientCertificate::Required,
                            .client_ca_file = folder.file("f.pem", friends.certificate())})
          .value());
  const std::string ca = folder.file("ca.pem", authority.certificate());
  const Issued own = friends.issue({.common_name = "sioscope"});
  Sessions sessions;
  const auto with = upstream_of(
      {.name = "app.example",
       .ca_file = ca,
       .own = {{folder.file("c.pem", own.certificate), folder.file("k.pem", own.key)}}});
  Pair shown(*server, *with, sessions);
  CHECK(shown.shake_hands());

  // TLS 1.3 lets a client think that all is well; it hears the refusal when it reads.
  const auto without = upstream_of({.name = "app.example", .ca_file = ca});
  Sessions others;
  Pair refused(*server, *without, others);
  CHECK_FALSE(refused.shake_hands());
  CHECK(refused.server->failure() == "it showed no certificate");
  Received last;
  read_all(*refused.client, &last);
  CHECK(last.next == Received::Next::Broken);
  CHECK(refused.client->failure() == "it refused: certificate required");
}

TEST_CASE("towards upstream: each loop takes its last session up again") {
  Trusting trusting;
  Sessions another;
  CHECK_FALSE(resumes(*trusting.clients, *trusting.upstream, trusting.sessions));
  CHECK(resumes(*trusting.clients, *trusting.upstream, trusting.sessions));
  CHECK(resumes(*trusting.clients, *trusting.upstream, trusting.sessions));
  CHECK_FALSE(resumes(*trusting.clients, *trusting.upstream, another));
}

TEST_CASE("towards upstream: after a reload nobody is believed for an old session's sake") {
  Trusting trusting;
  CHECK_FALSE(resumes(*trusting.clients, *trusting.upstream, trusting.sessions));
  Pair old(*trusting.clients, *trusting.upstream, trusting.sessions);
  REQUIRE(old.shake_hands());
  trusting.folder.file("ca.pem", Authority("Strangers").certificate());
  REQUIRE(trusting.upstream->reload().has_value());
  REQUIRE(write_all(*old.client, "still here"));
  CHECK(read_all(*old.server) == "still here");
  Pair fresh(*trusting.clients, *trusting.upstream, trusting.sessions);
  CHECK_FALSE(fresh.shake_hands());
  CHECK(fresh.client->failure().find("whom nothing here says to trust") != std::string::npos);

  trusting.folder.file("ca.pem", "gone");
  CHECK_FALSE(trusting.upstream->reload().has_value());
  trusting.folder.file("ca.pem", trusting.authority.certificate());
  REQUIRE(trusting.upstream->reload().has_value());
  CHECK_FALSE(resumes(*trusting.clients, *trusting.upstream, trusting.sessions));
  CHECK(resumes(*trusting.clients, *trusting.upstream, trusting.sessions));
}

TEST_CASE("towards upstream: bad files are one sentence that names them") {
  const Folder folder;
  const Authority authority;
  const auto refused = [](TowardsUpstreamSettings settings) {
    const auto made = TowardsUpstream::make(std::move(settings));
    REQUIRE_FALSE(made.has_value());
    return made.error().sentence;
  };
  CHECK(refused({.name = "a", .ca_file = folder.path("none")})
            .starts_with("cannot read '" + folder.path("none") + "': No such file"));
  CHECK(refused({.name = "a", .ca_file = folder.file("empty", "")})
            .starts_with("there is no certificate in '"));
  CHECK(refused({.name = "a", .own = {{folder.path("none"), ""}}}).starts_with("cannot read '"));
  CHECK(refused({.name = "a",
                 .own = {{folder.file("c", authority.issue().certificate),
                          folder.file("k", authority.issue().key)}}})
            .find("does not belong to") != std::string::npos);
}
