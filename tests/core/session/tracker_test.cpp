#include "core/session/tracker.hpp"

#include <doctest/doctest.h>
#include <map>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "core/event_buffer.hpp"
#include "core/limits.hpp"

using namespace std::chrono_literals;
using core::ConnectionId;
using core::Direction;
using core::Event;
using core::EventKind;
using core::HttpMethod;
using core::Instant;
using core::TransportName;
using core::session::CloseCause;
using core::session::Fact;
using core::session::FactKind;
using core::session::Facts;
using core::session::Session;
using core::session::Tracker;

namespace {

constexpr Instant at(std::chrono::milliseconds ms) { return Instant(1s + ms); }

/// Speaks to a tracker as a tap does.
struct Wire {
  void advance(Instant until) {
    while (tracker.deadline() < until) tracker.advance(facts);
  }
  Event& add(std::uint64_t connection, EventKind kind, Direction direction, Instant when,
             std::string_view text = {}) {
    flush();
    Event& event = buffer.add(kind, direction, when, text);
    event.connection = ConnectionId{connection};
    event.sequence = sequences[connection]++;
    return event;
  }
  /// What was added last goes in.
  void flush() {
    for (const core::EventView event : buffer) {
      advance(event.event.at);
      tracker.observe(event, facts);
    }
    buffer.clear();
  }
  void request(std::uint64_t connection, Instant when, std::string_view sid,
               HttpMethod method = HttpMethod::Get,
               TransportName transport = TransportName::Polling) {
    Event& event = add(connection, EventKind::Request, Direction::ToServer, when, sid);
    event.request.method = method;
    event.request.transport = transport;
    event.request.eio = 4;
  }
  void response(std::uint64_t connection, Instant when, std::uint16_t status = 200,
                std::int8_t engine_error = -1) {
    Event& event = add(connection, EventKind::Response, Direction::ToClient, when);
    event.response.status = status;
    event.response.engine_error = engine_error;
  }
  void ended(std::uint64_t connection, Instant when) {
    add(connection, EventKind::ExchangeEnded, Direction::ToClient, when);
  }
  void handshake(std::uint64_t connection, Instant when, std::string_view sid) {
    Event& event = add(connection, EventKind::Handshake, Direction::ToClient, when, sid);
    event.handshake.ping_interval_ms = 1000;
    event.handshake.ping_timeout_ms = 1000;
  }
  void stream_ended(std::uint64_t connection, Direction direction, Instant when,
                    core::StreamEnd end = core::StreamEnd::Fin) {
    add(connection, EventKind::StreamEnded, direction, when).stream = {end};
  }
  void engine(std::uint64_t connection, Direction direction, Instant when,
              core::EnginePacketType type) {
    add(connection, EventKind::EnginePacket, direction, when).engine.type = type;
  }
  /// A polling session whose handshake is over.
  void open_polling(std::uint64_t connection, Instant when, std::string_view sid) {
    request(connection, when, {});
    response(connection, when);
    handshake(connection, when, sid);
    ended(connection, when);
    flush();
  }
  void open_websocket(std::uint64_t connection, Instant when, std::string_view sid) {
    request(connection, when, {}, HttpMethod::Get, TransportName::WebSocket);
    response(connection, when, 101);
    handshake(connection, when, sid);
    flush();
  }
  /// How the session ended; Fact::at in `closed_at`.
  [[nodiscard]] const Session* closed() {
    flush();
    for (const Fact& fact : facts)
      if (fact.kind == FactKind::Closed) {
        closed_at = fact.at;
        return fact.session;
      }
    return nullptr;
  }
  [[nodiscard]] std::size_t count(FactKind kind) {
    flush();
    std::size_t found = 0;
    for (const Fact& fact : facts) found += fact.kind == kind ? 1 : 0;
    return found;
  }

  Tracker tracker;
  Facts facts;
  core::EventBuffer buffer;
  std::map<std::uint64_t, std::uint32_t> sequences;  ///< by connection
  Instant closed_at{};
};

}  // namespace

TEST_CASE("Tracker: while memory is short new sessions are gaps, and known ones go on") {
  Wire wire;
  wire.open_websocket(1, at(0ms), "A");
  wire.tracker.set_short_of_memory(true);
  wire.open_websocket(2, at(10ms), "B");
  wire.engine(1, Direction::ToClient, at(20ms), core::EnginePacketType::Ping);
  wire.engine(2, Direction::ToClient, at(20ms), core::EnginePacketType::Ping);
  CHECK(wire.count(FactKind::Opened) == 1);
  CHECK(wire.count(FactKind::Ping) == 1);
  CHECK(wire.tracker.gaps()[static_cast<std::size_t>(core::Unobserved::MemoryLimit)].count == 1);
  CHECK(wire.tracker.gaps()[static_cast<std::size_t>(core::Unobserved::MemoryLimit)].sessions == 1);
  wire.tracker.set_short_of_memory(false);
  wire.open_websocket(3, at(30ms), "C");
  CHECK(wire.count(FactKind::Opened) == 2);
}

TEST_CASE("Tracker: while memory is short ended sessions are forgotten sooner, not at once") {
  Wire wire;
  wire.open_websocket(1, at(0ms), "A");
  wire.stream_ended(1, Direction::ToServer, at(10ms));
  wire.stream_ended(1, Direction::ToClient, at(10ms));
  wire.flush();
  wire.tracker.forget(at(10ms) + core::limits::kClosedSessionMemoryShort);
  CHECK(wire.tracker.all().size() == 1);
  wire.tracker.set_short_of_memory(true);
  wire.tracker.forget(at(10ms) + core::limits::kClosedSessionMemoryShort);
  CHECK(wire.tracker.all().size() == 1);  // Nothing went unobserved yet, so all is known.
  wire.open_websocket(2, at(20ms), "B");
  wire.tracker.forget(at(9ms) + core::limits::kClosedSessionMemoryShort);
  CHECK(wire.tracker.all().size() == 1);
  wire.tracker.forget(at(10ms) + core::limits::kClosedSessionMemoryShort);
  CHECK(wire.tracker.all().empty());
}

TEST_CASE("Tracker: a CONNECT ahead of the handshake is heard once there is a session") {
  Wire wire;
  wire.request(1, at(0ms), {}, HttpMethod::Get, TransportName::WebSocket);
  wire.response(1, at(1ms), 101);
  wire.add(1, EventKind::Connect, Direction::ToServer, at(2ms), "40{}").connect.ns = 7;
  wire.flush();
  CHECK(wire.count(FactKind::Connecting) == 0);
  wire.handshake(1, at(3ms), "A");
  wire.flush();
  REQUIRE(wire.facts.size() == 3);
  CHECK(wire.facts[1].kind == FactKind::Opened);
  const Fact& asks = wire.facts[2];
  CHECK(asks.kind == FactKind::Connecting);
  CHECK(asks.at == at(3ms));
  CHECK(asks.excerpt == "40{}");
  CHECK(asks.connect->ns == 7);
  CHECK(asks.session->connecting == at(3ms));

  SUBCASE("and again, as usual") {
    wire.add(1, EventKind::Connect, Direction::ToServer, at(4ms), "40/chat").connect.ns = 8;
    CHECK(wire.count(FactKind::Connecting) == 2);
  }
  SUBCASE("but not where events were lost between them") {
    wire.request(2, at(0ms), {}, HttpMethod::Get, TransportName::WebSocket);
    wire.response(2, at(1ms), 101);
    wire.add(2, EventKind::Connect, Direction::ToServer, at(2ms), "40");
    ++wire.sequences[2];
    wire.handshake(2, at(3ms), "B");
    CHECK(wire.count(FactKind::Opened) == 2);
    CHECK(wire.count(FactKind::Connecting) == 1);
  }
}

TEST_CASE("Tracker: a request that is not followed for want of memory is no unanswered one") {
  Wire wire;
  wire.request(1, at(0ms), {});
  core::Event& gap = wire.add(1, EventKind::Unobserved, Direction::ToServer, at(0ms));
  gap.unobserved.reason = core::Unobserved::MemoryLimit;
  gap.unobserved.count = 1;
  wire.stream_ended(1, Direction::ToServer, at(10ms));
  wire.stream_ended(1, Direction::ToClient, at(10ms));
  CHECK(wire.count(FactKind::Unanswered) == 0);
  CHECK(wire.tracker.gaps()[static_cast<std::size_t>(core::Unobserved::MemoryLimit)].count == 1);
}

TEST_CASE("Tracker: a poll that its client aborts closes the session") {
  for (const core::StreamEnd end : {core::StreamEnd::Fin, core::StreamEnd::Reset}) {
    Wire wire;
    wire.open_polling(1, at(0ms), "A");
    wire.request(2, at(10ms), "A");
    wire.stream_ended(2, Direction::ToServer, at(20ms), end);
    const Session* const session = wire.closed();
    REQUIRE(session != nullptr);
    CHECK(session->cause == CloseCause::ClientGone);
    CHECK(wire.tracker.live().polling == 0);
  }
}

TEST_CASE("Tracker: a poll that its server leaves unanswered closes the session") {
  Wire wire;
  wire.open_polling(1, at(0ms), "A");
  wire.request(2, at(10ms), "A");
  wire.stream_ended(2, Direction::ToClient, at(20ms));
  wire.stream_ended(2, Direction::ToServer, at(21ms));
  const Session* const session = wire.closed();
  REQUIRE(session != nullptr);
  CHECK(session->cause == CloseCause::ServerGone);
  CHECK(wire.closed_at == at(20ms));
  CHECK(wire.count(FactKind::Unanswered) == 1);
}

TEST_CASE("Tracker: an answer that ends with its connection closes nothing") {
  Wire wire;
  wire.open_polling(1, at(0ms), "A");
  wire.request(2, at(10ms), "A");
  wire.response(2, at(15ms));
  wire.stream_ended(2, Direction::ToClient, at(20ms));
  CHECK(wire.closed() == nullptr);
}

TEST_CASE("Tracker: a connection that ends between its polls closes nothing") {
  Wire wire;
  wire.open_polling(1, at(0ms), "A");
  wire.request(2, at(10ms), "A");
  wire.response(2, at(20ms));
  wire.ended(2, at(20ms));
  wire.stream_ended(2, Direction::ToServer, at(21ms));
  wire.stream_ended(2, Direction::ToClient, at(21ms));
  CHECK(wire.closed() == nullptr);
  CHECK(wire.tracker.live().polling == 1);
}

TEST_CASE("Tracker: a POST that is cut off closes nothing") {
  Wire wire;
  wire.open_polling(1, at(0ms), "A");
  wire.request(2, at(10ms), "A", HttpMethod::Post);
  wire.stream_ended(2, Direction::ToServer, at(20ms), core::StreamEnd::Reset);
  CHECK(wire.closed() == nullptr);
}

TEST_CASE("Tracker: a polling session that asks no more falls silent at its deadline") {
  Wire wire;
  wire.open_polling(1, at(0ms), "A");
  wire.request(2, at(500ms), "A");
  wire.response(2, at(700ms));
  wire.ended(2, at(700ms));
  wire.flush();
  wire.advance(at(60s));
  const Session* const session = wire.closed();
  REQUIRE(session != nullptr);
  CHECK(session->cause == CloseCause::Silence);
  // pingInterval and pingTimeout after its last request, and a second for the way.
  CHECK(wire.closed_at >= at(3500ms));
  CHECK(wire.closed_at <= at(6700ms));
}

TEST_CASE("Tracker: the silence deadline does not depend on how often it is asked for") {
  const auto silent = [](std::chrono::milliseconds tick) {
    Wire wire;
    wire.open_polling(1, at(0ms), "A");
    wire.request(2, at(500ms), "A");
    wire.response(2, at(700ms));
    wire.ended(2, at(700ms));
    wire.flush();
    for (auto now = 700ms; now < 60s; now += tick) wire.advance(at(now));
    return wire.closed() == nullptr ? Instant{} : wire.closed_at;
  };
  CHECK(silent(1ms) == silent(7s));
  CHECK(silent(1ms) == silent(59s));
}

TEST_CASE("Tracker: a session with a poll in flight is never silent") {
  Wire wire;
  wire.open_polling(1, at(0ms), "A");
  wire.request(2, at(500ms), "A");
  wire.flush();
  wire.advance(at(600s));
  CHECK(wire.closed() == nullptr);
}

TEST_CASE("Tracker: an unknown sid closes the session that the server forgot") {
  Wire wire;
  wire.open_polling(1, at(0ms), "A");
  wire.request(2, at(10ms), "A");
  wire.response(2, at(11ms), 400, 1);
  const Session* const session = wire.closed();
  REQUIRE(session != nullptr);
  CHECK(session->cause == CloseCause::UnknownToServer);
}

TEST_CASE("Tracker: a refused probe leaves the session to polling") {
  Wire wire;
  wire.open_polling(1, at(0ms), "A");
  wire.request(2, at(10ms), "A");
  wire.request(3, at(10ms), "A", HttpMethod::Get, TransportName::WebSocket);
  wire.response(3, at(11ms), 101);
  wire.stream_ended(3, Direction::ToServer, at(12ms));
  wire.stream_ended(3, Direction::ToClient, at(12ms));
  CHECK(wire.closed() == nullptr);
  CHECK(wire.tracker.live().polling == 1);
}

TEST_CASE("Tracker: an upgraded session ends with its WebSocket, not with its last poll") {
  Wire wire;
  wire.open_polling(1, at(0ms), "A");
  wire.request(2, at(10ms), "A");
  wire.request(3, at(10ms), "A", HttpMethod::Get, TransportName::WebSocket);
  wire.response(3, at(11ms), 101);
  wire.engine(3, Direction::ToServer, at(12ms), core::EnginePacketType::Upgrade);
  wire.stream_ended(2, Direction::ToServer, at(13ms), core::StreamEnd::Reset);
  CHECK(wire.closed() == nullptr);
  CHECK(wire.tracker.live().websocket == 1);
  wire.stream_ended(3, Direction::ToClient, at(14ms));
  const Session* const session = wire.closed();
  REQUIRE(session != nullptr);
  CHECK(session->cause == CloseCause::ServerGone);
  CHECK(wire.tracker.live().websocket == 0);
}

TEST_CASE("Tracker: an exchange whose end was lost takes nothing from the one that follows") {
  Wire wire;
  wire.open_polling(1, at(0ms), "A");
  wire.open_polling(2, at(1ms), "B");
  wire.request(3, at(10ms), "A");  // A browser's kept-alive connection carries both sessions.
  wire.flush();
  ++wire.sequences[3];  // The rest of A's exchange is lost with a full ring.
  wire.request(3, at(20ms), "B");
  wire.response(3, at(21ms));
  wire.engine(3, Direction::ToClient, at(21ms), core::EnginePacketType::Ping);
  wire.flush();
  REQUIRE(wire.count(FactKind::Ping) == 1);
  for (const Fact& fact : wire.facts)
    if (fact.kind == FactKind::Ping) CHECK(fact.session->engine_sid == "B");
}

TEST_CASE("Tracker: attachments whose header was lost are no malformed packets") {
  Wire wire;
  wire.open_websocket(1, at(0ms), "A");
  ++wire.sequences[1];
  wire.add(1, EventKind::Binary, Direction::ToClient, at(5ms));
  CHECK(wire.count(FactKind::Malformed) == 0);
}

TEST_CASE("Tracker: closing is told once, whatever comes after") {
  Wire wire;
  wire.open_websocket(1, at(0ms), "A");
  wire.engine(1, Direction::ToServer, at(1ms), core::EnginePacketType::Close);
  wire.add(1, EventKind::WebSocketClosed, Direction::ToServer, at(2ms));
  wire.engine(1, Direction::ToClient, at(3ms), core::EnginePacketType::Ping);
  wire.stream_ended(1, Direction::ToServer, at(4ms));
  wire.stream_ended(1, Direction::ToClient, at(4ms));
  CHECK(wire.count(FactKind::Closed) == 1);
  CHECK(wire.count(FactKind::Ping) == 0);
  CHECK(wire.tracker.live().websocket == 0);
}

TEST_CASE("Tracker: a closed session is forgotten after a while, not before") {
  Wire wire;
  wire.open_websocket(1, at(0ms), "A");
  wire.stream_ended(1, Direction::ToServer, at(1ms));
  wire.stream_ended(1, Direction::ToClient, at(1ms));
  wire.open_websocket(2, at(60s), "B");
  CHECK(wire.tracker.find(core::SessionId{1}) != nullptr);
  wire.open_websocket(3, at(180s), "C");
  CHECK(wire.tracker.find(core::SessionId{1}) == nullptr);
  CHECK(wire.tracker.find(core::SessionId{2}) != nullptr);
}

TEST_CASE("Tracker: connections that outlive their session never see it dangle") {
  Wire wire;
  // A poll that is never answered, and a WebSocket whose TCP connection stays.
  wire.open_polling(1, at(0ms), "A");
  wire.request(2, at(10ms), "A");
  wire.request(3, at(10ms), "A", HttpMethod::Post);
  wire.engine(3, Direction::ToServer, at(11ms), core::EnginePacketType::Close);
  wire.open_websocket(4, at(12ms), "B");
  wire.engine(4, Direction::ToServer, at(13ms), core::EnginePacketType::Close);
  CHECK(wire.count(FactKind::Closed) == 2);
  for (std::uint64_t i = 0; i < 20; ++i) {
    const std::uint64_t connection = 10 + i;
    const auto when = 200s + std::chrono::seconds(i);
    wire.open_websocket(connection, at(when), "X" + std::to_string(i));
    wire.stream_ended(connection, Direction::ToServer, at(when + 1ms));
    wire.stream_ended(connection, Direction::ToClient, at(when + 1ms));
  }
  wire.flush();
  CHECK(wire.tracker.find(core::SessionId{1}) != nullptr);  // Held by its connections.
  CHECK(wire.tracker.find(core::SessionId{2}) != nullptr);

  wire.engine(4, Direction::ToServer, at(400s), core::EnginePacketType::Pong);
  wire.engine(2, Direction::ToClient, at(400s), core::EnginePacketType::Ping);
  for (const std::uint64_t connection : {2, 3, 4}) {
    wire.stream_ended(connection, Direction::ToClient, at(401s));
    wire.stream_ended(connection, Direction::ToServer, at(401s));
  }
  wire.flush();
  for (std::uint64_t i = 0; i < 40; ++i)
    wire.open_websocket(100 + i, at(600s + std::chrono::seconds(i)), "Y" + std::to_string(i));
  CHECK(wire.tracker.find(core::SessionId{1}) == nullptr);
  CHECK(wire.tracker.find(core::SessionId{2}) == nullptr);
  CHECK(wire.count(FactKind::Closed) == 22);
}

TEST_CASE("Tracker: a connection whose request was lost says nothing") {
  Wire wire;
  wire.handshake(1, at(0ms), "A");
  wire.engine(1, Direction::ToServer, at(1ms), core::EnginePacketType::Close);
  wire.ended(1, at(2ms));
  wire.stream_ended(1, Direction::ToServer, at(3ms));
  CHECK(wire.count(FactKind::Opened) == 0);
}

TEST_CASE("Tracker: a pong without a ping is no heartbeat") {
  Wire wire;
  wire.open_websocket(1, at(0ms), "A");
  wire.engine(1, Direction::ToServer, at(1ms), core::EnginePacketType::Pong);
  CHECK(wire.count(FactKind::Pong) == 0);
  wire.engine(1, Direction::ToClient, at(2ms), core::EnginePacketType::Ping);
  wire.engine(1, Direction::ToServer, at(3ms), core::EnginePacketType::Pong);
  wire.engine(1, Direction::ToServer, at(4ms), core::EnginePacketType::Pong);
  CHECK(wire.count(FactKind::Pong) == 1);
}
