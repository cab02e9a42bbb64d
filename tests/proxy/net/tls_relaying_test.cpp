// What passes through tunnels with TLS on the client's side, the upstream's, or both: as much, and
// as whole, as tunnel_test.cpp claims of plain ones.
#include <doctest/doctest.h>
#include <fcntl.h>

#include <string>
#include <thread>
#include <utility>

#include "proxy/net/limits.hpp"
#include "tests/proxy/net/tls_line.hpp"

using namespace tests::net;

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
