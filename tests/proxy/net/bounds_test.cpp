#include "proxy/net/bounds.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "core/event_buffer.hpp"
#include "tests/proxy/net/relay.hpp"

using namespace std::chrono_literals;
using namespace tests::net;
using proxy::net::Bounds;
using proxy::net::Places;

namespace {

constexpr std::string_view kRequest = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kResponse = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A relay with bounds, and its server.
struct Bounded {
  explicit Bounded(const Bounds& bounds, std::size_t threads = 1)
      : relay(server.endpoint(), {"127.0.0.1", 0}, threads, {}, bounds) {}

  /// A client and its server side.
  std::pair<Peer, Peer> pair() {
    Peer client = relay.connect();
    return {std::move(client), server.accept()};
  }
  [[nodiscard]] proxy::net::Totals totals() const { return relay.forwarder->totals(); }
  /// Since both were open before `later` was, whatever ends `later` had its chance with them.
  void outlives(Peer& client, Peer& upstream, Peer& later) {
    CHECK(later.receive_all().empty());
    CHECK(later.end() == End::Fin);
    CHECK_FALSE(client.ended_now());
    CHECK_FALSE(upstream.ended_now());
  }

  Server server;
  Relay relay;
};

constexpr Bounds kImpatient{.head_timeout = 1ms, .idle_timeout = 1ms};

}  // namespace

TEST_CASE("places: as many as there are, and those that come back") {
  Places two(2);
  CHECK(two.take());
  CHECK(two.take());
  CHECK_FALSE(two.take());
  CHECK_FALSE(two.any());
  two.give_back();
  CHECK(two.any());
  CHECK(two.take());
  Places endless(0);
  for (int i = 0; i < 1000; ++i) CHECK(endless.take());
}

TEST_CASE("bounds: beyond --max-connections clients wait, and are served when others leave") {
  Bounded bounded({.connections_max = 2}, 2);
  auto [first, first_upstream] = bounded.pair();
  auto [second, second_upstream] = bounded.pair();
  Peer third = bounded.relay.connect();  // The kernel takes it.
  CHECK(third.send("hello"));
  CHECK(eventually([&] { return bounded.totals().full > 0; }));
  CHECK(bounded.totals().accepted == 2);
  CHECK(first.send("still"));
  CHECK(first_upstream.receive(5) == "still");

  second.close();
  CHECK(second_upstream.receive_all().empty());
  second_upstream.close();
  CHECK(bounded.server.accept().receive(5) == "hello");
  CHECK(bounded.relay.log_text().find("2 connections are open, as many as --max-connections") !=
        std::string::npos);
}

TEST_CASE("bounds: a client that sends no request, or half of one's head, is ended on both sides") {
  for (const std::string_view sent : {std::string_view(), kRequest.substr(0, 12)}) {
    Bounded bounded({.head_timeout = 1ms});
    auto [client, upstream] = bounded.pair();
    CHECK(client.send(sent));
    CHECK(client.receive_all().empty());
    CHECK(upstream.receive_all() == sent);
    CHECK(upstream.end() == End::Fin);
    CHECK(bounded.totals().timeouts == 1);
    CHECK(eventually([&] { return bounded.relay.active() == 0; }));
  }
}

TEST_CASE("bounds: bytes that trickle in make no head") {
  Bounded bounded({.head_timeout = 1ms});
  auto [client, upstream] = bounded.pair();
  CHECK(client.send("GET /"));
  CHECK(eventually([&] { return !client.send("a") || bounded.totals().timeouts == 1; }));
  CHECK(bounded.totals().timeouts == 1);
}

TEST_CASE(
    "bounds: a connection on which all was answered is ended, the next request in time is not") {
  Bounded bounded({.idle_timeout = 1ms});
  auto [client, upstream] = bounded.pair();
  for (int i = 0; i < 2; ++i) {
    CHECK(client.send(kRequest));
    CHECK(upstream.receive(kRequest.size()) == kRequest);
    CHECK(upstream.send(kResponse));
    CHECK(client.receive(kResponse.size()) == kResponse);
  }
  CHECK(client.receive_all().empty());
  CHECK(client.end() == End::Fin);
  CHECK(upstream.receive_all().empty());
  CHECK(bounded.totals().timeouts == 1);
}

TEST_CASE(
    "bounds: without a head timeout a silent client stays, without an idle timeout an idle one") {
  Bounded no_head({.idle_timeout = 1ms});
  auto [silent, silent_upstream] = no_head.pair();
  auto [idle, idle_upstream] = no_head.pair();
  CHECK(idle.send(kRequest));
  CHECK(idle_upstream.receive(kRequest.size()) == kRequest);
  CHECK(idle_upstream.send(kResponse));
  CHECK(idle.receive(kResponse.size()) == kResponse);
  no_head.outlives(silent, silent_upstream, idle);

  Bounded no_idle({.head_timeout = 1ms});
  auto [kept, kept_upstream] = no_idle.pair();
  CHECK(kept.send(kRequest));
  CHECK(kept_upstream.receive(kRequest.size()) == kRequest);
  CHECK(kept_upstream.send(kResponse));
  CHECK(kept.receive(kResponse.size()) == kResponse);
  auto [late, late_upstream] = no_idle.pair();
  no_idle.outlives(kept, kept_upstream, late);
}

TEST_CASE("bounds: a poll that hangs, a body under way and a slow answer are never ended") {
  for (const std::string_view sent :
       {kRequest,
        std::string_view("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf")}) {
    Bounded bounded(kImpatient);
    auto [client, upstream] = bounded.pair();
    CHECK(client.send(sent));
    CHECK(upstream.receive(sent.size()) == sent);
    auto [later, later_upstream] = bounded.pair();
    bounded.outlives(client, upstream, later);
    CHECK(upstream.send(kResponse));
    CHECK(client.receive(kResponse.size()) == kResponse);
  }
}

TEST_CASE("bounds: a quiet WebSocket, and what is no HTTP at all, are never ended") {
  constexpr std::string_view kUpgrade =
      "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  constexpr std::string_view kSwitched =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
  const std::pair<std::string_view, std::string_view> kConversations[] = {
      {kUpgrade, kSwitched},
      {"GET /other HTTP/1.1\r\nHost: a\r\nUpgrade: chat\r\nConnection: Upgrade\r\n\r\n", kSwitched},
      {"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"},
      {std::string_view("\x16\x03\x01 no HTTP\0", 12), "either"}};
  for (const auto& [asked, answered] : kConversations) {
    Bounded bounded(kImpatient);
    auto [client, upstream] = bounded.pair();
    CHECK(client.send(asked));
    CHECK(upstream.receive(asked.size()) == asked);
    CHECK(upstream.send(answered));
    CHECK(client.receive(answered.size()) == answered);
    auto [later, later_upstream] = bounded.pair();
    bounded.outlives(client, upstream, later);
    CHECK(client.send("on"));
    CHECK(upstream.receive(2) == "on");
  }
}

TEST_CASE(
    "bounds: while memory is short new sessions pass as ever, and only that is told of them") {
  std::atomic<bool> is_short = true;
  Bounded bounded({.short_of_memory = &is_short});
  const auto told = [&] {  // By the next session's connection, in order.
    std::string kinds;
    proxy::observe::EventRing& ring = *bounded.relay.rings.front();
    while (const core::Event* const event = ring.front()) {
      if (event->kind == core::EventKind::Request) kinds += "request ";
      if (event->kind == core::EventKind::Response) kinds += "response ";
      if (event->kind == core::EventKind::Unobserved)
        kinds += std::string(core::unobserved_name(event->unobserved.reason)) + " ";
      ring.pop();
    }
    return kinds;
  };
  constexpr std::string_view kHandshake =
      "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n";
  const auto ask = [&] {
    auto [client, upstream] = bounded.pair();
    CHECK(client.send(kHandshake));
    CHECK(upstream.receive(kHandshake.size()) == kHandshake);
    CHECK(upstream.send(kResponse));
    CHECK(client.receive(kResponse.size()) == kResponse);
    return told();
  };
  std::string seen;  // It is looked at once a second.
  CHECK(eventually([&] { return (seen = ask()).find("memory-limit") != std::string::npos; }));
  CHECK(seen.ends_with("request memory-limit "));  // And no response.
  is_short = false;
  CHECK(eventually([&] { return (seen = ask()).find("memory-limit") == std::string::npos; }));
}
