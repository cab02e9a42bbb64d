// How tunnels with TLS end: what tunnel_test.cpp claims of plain ones, and what TLS adds to a FIN.
#include <doctest/doctest.h>

#include <string>
#include <thread>

#include "tests/proxy/net/tls_line.hpp"

using namespace std::chrono_literals;
using namespace tests::net;

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

TEST_CASE("tls tunnel: a client that resets while its reading is paused is seen at once") {
  on_all_sides([](TlsLine& line, TlsPeer& client, TlsPeer& upstream) {
    REQUIRE(client.send_until_blocked(kFlood) < kFlood);
    client.socket().reset();
    CHECK(upstream.socket().end_unread() == End::Reset);  // It has not read a byte.
    CHECK(line.gone());
  });
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
