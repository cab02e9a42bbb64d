#include <doctest/doctest.h>
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <string>

#include "core/tap/tap.hpp"
#include "rules/analysis.hpp"

// The budget outside system calls is about 150 ns a message: no room for an allocation. This
// program counts them; sanitizers keep their own operator new out of its way.

namespace {
std::size_t allocations = 0;
std::size_t releases = 0;
std::size_t live_bytes = 0;

void release(void* memory) noexcept {
  if (memory != nullptr) ++releases;
  live_bytes -= malloc_usable_size(memory);
  std::free(memory);
}
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size)) {
    live_bytes += malloc_usable_size(memory);
    return memory;
  }
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }

namespace {

using core::Direction;
using core::Instant;

constexpr Instant at(int step) { return Instant(core::Duration(1'000'000'000LL + step * 1000LL)); }

std::string text_frame(Direction direction, std::string payload) {
  const bool masked = direction == Direction::ToServer;
  std::string out{static_cast<char>(0x81),
                  static_cast<char>((masked ? 0x80U : 0U) | static_cast<unsigned>(payload.size()))};
  if (masked) {
    out += "abcd";
    for (std::size_t i = 0; i < payload.size(); ++i)
      payload[i] = static_cast<char>(payload[i] ^ "abcd"[i % 4]);
  }
  return out + payload;
}

/// A tap and an analysis with one session on a WebSocket.
struct World {
  World() {
    tap.open("10.0.0.1:1", at(0), events);
    receive(Direction::ToServer,
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: "
            "Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
            "dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            1);
    receive(Direction::ToClient,
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
            "Upgrade\r\n\r\n",
            2);
    receive(Direction::ToClient,
            text_frame(Direction::ToClient,
                       R"(0{"sid":"A","upgrades":[],"pingInterval":25000,"pingTimeout":20000})"),
            3);
    receive(Direction::ToServer, text_frame(Direction::ToServer, "40"), 4);
    receive(Direction::ToClient, text_frame(Direction::ToClient, R"(40{"sid":"socket"})"), 5);
  }

  void receive(Direction direction, std::string bytes, int step) {
    tap.receive(direction, bytes, at(step), events);
    for (const core::EventView event : events) analysis.observe(event);
    events.clear();
  }

  core::tap::Settings settings;
  core::tap::Tap tap{settings, core::ConnectionId{1}};
  core::EventBuffer events;
  rules::Analysis analysis;
};

}  // namespace

TEST_CASE("Tap, Analysis: events of 60 bytes, one a read, allocate nothing") {
  for (const Direction direction : {Direction::ToServer, Direction::ToClient}) {
    World world;
    const std::string frame =
        text_frame(direction, R"(42["message",{"text":"sixty bytes of an ordinary event ok"}])");
    std::string bytes = frame;
    int step = 6;
    const auto feed = [&] {
      std::copy(frame.begin(), frame.end(), bytes.begin());
      world.tap.receive(direction, bytes, at(++step), world.events);
      for (const core::EventView event : world.events) world.analysis.observe(event);
      world.events.clear();
    };
    for (int i = 0; i < 16; ++i) feed();
    const std::size_t before = allocations;
    for (int i = 0; i < 10'000; ++i) feed();
    CHECK(allocations == before);
    if (direction == Direction::ToClient) CHECK(world.analysis.tally().deliveries == 10'016);
  }
}

TEST_CASE("Tap: a frame that is cut in two takes one buffer at most, and gives it back") {
  World world;
  const std::string frame = text_frame(Direction::ToServer, R"(42["message","cut in two"])");
  std::string first = frame.substr(0, 11);
  std::string second = frame.substr(11);
  int step = 6;
  const auto feed = [&] {
    first.assign(frame, 0, 11);
    second.assign(frame, 11);
    world.tap.receive(Direction::ToServer, first, at(++step), world.events);
    world.tap.receive(Direction::ToServer, second, at(++step), world.events);
    for (const core::EventView event : world.events) world.analysis.observe(event);
    world.events.clear();
  };
  for (int i = 0; i < 16; ++i) feed();
  const std::size_t before = allocations;
  const std::size_t released_before = releases;
  for (int i = 0; i < 1000; ++i) feed();
  CHECK(allocations - before <= 1000);
  CHECK(allocations - before == releases - released_before);
}

TEST_CASE("Tap, Analysis: heartbeats allocate nothing") {
  World world;
  int step = 6;
  std::string ping = text_frame(Direction::ToClient, "2");
  const std::string pong = text_frame(Direction::ToServer, "3");
  std::string bytes = pong;
  const auto feed = [&] {
    world.tap.receive(Direction::ToClient, ping, at(++step), world.events);
    bytes.assign(pong);
    world.tap.receive(Direction::ToServer, bytes, at(++step), world.events);
    for (const core::EventView event : world.events) world.analysis.observe(event);
    world.events.clear();
  };
  for (int i = 0; i < 16; ++i) feed();
  const std::size_t before = allocations;
  for (int i = 0; i < 1000; ++i) feed();
  CHECK(allocations == before);
}

namespace {

/// Sessions of one address, one after the other, that an analysis sees.
struct Crowd {
  struct Member {
    core::tap::Tap tap;
    Instant now;
  };

  void say(Member& member, Direction direction, std::string bytes) {
    member.tap.receive(direction, bytes, member.now, events);
  }
  Member join(Instant now) {
    const std::string sid = "sid-" + std::to_string(++number);
    Member one{core::tap::Tap(settings, core::ConnectionId{number}), now};
    one.tap.open("10.0.0.1:1", now, events);
    say(one, Direction::ToServer,
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: "
        "Upgrade\r\nUpgrade: websocket\r\n\r\n");
    say(one, Direction::ToClient,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    say(one, Direction::ToClient,
        text_frame(Direction::ToClient, "0{\"sid\":\"" + sid +
                                            "\",\"upgrades\":[],\"pingInterval\":25000,"
                                            "\"pingTimeout\":20000}"));
    say(one, Direction::ToServer, text_frame(Direction::ToServer, "40"));
    say(one, Direction::ToClient, text_frame(Direction::ToClient, R"(40{"sid":"socket"})"));
    return one;
  }
  void poison(Member& member) {
    say(member, Direction::ToClient, text_frame(Direction::ToClient, "42[null]"));
  }
  void leave(Member& member) {
    say(member, Direction::ToServer, text_frame(Direction::ToServer, "1"));
    for (const Direction direction : {Direction::ToServer, Direction::ToClient})
      member.tap.close(direction, core::StreamEnd::Fin, member.now, events);
  }
  void observe() {
    for (const core::EventView event : events) analysis.observe(event);
    events.clear();
    static_cast<void>(analysis.take_records());
  }

  core::tap::Settings settings;
  core::EventBuffer events;
  rules::Analysis analysis;
  std::uint64_t number = 0;
};

}  // namespace

TEST_CASE("Analysis: however many sessions come and go in a short time, memory has an end") {
  Crowd crowd;
  const auto come_and_go = [&] {
    Crowd::Member one = crowd.join(at(static_cast<int>(crowd.number) * 100));  // 10,000 a second.
    crowd.leave(one);
    crowd.observe();
  };
  while (crowd.number < 250'000) come_and_go();
  const std::size_t before = live_bytes;
  while (crowd.number < 310'000) come_and_go();
  CHECK(crowd.analysis.tally().sessions == 310'000);
  CHECK(live_bytes < before + (std::size_t{256} << 10));
}

TEST_CASE(
    "Analysis: a session that was left and waits for ever keeps no book of all that followed") {
  Crowd crowd;
  Crowd::Member waits = crowd.join(at(0));
  crowd.poison(waits);
  Instant now = at(0) + std::chrono::minutes(10);  // Too late to be taken for a successor of that.
  const auto refused_and_back = [&](Crowd::Member& old) {
    crowd.poison(old);
    Crowd::Member next = crowd.join(now += std::chrono::milliseconds(10));
    old.now = now += std::chrono::milliseconds(10);
    crowd.leave(old);
    crowd.observe();
    return next;
  };
  Crowd::Member one = crowd.join(now);
  while (crowd.number < 30'000) one = refused_and_back(one);
  const std::size_t before = live_bytes;
  while (crowd.number < 90'000) one = refused_and_back(one);
  CHECK(crowd.analysis.tally().sessions == 90'000);
  CHECK(live_bytes < before + (std::size_t{128} << 10));
}
