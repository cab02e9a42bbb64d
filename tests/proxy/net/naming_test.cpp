// Who a client is: what trusted peers say of it, and what its upstream is told.
#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "core/address/proxy_protocol.hpp"
#include "proxy/capture/recorder.hpp"
#include "tests/proxy/net/relay.hpp"

using namespace tests::net;
using core::address::Preamble;
using core::address::PreambleVersion;
using core::address::Proxied;
using core::address::socket_end_of;
using core::address::text_of;
using Further = Relay::Further;

namespace {

const std::string kV1 = "PROXY TCP4 203.0.113.9 198.51.100.7 4000 443\r\n";
const Proxied kNamed{*socket_end_of("203.0.113.9:4000"), *socket_end_of("198.51.100.7:443")};
const std::string kRequest = "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n";

std::string own_text(const Peer& peer) {
  return text_of(proxy::net::local_address(peer.fd()).socket_end());
}

/// What the upstream of one client gets for `sent`, up to the end.
std::string got_for(std::string_view sent, Further further) {
  Server server;
  Relay relay(server.endpoint(), std::move(further));
  Peer client = relay.connect();
  client.send(sent);
  client.half_close();
  Peer upstream = server.accept();
  return upstream.receive_all();
}

}  // namespace

TEST_CASE("naming: without trust a PROXY preamble is the client's own bytes") {
  CHECK(got_for(kV1 + kRequest, {}) == kV1 + kRequest);
  CHECK(got_for(kV1 + kRequest, {.trust = {"10.0.0.0/8"}}) == kV1 + kRequest);
}

TEST_CASE("naming: a trusted peer's PROXY preamble is for us, of either version") {
  CHECK(got_for(kV1 + kRequest, {.trust = {"127.0.0.1"}}) == kRequest);
  CHECK(got_for(preamble_of(kNamed, PreambleVersion::V2) + kRequest, {.trust = {"127.0.0.1"}}) ==
        kRequest);
  CHECK(got_for("PROXY UNKNOWN\r\n" + kRequest, {.trust = {"127.0.0.1"}}) == kRequest);
}

TEST_CASE("naming: whatever else a trusted peer says goes on, byte for byte") {
  for (const std::string& bytes :
       {kRequest, std::string("PROXY TCP4 nonsense\r\n") + kRequest, std::string("PROXY"),
        std::string("\r\n\r\n"), std::string(), std::string(200'000, 'P')})
    CHECK(got_for(bytes, {.trust = {"127.0.0.1"}}) == bytes);
}

TEST_CASE("naming: a preamble may come byte by byte") {
  Server server;
  Relay relay(server.endpoint(),
              {.naming = {.send_proxy = PreambleVersion::V1}, .trust = {"::/0", "0.0.0.0/0"}});
  Peer client = relay.connect();
  for (const char byte : kV1 + "hello") {
    client.send({&byte, 1});
    std::this_thread::yield();
  }
  Peer upstream = server.accept();
  CHECK(upstream.receive(kV1.size() + 5) == kV1 + "hello");
}

TEST_CASE("naming: a second preamble is the connection's own bytes") {
  CHECK(got_for(kV1 + kV1 + kRequest, {.trust = {"127.0.0.1"}}) == kV1 + kRequest);
}

TEST_CASE("naming: a trusted peer that leaves without a word leaves nothing behind") {
  Server server;
  Relay relay(server.endpoint(), {.trust = {"127.0.0.1"}});
  SUBCASE("by a reset") {
    Peer client = relay.connect();
    CHECK(eventually([&] { return relay.active() == 1; }));
    client.reset();
    CHECK(eventually([&] { return relay.active() == 0; }));
  }
  SUBCASE("by a FIN, which goes on") {
    Peer client = relay.connect();
    client.half_close();
    Peer upstream = server.accept();
    CHECK(upstream.receive_all().empty());
    upstream.close();
    CHECK(eventually([&] { return relay.active() == 0; }));
  }
  SUBCASE("amid its preamble") {
    Peer client = relay.connect();
    client.send(kV1.substr(0, 20));
    client.reset();
    CHECK(eventually([&] { return relay.active() == 0; }));
  }
}

TEST_CASE("naming: a capture shows the client that was believed, and not its preamble") {
  proxy::capture::PieceRing pieces(1 << 20);
  const std::function<void()> wake = [] {};
  proxy::capture::Recorder recorder(pieces, wake);
  const auto recorded = [&](std::string_view preamble, proxy::net::Endpoint listen) {
    Server server;
    Relay relay(server.endpoint(), {.trust = {"127.0.0.1"}, .recorders = {&recorder}},
                std::move(listen));
    Peer client = relay.connect();
    client.send(std::string(preamble) + "hello");
    CHECK(server.accept().receive(5) == "hello");
    const std::string own = ":" + std::to_string(relay.forwarder->bound().port);
    relay.forwarder.reset();
    std::vector<std::string> all;
    for (; pieces.front() != nullptr; pieces.pop())
      if (pieces.front()->kind != proxy::capture::Piece::Kind::Ended)
        all.emplace_back(pieces.front_bytes().begin(), pieces.front_bytes().end());
    REQUIRE(all.size() == 2);
    CHECK(all[1] == "hello");
    CHECK(all[0].ends_with(own));
    return all[0].substr(0, all[0].size() - own.size());
  };
  CHECK(recorded(kV1, {"127.0.0.1", 0}) == "203.0.113.9:4000 127.0.0.1");
  // As a capture wants it, both ends are of one family.
  CHECK(recorded("PROXY TCP6 2001:db8::1 2001:db8::2 4000 443\r\n", {"127.0.0.1", 0}) ==
        "[2001:db8::1]:4000 [::ffff:127.0.0.1]");
}

TEST_CASE("naming: --send-proxy names the client's socket and the one it reached") {
  Server server;
  Relay relay(server.endpoint(), {.naming = {.send_proxy = PreambleVersion::V1}});
  Peer client = relay.connect();
  client.send(kRequest);
  client.half_close();
  const std::string got = server.accept().receive_all();
  const Preamble preamble = core::address::read_preamble(got);
  REQUIRE(preamble.proxied);
  CHECK(text_of(preamble.proxied->source) == own_text(client));
  CHECK(text_of(preamble.proxied->destination) == relay.forwarder->bound().text());
  CHECK(got.substr(preamble.bytes) == kRequest);
}

TEST_CASE("naming: --send-proxy hands on what a trusted preamble said") {
  for (const PreambleVersion version : {PreambleVersion::V1, PreambleVersion::V2})
    CHECK(got_for(kV1 + kRequest, {.naming = {.send_proxy = version}, .trust = {"127.0.0.1"}}) ==
          preamble_of(kNamed, version) + kRequest);
}

TEST_CASE("naming: a preamble comes before what the server says first is asked for") {
  Server server;
  Relay relay(server.endpoint(), {.naming = {.send_proxy = PreambleVersion::V2}});
  Peer client = relay.connect();
  Peer upstream = server.accept();
  CHECK(upstream.receive(28).starts_with("\r\n\r\n"));
  upstream.send("hello");
  CHECK(client.receive(5) == "hello");
}

TEST_CASE("naming: --forward-for adds the client's address to each request") {
  const std::string head = kRequest.substr(0, kRequest.size() - 2);
  CHECK(got_for(kRequest + kRequest, {.naming = {.forward_for = true}}) ==
        head + "X-Forwarded-For: 127.0.0.1\r\n\r\n" + head + "X-Forwarded-For: 127.0.0.1\r\n\r\n");
  CHECK(got_for(kV1 + kRequest, {.naming = {.forward_for = true}, .trust = {"127.0.0.1"}}) ==
        head + "X-Forwarded-For: 203.0.113.9\r\n\r\n");
}

TEST_CASE("naming: --forward-for touches nothing behind an upgrade") {
  Server server;
  Relay relay(server.endpoint(), {.naming = {.forward_for = true}});
  Peer client = relay.connect();
  const std::string head =
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
  const std::string added = "X-Forwarded-For: 127.0.0.1\r\n\r\n";
  client.send(head + "\r\n");
  Peer upstream = server.accept();
  CHECK(upstream.receive(head.size() + added.size()) == head + added);
  const std::string switching =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  upstream.send(switching);
  CHECK(client.receive(switching.size()) == switching);
  client.send(kRequest);
  CHECK(upstream.receive(kRequest.size()) == kRequest);
}

TEST_CASE("naming: half an empty line goes on with the end of the stream") {
  const std::string half = kRequest.substr(0, kRequest.size() - 1);
  CHECK(got_for(half, {.naming = {.forward_for = true}}) == half);
}

TEST_CASE("naming: what is no HTTP goes on as it is, and the log says so") {
  Server server;
  Relay relay(server.endpoint(), {.naming = {.forward_for = true}});
  Peer client = relay.connect();
  client.send("SSH-2.0-x\r\n");
  CHECK(server.accept().receive(11) == "SSH-2.0-x\r\n");
  client.reset();
  CHECK(relay.log_text().find("go on without X-Forwarded-For") != std::string::npos);
}

TEST_CASE("naming: a slow upstream gets every byte, and every line") {
  Server server;
  Relay relay(server.endpoint(), {.naming = {.forward_for = true}});
  Peer client = relay.connect();
  const std::string head = "POST / HTTP/1.1\r\nContent-Length: 100000000\r\n";
  client.send(head + "\r\n");
  std::size_t body_bytes = client.send_until_blocked(kFlood);
  Peer upstream = server.accept();
  const std::string added = head + "X-Forwarded-For: 127.0.0.1\r\n\r\n";
  CHECK(upstream.receive(added.size()) == added);
  CHECK(upstream.receive(body_bytes) == std::string(body_bytes, 'b'));
}
