#include "core/session/lineage.hpp"

#include <doctest/doctest.h>
#include <map>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "core/event_buffer.hpp"
#include "core/session/tracker.hpp"
#include "core/socketio/packet.hpp"

using namespace std::chrono_literals;
using core::ConnectionId;
using core::Direction;
using core::Event;
using core::EventKind;
using core::Instant;
using core::SessionId;
using core::session::Bond;
using core::session::ClientKeyNames;
using core::session::Grade;

namespace {

/// Sessions on WebSockets of one look-alike group, known by number in the order they open.
struct Group {
  explicit Group(ClientKeyNames names = ClientKeyNames::User) : lineage(tracker, names) {}

  Event& add(std::uint32_t session, EventKind kind, Direction direction, std::string text = {}) {
    feed();
    Event& event = buffer.add(kind, direction, Instant(now), text);
    event.connection = ConnectionId{session};
    event.sequence = sequences[session]++;
    return event;
  }
  void feed() {
    core::session::Facts facts;
    for (const core::EventView event : buffer) {
      tracker.observe(event, facts);
      for (const core::session::Fact& fact : facts) lineage.observe(fact, changed);
      facts.clear();
    }
    buffer.clear();
  }
  /// A session opens and CONNECTs. Its number.
  std::uint32_t opens(std::chrono::milliseconds at, std::uint64_t auth = 0,
                      std::uint64_t client_key = 0) {
    now = 1s + at;
    const std::uint32_t session = ++last;
    Event& request = add(session, EventKind::Request, Direction::ToServer);
    request.request.eio = 4;
    request.request.transport = core::TransportName::WebSocket;
    request.request.method = core::HttpMethod::Get;
    request.request.fingerprint = 77;
    request.request.client_key = client_key;
    add(session, EventKind::Response, Direction::ToClient).response.status = 101;
    add(session, EventKind::Handshake, Direction::ToClient, "sid" + std::to_string(session));
    now += 1ms;
    Event& connect = add(session, EventKind::Connect, Direction::ToServer, "40");
    connect.connect.auth = auth;
    connect.connect.ns = 1;
    feed();
    return session;
  }
  void poison(std::uint32_t session, std::chrono::milliseconds at) {
    now = 1s + at;
    Event& packet = add(session, EventKind::Packet, Direction::ToClient, "42[null]");
    packet.packet.error = static_cast<std::uint8_t>(core::socketio::PacketErrc::EventNameKind) + 1;
    packet.packet.placeholders_fit = true;
    feed();
  }
  void speaks(std::uint32_t session, std::chrono::milliseconds at, std::uint32_t id = core::kNoId) {
    now = 1s + at;
    Event& packet = add(session, EventKind::Packet, Direction::ToServer, "42[\"say\"]");
    packet.packet.type = static_cast<std::uint8_t>(core::socketio::PacketType::Event);
    packet.packet.id = id;
    packet.packet.ns = 1;
    packet.packet.placeholders_fit = true;
    feed();
  }
  void closes(std::uint32_t session, std::chrono::milliseconds at) {
    now = 1s + at;
    add(session, EventKind::WebSocketClosed, Direction::ToServer).close = {1005};
    feed();
  }
  /// The successor's number; 0 when there is none.
  [[nodiscard]] std::uint32_t successor(std::uint32_t session) const {
    const Bond* const bond = lineage.bond(SessionId{session});
    return bond == nullptr ? 0 : static_cast<std::uint32_t>(bond->successor);
  }
  [[nodiscard]] bool doubtful(std::uint32_t session) {
    return lineage.doubtful(*tracker.find(SessionId{session}));
  }

  core::session::Tracker tracker;
  core::session::Lineage lineage;
  core::EventBuffer buffer;
  std::map<std::uint64_t, std::uint32_t> sequences;  ///< by connection
  std::vector<SessionId> changed;
  core::Duration now{};
  std::uint32_t last = 0;
};

}  // namespace

TEST_CASE("Lineage: left sessions and newcomers are matched one to one, oldest first") {
  Group group;
  const auto a = group.opens(0ms), b = group.opens(1ms), c = group.opens(2ms);
  for (const auto each : {b, a, c}) group.poison(each, 500ms + 1ms * (each == b ? 0 : 1));
  const auto x = group.opens(800ms), y = group.opens(810ms), z = group.opens(820ms);
  CHECK(group.successor(b) == x);  // Poisoned first.
  CHECK(group.successor(a) == y);
  CHECK(group.successor(c) == z);
  for (const auto each : {a, b, c}) CHECK_FALSE(group.doubtful(each));
  CHECK(group.successor(group.opens(830ms)) == 0);
}

TEST_CASE("Lineage: while somebody still waits, nobody's match is sure") {
  Group group;
  const auto a = group.opens(0ms), b = group.opens(1ms);
  group.poison(a, 500ms);
  group.poison(b, 500ms);
  const auto x = group.opens(800ms);
  CHECK(group.successor(a) == x);
  CHECK(group.doubtful(a));
  group.changed.clear();
  const auto y = group.opens(900ms);
  CHECK(group.successor(b) == y);
  CHECK_FALSE(group.doubtful(a));
  CHECK(std::count(group.changed.begin(), group.changed.end(), SessionId{a}) >= 1);
}

TEST_CASE("Lineage: who closed explains a newcomer before who was left") {
  Group group;
  const auto a = group.opens(0ms), b = group.opens(1ms);
  group.poison(a, 500ms);
  group.poison(b, 500ms);
  group.closes(b, 503ms);
  group.opens(800ms);
  CHECK(group.successor(a) == 0);
  const auto y = group.opens(900ms);
  CHECK(group.successor(a) == y);
}

TEST_CASE("Lineage: a newcomer before the packet, or after the window, continues nobody") {
  Group group;
  const auto a = group.opens(0ms);
  group.opens(400ms);
  group.poison(a, 500ms);
  CHECK(group.successor(a) == 0);
  group.opens(6600ms);
  CHECK(group.successor(a) == 0);
}

TEST_CASE("Lineage: equal auth is preferred, in any order") {
  Group group;
  const auto a = group.opens(0ms, 11), b = group.opens(1ms, 22);
  group.poison(a, 500ms);
  group.poison(b, 500ms);
  const auto x = group.opens(800ms, 22);
  const auto y = group.opens(801ms, 11);
  CHECK(group.successor(b) == x);
  CHECK(group.successor(a) == y);
  CHECK(group.lineage.bond(SessionId{a})->grade == Grade::Auth);
}

TEST_CASE("Lineage: a session that speaks again was not left, and frees its newcomer for another") {
  Group group;
  const auto a = group.opens(0ms), b = group.opens(1ms);
  group.poison(a, 500ms);
  group.poison(b, 501ms);
  const auto x = group.opens(900ms);
  CHECK(group.successor(a) == x);
  group.speaks(a, 2s);
  CHECK_FALSE(group.lineage.is_left(SessionId{a}));
  CHECK(group.successor(b) == x);
}

TEST_CASE("Lineage: an ack id takes its newcomer from whoever held it by timing") {
  Group group;
  const auto a = group.opens(0ms), b = group.opens(1ms);
  group.speaks(a, 10ms, 0);
  group.speaks(b, 20ms, 0);
  group.speaks(b, 30ms, 1);
  group.poison(a, 500ms);
  group.poison(b, 500ms);
  const auto x = group.opens(800ms), y = group.opens(801ms);
  CHECK(group.successor(a) == x);
  CHECK(group.successor(b) == y);
  group.speaks(x, 900ms, 2);
  CHECK(group.successor(b) == x);
  CHECK(group.lineage.bond(SessionId{b})->grade == Grade::AckContinuity);
  CHECK(group.lineage.bond(SessionId{b})->exact);
  CHECK(group.successor(a) == y);
}

TEST_CASE("Lineage: only a key of pages is exact") {
  for (const ClientKeyNames names : {ClientKeyNames::User, ClientKeyNames::Page}) {
    Group group(names);
    const auto a = group.opens(0ms, 0, 5);
    group.poison(a, 500ms);
    const auto x = group.opens(800ms, 0, 5);
    REQUIRE(group.successor(a) == x);
    CHECK(group.lineage.bond(SessionId{a})->grade == Grade::ClientKey);
    CHECK(group.lineage.bond(SessionId{a})->exact == (names == ClientKeyNames::Page));
  }
}

TEST_CASE("Lineage: lives of one client carry its number") {
  Group group;
  const auto a = group.opens(0ms);
  group.closes(a, 100ms);
  const auto b = group.opens(600ms);
  group.poison(b, 700ms);
  const auto c = group.opens(1200ms);
  CHECK(group.tracker.find(SessionId{b})->client == core::ClientId{a});
  CHECK(group.tracker.find(SessionId{c})->client == core::ClientId{a});
}

TEST_CASE("Lineage: thousands of sessions that come and go leave nothing that waits") {
  Group group;
  for (int i = 0; i < 3000; ++i) {
    const auto at = 1ms * (i * 100);
    const auto each = group.opens(at);
    if (i % 2 == 0) group.poison(each, at + 10ms);
    group.closes(each, at + 20ms);
  }
  const auto a = group.opens(400s);
  group.poison(a, 400'500ms);
  const auto x = group.opens(401s);
  CHECK(group.successor(a) == x);
}
