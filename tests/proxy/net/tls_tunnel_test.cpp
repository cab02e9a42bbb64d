// What tunnel_test.cpp claims of plain tunnels, with TLS on the client's side, the upstream's, or
// both; and what can go wrong before there is a tunnel.
#include <doctest/doctest.h>

#include <string>
#include <thread>

#include "proxy/net/limits.hpp"
#include "tests/proxy/net/relay.hpp"
#include "tests/proxy/net/tls_peer.hpp"
#include "tests/proxy/tls/authority.hpp"

using namespace tests::net;
using namespace std::chrono_literals;
using proxy::tls::Sessions;
using proxy::tls::TowardsClients;
using proxy::tls::TowardsClientsSettings;
using proxy::tls::TowardsUpstream;
using proxy::tls::TowardsUpstreamSettings;
using tests::tls::Authority;
using tests::tls::Folder;

namespace {

std::string pattern(std::size_t bytes) {
  std::string text(bytes, '\0');
  std::uint32_t state = 12345;
  for (char& c : text) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 24);
  }
  return text;
}

std::size_t occurrences(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
  return count;
}

/// One certificate, and everybody who believes it: the relay's two sides and the tests' two ends.
struct World {
  Authority authority;
  Folder folder;
  std::string ca = folder.file("ca.pem", authority.certificate());
  std::string own = folder.file("own.pem", authority.issue().both());
  std::unique_ptr<TowardsClients> as_server = server({.certificates = {{own}}});
  std::unique_ptr<TowardsUpstream> as_client = client({.name = "app.example", .ca_file = ca});
  Sessions sessions;  ///< of the tests' clients

  static std::unique_ptr<TowardsClients> server(TowardsClientsSettings settings) {
    return std::move(TowardsClients::make(std::move(settings)).value());
  }
  static std::unique_ptr<TowardsUpstream> client(TowardsUpstreamSettings settings) {
    return std::move(TowardsUpstream::make(std::move(settings)).value());
  }
  [[nodiscard]] TlsPeer connect(const Relay& relay) {
    return TlsPeer(relay.connect(), [this](int fd) { return as_client->begin(fd, sessions); });
  }
  [[nodiscard]] TlsPeer accept(Server& on) const {
    return TlsPeer(on.accept(), [this](int fd) { return as_server->begin(fd); });
  }
};

struct Sides {
  bool client = true;
  bool upstream = true;
};
constexpr Sides kAllSides[] = {{true, false}, {false, true}, {true, true}};

/// A server, the relay before it, and one connection through both.
struct TlsLine {
  explicit TlsLine(Sides sides)
      : relay(server.endpoint(), {"127.0.0.1", 0}, 1,
              {.clients = sides.client ? world.as_server.get() : nullptr,
               .upstream = sides.upstream ? world.as_client.get() : nullptr}) {
    // Both ends shake hands with the relay, one after the other, so each needs a thread.
    std::thread accepting([&] {
      upstream = std::make_unique<TlsPeer>(sides.upstream ? world.accept(server)
                                                          : TlsPeer(server.accept()));
    });
    client =
        std::make_unique<TlsPeer>(sides.client ? world.connect(relay) : TlsPeer(relay.connect()));
    accepting.join();
    REQUIRE(client->ready());
    REQUIRE(upstream->ready());
  }
  [[nodiscard]] bool gone() const {
    return eventually([this] { return relay.active() == 0; });
  }

  World world;
  Server server;
  Relay relay;
  std::unique_ptr<TlsPeer> client;
  std::unique_ptr<TlsPeer> upstream;
};

/// Runs a claim on each combination of sides.
template <class Claim>
void on_all_sides(Claim claim) {
  for (const Sides sides : kAllSides) {
    CAPTURE(sides.client);
    CAPTURE(sides.upstream);
    TlsLine line(sides);
    claim(line, *line.client, *line.upstream);
  }
}

}  // namespace

TEST_CASE("tls tunnel: bytes pass unchanged in both directions") {
  on_all_sides([](TlsLine&, TlsPeer& client, TlsPeer& upstream) {
    for (const std::size_t bytes : {1, 60, 5000, 40'000}) {
      const std::string text = pattern(bytes);
      REQUIRE(client.send(text));
      CHECK(upstream.receive(bytes) == text);
      REQUIRE(upstream.send(text));
      CHECK(client.receive(bytes) == text);
    }
  });
}

TEST_CASE("tls tunnel: a client's half-close passes on, and the answer still comes") {
  on_all_sides([](TlsLine& line, TlsPeer& client, TlsPeer& upstream) {
    client.send("request");
    client.half_close();
    CHECK(upstream.receive_all() == "request");
    CHECK(upstream.end() == End::Fin);
    CHECK_FALSE(upstream.truncated());

    const std::string answer = pattern(3 << 20);
    std::thread sender([&] {
      upstream.send(answer);
      upstream.close();
    });
    CHECK(client.receive_all() == answer);
    CHECK(client.end() == End::Fin);
    CHECK_FALSE(client.truncated());
    sender.join();
    CHECK(line.gone());
  });
}

TEST_CASE("tls tunnel: a server's half-close passes on, and the client can go on sending") {
  on_all_sides([](TlsLine& line, TlsPeer& client, TlsPeer& upstream) {
    upstream.send("bye");
    upstream.half_close();
    CHECK(client.receive_all() == "bye");
    CHECK(client.end() == End::Fin);
    CHECK_FALSE(client.truncated());

    const std::string more = pattern(3 << 20);
    std::thread sender([&] {
      client.send(more);
      client.close();
    });
    CHECK(upstream.receive_all() == more);
    CHECK(upstream.end() == End::Fin);
    CHECK_FALSE(upstream.truncated());
    sender.join();
    CHECK(line.gone());
  });
}

TEST_CASE("tls tunnel: a FIN without goodbye stays one, where the other side can tell") {
  on_all_sides([](TlsLine& line, TlsPeer& client, TlsPeer& upstream) {
    const bool told = line.relay.forwarder->totals().client_handshakes.full > 0 &&
                      line.relay.forwarder->totals().upstream_handshakes.full > 0;
    client.send("request");
    client.cut_off();
    CHECK(upstream.receive_all() == "request");
    CHECK(upstream.end() == End::Fin);
    if (told) CHECK(upstream.truncated());
    upstream.send("answer");
    upstream.cut_off();
    CHECK(client.receive_all() == "answer");
    CHECK(client.end() == End::Fin);
    if (told) CHECK(client.truncated());
    CHECK(line.gone());
  });
}

TEST_CASE("tls tunnel: a reset of either side resets the other") {
  on_all_sides([](TlsLine& line, TlsPeer& client, TlsPeer& upstream) {
    client.send("x");
    upstream.receive(1);
    client.socket().reset();
    CHECK(upstream.socket().end_unread() == End::Reset);
    CHECK(line.gone());
  });
  on_all_sides([](TlsLine& line, TlsPeer& client, TlsPeer& upstream) {
    client.send("x");
    upstream.receive(1);
    upstream.socket().reset();
    CHECK(client.socket().end_unread() == End::Reset);
    CHECK(line.gone());
  });
}

TEST_CASE("tls tunnel: a reader that stops bounds what is held, and all arrives in the end") {
  on_all_sides([](TlsLine& line, TlsPeer& client, TlsPeer& upstream) {
    for (const auto& [from, to] : {std::pair{&client, &upstream}, {&upstream, &client}}) {
      const std::size_t sent = from->send_until_blocked(kFlood);
      REQUIRE(sent < kFlood);
      const auto totals = line.relay.forwarder->totals();
      CHECK(totals.stalls >= 1);
      CHECK(totals.pending_bytes_peak <= proxy::net::limits::kPendingBytesMax);
      // What TLS holds of the last record goes out with the goodbye, so there may be more than
      // that.
      std::size_t heard = 0;
      std::thread closing([&, sender = from] { sender->half_close(); });
      for (std::string some; !(some = to->receive_some(1 << 20)).empty();) heard += some.size();
      closing.join();
      CHECK(heard >= sent);
      CHECK(to->end() == End::Fin);
    }
    CHECK(line.gone());
  });
}

TEST_CASE("tls tunnel: a client that resets while its reading is paused is seen at once") {
  on_all_sides([](TlsLine& line, TlsPeer& client, TlsPeer& upstream) {
    REQUIRE(client.send_until_blocked(kFlood) < kFlood);
    client.socket().reset();
    CHECK(upstream.socket().end_unread() == End::Reset);  // It has not read a byte.
    CHECK(line.gone());
  });
}

TEST_CASE("tls tunnel: megabytes both ways at once arrive whole") {
  const std::string up = pattern(10 << 20);
  const std::string down = pattern((10 << 20) + 1);
  // Each end in one thread, since TLS is not for two.
  const auto both_ways = [](TlsPeer& peer, std::string_view says, std::size_t hears) {
    fcntl(peer.fd(), F_SETFL, O_NONBLOCK);
    std::string heard;
    while (!says.empty() || heard.size() < hears) {
      const auto piece = says.substr(0, 50'000);
      if (!piece.empty()) {
        if (!peer.send(piece)) break;
        says.remove_prefix(piece.size());
      }
      if (heard.size() < hears) {
        const std::string some = peer.receive_some(70'000);
        if (some.empty()) break;
        heard += some;
      }
    }
    return heard;
  };
  TlsLine line({true, true});
  std::string heard_by_client;
  std::thread client([&] { heard_by_client = both_ways(*line.client, up, down.size()); });
  const std::string heard_by_server = both_ways(*line.upstream, down, up.size());
  client.join();
  CHECK(heard_by_server == up);
  CHECK(heard_by_client == down);
}

TEST_CASE("tls tunnel: damage in the stream resets both sides, and is told") {
  TlsLine line({true, true});
  line.client->send("x");
  line.upstream->receive(1);
  line.client->socket().send("this is no record of TLS");
  CHECK(line.upstream->socket().end_unread() == End::Reset);
  CHECK(line.gone());
  const std::string log = line.relay.log_text();
  CHECK(log.find("warning TLS with the client 127.0.0.1:") != log.npos);
  CHECK(log.find(" broke, ") != log.npos);
}

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

TEST_CASE("tls tunnel: what follows thousands of new keys arrives, though others came first") {
  TlsLine line({true, false});
  SSL* const ssl = line.client->tls().get();
  BIO* const made = BIO_new(BIO_s_mem());  // All in one piece, so that one edge tells of it.
  SSL_set0_wbio(ssl, made);
  for (int i = 0; i < 4000; ++i) {
    REQUIRE(SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1);
    REQUIRE(SSL_do_handshake(ssl) == 1);
  }
  REQUIRE(SSL_write(ssl, "at last", 7) == 7);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(made, &bytes);
  fcntl(line.client->fd(), F_SETFL, 0);  // It may wait for room.
  REQUIRE(line.client->socket().send({bytes, static_cast<std::size_t>(size)}));
  CHECK(line.upstream->receive(7) == "at last");
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

TEST_CASE("tls tunnel: a client whose time is over is told so by a goodbye") {
  World world;
  Server server;
  Relay relay(server.endpoint(), {"127.0.0.1", 0}, 1, {.clients = world.as_server.get()},
              {.head_timeout = 200ms});
  TlsPeer client = world.connect(relay);
  REQUIRE(client.ready());
  CHECK(client.receive_all().empty());
  CHECK(client.end() == End::Fin);
  CHECK_FALSE(client.truncated());
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

TEST_CASE("tls tunnel: many short connections come and go, on two threads") {
  World world;
  Server server;
  Relay relay(server.endpoint(), {"127.0.0.1", 0}, 2,
              {.clients = world.as_server.get(), .upstream = world.as_client.get()});
  constexpr int kConnections = 200;
  std::thread serving([&] {
    for (int i = 0; i < kConnections; ++i) {
      TlsPeer peer = world.accept(server);
      peer.send(peer.receive_some(100));
      peer.close();
    }
  });
  int echoed = 0;
  for (int i = 0; i < kConnections; ++i) {
    TlsPeer client = world.connect(relay);
    client.send("hello");
    if (client.receive_all() == "hello" && client.end() == End::Fin && !client.truncated())
      ++echoed;
    client.close();
  }
  serving.join();
  CHECK(echoed == kConnections);
  CHECK(eventually([&] { return relay.active() == 0; }));
}

TEST_CASE("tls tunnel: what the tap and the capture see is inside of TLS") {
  TlsLine line({true, true});
  line.client->send("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n");
  line.upstream->receive(10);
  line.upstream->send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  line.client->receive(20);
  line.client->close();
  line.upstream->close();
  REQUIRE(line.gone());
  proxy::observe::EventRing& ring = *line.relay.rings.front();
  REQUIRE(ring.front() != nullptr);
  CHECK(ring.front()->kind == core::EventKind::Request);
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
