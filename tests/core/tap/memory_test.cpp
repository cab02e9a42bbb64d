#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/inflate/zlib_stream.hpp"
#include "core/tap/tap.hpp"

using core::Direction;
using core::EventKind;

namespace {

constexpr std::string_view kHandshake =
    "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view kPoll =
    "GET /socket.io/?EIO=4&transport=polling&sid=abc HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view kUpgrade =
    "GET /socket.io/?EIO=4&transport=websocket&sid=abc HTTP/1.1\r\nHost: x\r\nUpgrade: "
    "websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
    "dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
constexpr std::string_view kUpgraded =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
/// `Hello`, compressed, from the server.
constexpr std::string_view kCompressed("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", 9);

struct Connection {
  explicit Connection(const core::tap::Settings& settings) : tap(settings, core::ConnectionId{1}) {
    tap.open("10.0.0.1:1", {}, events);
  }
  void say(Direction direction, std::string_view bytes) {
    std::string copy(bytes);
    tap.receive(direction, copy, {}, events);
  }
  [[nodiscard]] std::size_t count(EventKind kind) const {
    std::size_t found = 0;
    for (const core::EventView view : events) found += view.event.kind == kind;
    return found;
  }
  [[nodiscard]] std::size_t gaps() const {
    std::size_t found = 0;
    for (const core::EventView view : events)
      found += view.event.kind == EventKind::Unobserved &&
               view.event.unobserved.reason == core::Unobserved::MemoryLimit;
    return found;
  }

  core::tap::Tap tap;
  core::EventBuffer events;
};

}  // namespace

TEST_CASE(
    "tap: while memory is short a connection that begins with a new session is not looked into") {
  core::tap::Settings settings;
  settings.short_of_memory = true;
  Connection shed(settings);
  shed.say(Direction::ToServer, kHandshake);
  CHECK(shed.tap.off());
  CHECK(shed.count(EventKind::Request) == 1);
  CHECK(shed.gaps() == 1);
  shed.tap.close(Direction::ToServer, core::StreamEnd::Fin, {}, shed.events);
  CHECK(shed.count(EventKind::StreamEnded) == 1);  // So nobody remembers it for ever.
}

TEST_CASE("tap: while memory is short known sessions and other connections are looked at as ever") {
  core::tap::Settings settings;
  Connection before(settings);
  before.say(Direction::ToServer, kPoll);
  settings.short_of_memory = true;
  before.say(Direction::ToServer, kHandshake);  // On a connection that others use.
  Connection known(settings);
  known.say(Direction::ToServer, kPoll);
  for (const Connection* one : {&before, &known}) {
    CHECK_FALSE(one->tap.off());
    CHECK(one->gaps() == 0);
  }
}

TEST_CASE("tap: a compressed message beyond the budget ends the look at its connection") {
  core::inflate::Budget budget(core::inflate::zlib_stream_bytes(15));
  core::tap::Settings settings;
  settings.inflate_budget = &budget;
  Connection first(settings), second(settings);
  for (Connection* one : {&first, &second}) {
    one->say(Direction::ToServer, kUpgrade);
    one->say(Direction::ToClient, kUpgraded);
    one->say(Direction::ToClient, kCompressed);
  }
  CHECK(first.gaps() == 0);
  CHECK_FALSE(first.tap.off());
  CHECK(second.gaps() == 1);
  CHECK(second.tap.off());
  CHECK(budget.left_bytes() == 0);
  first.tap = core::tap::Tap(settings, core::ConnectionId{2});
  CHECK(budget.left_bytes() == core::inflate::zlib_stream_bytes(15));
}
