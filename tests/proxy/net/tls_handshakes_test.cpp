// Handshakes with clients and upstreams: what stands ahead of them, what is taken up again, and
// what can go wrong before there is a tunnel.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "proxy/net/limits.hpp"
#include "tests/proxy/net/tls_line.hpp"

using namespace std::chrono_literals;
using namespace tests::net;

TEST_CASE("tls tunnel: who speaks no TLS is closed, counted and told of once, and hurts nobody") {
  World world;
  Server server;
  Relay relay(server.endpoint(), {"127.0.0.1", 0}, 1, {.clients = world.as_server.get()});
  TlsPeer before = world.connect(relay);
  REQUIRE(before.ready());
  TlsPeer upstream(server.accept());
  for (int i = 0; i < 3; ++i) {
    Peer plain = relay.connect();
    plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    plain.receive_all();  // An alert, perhaps, in case it does speak TLS.
    CHECK(plain.end() != End::None);
  }
  Peer probe = relay.connect();  // A load balancer that looks whether somebody is there.
  probe.close();
  CHECK(eventually([&] { return relay.active() == 1; }));
  before.send("still here");
  CHECK(upstream.receive(10) == "still here");

  const auto totals = relay.forwarder->totals();
  CHECK(totals.client_handshakes.failed == 3);
  CHECK(totals.client_handshakes.full == 1);
  CHECK(totals.accepted == 5);
  TlsPeer after = world.connect(relay);
  CHECK(after.ready());
  TlsPeer second(server.accept());
  after.send("me too");
  CHECK(second.receive(6) == "me too");  // So no other came to the server in between.
  const std::string log = relay.log_text();
  CHECK(occurrences(log, "TLS with the client") == 1);
  CHECK(log.find(" failed, it speaks plain HTTP; its connection is closed") != log.npos);
}

TEST_CASE("tls tunnel: a client that leaves with the first part of its handshake is gone at once") {
  World world;
  Server server;
  Relay relay(server.endpoint(), {"127.0.0.1", 0}, 1,
              {.clients = world.as_server.get(), .handshake_time = 1h});
  Peer client = relay.connect();
  // Held back until the FIN, so that one edge tells of both.
  REQUIRE(::send(client.fd(), "\x16\x03\x01", 3, MSG_MORE) == 3);
  client.half_close();
  client.receive_all();
  CHECK(client.end() != End::None);
  CHECK(eventually([&] { return relay.active() == 0; }));
}

TEST_CASE(
    "tls tunnel: an upstream that leaves in the middle of its handshake gives a 502 at once") {
  World world;
  Server server;
  Relay relay(server.endpoint(), {"127.0.0.1", 0}, 1,
              {.upstream = world.as_client.get(), .handshake_time = 1h});
  Peer client = relay.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  Peer upstream = server.accept();
  (void)upstream.receive_some(1);
  REQUIRE(::send(upstream.fd(), "\x16\x03\x03", 3, MSG_MORE) == 3);
  upstream.half_close();
  CHECK(client.receive_all().find("502") != std::string::npos);
}

TEST_CASE("tls tunnel: a handshake that never ends is ended, and nobody waits for it") {
  World world;
  Server server;
  Relay relay(server.endpoint(), {"127.0.0.1", 0}, 1,
              {.clients = world.as_server.get(), .handshake_time = 300ms});
  Peer slow = relay.connect();
  slow.send("\x16\x03\x01");
  Peer mute = relay.connect();
  TlsPeer quick = world.connect(relay);
  REQUIRE(quick.ready());
  TlsPeer upstream(server.accept());
  slow.receive_all();
  CHECK(slow.end() != End::None);
  mute.receive_all();
  CHECK(mute.end() != End::None);
  quick.send("past the deadline");
  CHECK(upstream.receive(17) == "past the deadline");
  CHECK(relay.forwarder->totals().client_handshakes.failed == 2);
  CHECK(relay.log_text().find("its handshake took too long") != std::string::npos);
}

namespace {

/// What a client gets whose upstream fails, and the log's word for it.
struct Refusal {
  std::string answer;
  std::string log;
};

Refusal refused_by(World& world, const TowardsUpstream& towards, Server& server,
                   std::chrono::milliseconds handshake_time = proxy::net::limits::kHandshakeTime) {
  Relay relay(
      server.endpoint(), {"127.0.0.1", 0}, 1,
      {.clients = world.as_server.get(), .upstream = &towards, .handshake_time = handshake_time});
  Refusal refusal;
  TlsPeer client = world.connect(relay);
  REQUIRE(client.ready());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  refusal.answer = client.receive_all();
  CHECK(client.end() == End::Fin);
  CHECK_FALSE(client.truncated());
  CHECK(relay.forwarder->totals().upstream_failures == 1);
  CHECK(relay.forwarder->totals().upstream_handshakes.failed == 1);
  client.close();
  CHECK(eventually([&] { return relay.active() == 0; }));
  refusal.log = relay.log_text();
  return refusal;
}

}  // namespace

TEST_CASE("tls tunnel: an upstream that is not believed gives a 502, and the log says why") {
  World world;
  Server server;
  std::thread serving([&] { (void)world.accept(server); });
  const auto towards = World::client({.name = "other.example", .ca_file = world.ca});
  const Refusal refusal = refused_by(world, *towards, server);
  serving.join();
  const std::string why =
      "TLS failed, its certificate (CN=app.example) is for app.example, 127.0.0.1, not for "
      "other.example";
  CHECK(refusal.answer.starts_with("HTTP/1.1 502 Bad Gateway\r\n"));
  CHECK(refusal.answer.find(why) != std::string::npos);
  CHECK(refusal.log.find("cannot be reached: " + why + "; clients get a 502") != std::string::npos);
}

TEST_CASE(
    "tls tunnel: an upstream that speaks plain, hangs up, resets or says nothing gives a 502") {
  World world;
  const auto& towards = *world.as_client;
  const auto refused = [&](auto behave) {
    Server server;
    std::thread serving([&] {
      Peer peer = server.accept();
      behave(peer);
      peer.receive_all();
    });
    const Refusal refusal = refused_by(world, towards, server, 300ms);
    serving.join();
    CHECK(refusal.answer.starts_with("HTTP/1.1 502 Bad Gateway\r\n"));
    return refusal.log;
  };
  CHECK(refused([](Peer& peer) {
          peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
        }).find("TLS failed, it does not speak TLS") != std::string::npos);
  CHECK(refused([](Peer& peer) {
          peer.receive_some(5000);
          peer.half_close();
        }).find("TLS failed, it hung up") != std::string::npos);
  CHECK(refused([](Peer& peer) {
          peer.receive_some(1);
          peer.reset();
        }).find("TLS failed, Connection reset by peer") != std::string::npos);
  CHECK(refused([](Peer&) {}).find("no answer") != std::string::npos);
}

TEST_CASE("tls tunnel: a client that resets during the upstream's handshake resets that as well") {
  World world;
  Server server;
  Relay relay(server.endpoint(), {"127.0.0.1", 0}, 1, {.upstream = world.as_client.get()});
  Peer client = relay.connect();
  Peer upstream = server.accept();
  upstream.receive_some(1);
  client.reset();
  CHECK(upstream.end_unread() == End::Reset);
  CHECK(eventually([&] { return relay.active() == 0; }));
}

TEST_CASE("tls tunnel: an upstream that wants a certificate and is shown none is told of") {
  World world;
  const auto demanding =
      World::server({.certificates = {{world.own}},
                     .client_certificate = proxy::tls::ClientCertificate::Required,
                     .client_ca_file = world.ca});
  Server server;
  Relay relay(server.endpoint(), {"127.0.0.1", 0}, 1, {.upstream = world.as_client.get()});
  std::thread serving(
      [&] { (void)TlsPeer(server.accept(), [&](int fd) { return demanding->begin(fd); }); });
  Peer client = relay.connect();
  client.send("GET / HTTP/1.1\r\n\r\n");
  client.receive_all();
  CHECK(client.end() == End::Reset);
  serving.join();
  const std::string log = relay.log_text();
  CHECK(log.find("TLS with the upstream 127.0.0.1:") != log.npos);
  CHECK(log.find("it refused: certificate required") != log.npos);
}

TEST_CASE("tls tunnel: both sides take their sessions up again") {
  World world;
  Server server;
  Relay relay(server.endpoint(), {"127.0.0.1", 0}, 1,
              {.clients = world.as_server.get(), .upstream = world.as_client.get()});
  for (int i = 0; i < 4; ++i) {
    std::unique_ptr<TlsPeer> upstream;
    std::thread accepting([&] { upstream = std::make_unique<TlsPeer>(world.accept(server)); });
    TlsPeer client = world.connect(relay);
    accepting.join();
    REQUIRE(client.ready());
    REQUIRE(upstream->ready());
    CHECK(client.tls().resumed() == (i > 0));
    CHECK(upstream->tls().resumed() == (i > 0));
    // A round trip, after which both have the tickets that came behind the handshake.
    client.send("ping");
    CHECK(upstream->receive(4) == "ping");
    upstream->send("pong");
    CHECK(client.receive(4) == "pong");
    client.close();
    CHECK(upstream->receive_all().empty());
    upstream->close();
  }
  CHECK(eventually([&] { return relay.active() == 0; }));
  const auto totals = relay.forwarder->totals();
  CHECK(totals.client_handshakes.full == 1);
  CHECK(totals.client_handshakes.resumed == 3);
  CHECK(totals.upstream_handshakes.full == 1);
  CHECK(totals.upstream_handshakes.resumed == 3);
}

TEST_CASE("tls tunnel: a reload leaves connections alone, and the next sees the new certificate") {
  TlsLine line({true, true});
  const auto shown = [&](TlsPeer& peer) {
    const proxy::tls::Owned<X509> certificate(SSL_get1_peer_certificate(peer.tls().get()));
    return proxy::tls::names_of(certificate.get());
  };
  const auto before = shown(*line.client);
  line.world.folder.file("own.pem",
                         line.world.authority.issue({.names = "DNS:app.example"}).both());
  REQUIRE(line.world.as_server->reload().has_value());
  REQUIRE(line.world.as_client->reload().has_value());
  line.client->send("still here");
  CHECK(line.upstream->receive(10) == "still here");

  line.world.sessions = Sessions();
  std::thread accepting([&] { (void)line.world.accept(line.server); });
  TlsPeer next = line.world.connect(line.relay);
  accepting.join();
  REQUIRE(next.ready());
  CHECK(before == std::vector<std::string>{"app.example", "127.0.0.1"});
  CHECK(shown(next) == std::vector<std::string>{"app.example"});
}

TEST_CASE("tls tunnel: PROXY preambles stand ahead of TLS, on either side") {
  const std::string preamble = "PROXY TCP4 203.0.113.9 198.51.100.7 4000 443\r\n";
  World world;
  Server server;
  Relay relay(server.endpoint(),
              Relay::Further{
                  .naming = {.forward_for = true, .send_proxy = core::address::PreambleVersion::V1},
                  .trust = {"127.0.0.1"}},
              {"127.0.0.1", 0}, 1,
              {.clients = world.as_server.get(), .upstream = world.as_client.get()});
  std::string ahead;
  std::unique_ptr<TlsPeer> upstream;
  std::thread accepting([&] {
    Peer plain = server.accept();
    ahead = plain.receive(preamble.size());
    upstream = std::make_unique<TlsPeer>(std::move(plain),
                                         [&](int fd) { return world.as_server->begin(fd); });
  });
  Peer plain = relay.connect();
  plain.send(preamble);
  TlsPeer client(std::move(plain),
                 [&](int fd) { return world.as_client->begin(fd, world.sessions); });
  accepting.join();
  REQUIRE(client.ready());
  REQUIRE(upstream->ready());
  CHECK(ahead == preamble);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string asked = "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n";
  CHECK(upstream->receive(asked.size()) == asked);
}

TEST_CASE("tls tunnel: without a preamble a trusted client shakes hands as ever") {
  World world;
  Server server;
  Relay relay(server.endpoint(), Relay::Further{.trust = {"127.0.0.1"}}, {"127.0.0.1", 0}, 1,
              {.clients = world.as_server.get()});
  TlsPeer client = world.connect(relay);
  REQUIRE(client.ready());
  client.send("hello");
  CHECK(server.accept().receive(5) == "hello");
}
