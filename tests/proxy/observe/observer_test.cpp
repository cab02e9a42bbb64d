#include "proxy/observe/observer.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/event_buffer.hpp"
#include "core/socketio/packet.hpp"
#include "proxy/observe/clock.hpp"

using core::ConnectionId;
using core::Direction;
using core::Event;
using core::EventKind;
using core::Instant;
using proxy::observe::Observer;

namespace {

/// What one loop publishes: events of one connection.
struct Loop {
  Loop(Observer& observer, std::size_t number)
      : ring(observer.ring(number)), connection(ConnectionId{(number + 1) << 48 | 1}) {}

  Event& add(EventKind kind, Direction direction, Instant at, std::string_view text = {}) {
    Event& event = buffer.add(kind, direction, at, text);
    event.connection = connection;
    event.sequence = sequence++;
    return event;
  }
  /// A polling session's request, handshake and end of its exchange.
  void opens(std::string_view sid, Instant at) {
    Event& request = add(EventKind::Request, Direction::ToServer, at);
    request.request.eio = 4;
    request.request.transport = core::TransportName::Polling;
    request.request.method = core::HttpMethod::Get;
    add(EventKind::Response, Direction::ToClient, at).response.status = 200;
    Event& handshake = add(EventKind::Handshake, Direction::ToClient, at, sid);
    handshake.handshake.ping_interval_ms = 25'000;
    handshake.handshake.ping_timeout_ms = 20'000;
  }
  void malformed(Instant at) {
    Event& packet = add(EventKind::Packet, Direction::ToClient, at, "42[null]");
    packet.packet.error = static_cast<std::uint8_t>(core::socketio::PacketErrc::EventNameKind) + 1;
    packet.packet.id = core::kNoId;
    packet.packet.placeholders_fit = true;
  }
  void spoke(Instant at) {
    Event& connect = add(EventKind::Connect, Direction::ToServer, at, "40");
    connect.connect.ns = 1;
  }
  void publish() {
    REQUIRE(ring.publish(buffer.bytes()));
    buffer.clear();
  }

  proxy::observe::EventRing& ring;
  ConnectionId connection;
  std::uint32_t sequence = 0;
  core::EventBuffer buffer;
};

}  // namespace

TEST_CASE("Observer: merges the rings by instant, then connection, whatever was published first") {
  std::vector<std::string> sids;
  Observer observer(3, [&](const rules::Record& record) {
    if (const auto* finding = std::get_if<rules::Finding>(&record))
      sids.push_back(finding->session.engine_sid);
  });
  const Instant start = proxy::observe::now() - std::chrono::seconds(1);
  const auto at = [&](int ms) { return start + std::chrono::milliseconds(ms); };
  Loop loops[3] = {{observer, 0}, {observer, 1}, {observer, 2}};
  // The order of the instants is 2, 0, 1; at the last one, loops 0 and 2 are equal.
  const auto tell = [&](Loop& loop, const char* sid, int opened, int failed) {
    loop.opens(sid, at(opened));
    loop.spoke(at(opened + 1));
    loop.malformed(at(failed));
    loop.publish();
  };
  tell(loops[1], "B", 3, 40);
  tell(loops[0], "A", 2, 50);
  tell(loops[2], "C", 1, 50);
  observer.start();
  const auto snapshot = observer.finish();
  CHECK(snapshot.tally.sessions == 3);
  CHECK(sids == std::vector<std::string>{"B", "A", "C"});
}

TEST_CASE("Observer: what lies before a busy loop's mark is taken to the last event") {
  Observer observer(1, [](const rules::Record&) {});
  const Instant start = proxy::observe::now() - std::chrono::seconds(1);
  Loop busy(observer, 0);
  busy.opens("A", start);
  busy.publish();
  busy.ring.set_low_water(start + core::Duration(1));
  observer.start();
  for (int i = 0; i < 200 && observer.snapshot().tally.sessions == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  CHECK(observer.snapshot().tally.sessions == 1);
}

TEST_CASE("Observer: a busy loop holds back what it may still precede") {
  int records = 0;
  Observer observer(2, [&](const rules::Record&) { ++records; });
  const Instant start = proxy::observe::now() - std::chrono::seconds(1);
  Loop quick(observer, 0);
  Loop busy(observer, 1);
  busy.ring.set_low_water(start);
  quick.ring.falls_asleep();
  quick.opens("A", start + std::chrono::milliseconds(1));
  quick.publish();
  observer.start();
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  CHECK(observer.snapshot().tally.sessions == 0);

  busy.ring.falls_asleep();  // Nothing in hand any more.
  for (int i = 0; i < 200 && observer.snapshot().tally.sessions == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  CHECK(observer.snapshot().tally.sessions == 1);
  CHECK(observer.finish().tally.sessions == 1);
  CHECK(records == 0);
}

TEST_CASE("Observer: events that a ring lost are in the verdict") {
  Observer observer(1, [](const rules::Record&) {});
  core::EventBuffer buffer;
  const Instant at = proxy::observe::now() - std::chrono::seconds(1);
  for (int i = 0; i < 1000; ++i) buffer.add(EventKind::Binary, Direction::ToClient, at);
  std::uint64_t lost = 0;
  while (lost == 0)
    if (!observer.ring(0).publish(buffer.bytes())) lost = observer.ring(0).lost();
  observer.start();
  const auto snapshot = observer.finish();
  REQUIRE(snapshot.tally.unobserved.size() == 1);
  CHECK(snapshot.tally.unobserved[0].reason == core::Unobserved::RingOverflow);
  CHECK(snapshot.tally.unobserved[0].count == lost);
}

TEST_CASE("Observer: an event after a long silence wakes it") {
  Observer observer(1, [](const rules::Record&) {});
  observer.ring(0).falls_asleep();
  observer.start();
  std::this_thread::sleep_for(std::chrono::milliseconds(120));  // By now it sleeps.
  Loop loop(observer, 0);
  loop.opens("A", proxy::observe::now());
  loop.publish();
  if (loop.ring.wants_wake()) observer.wake();
  for (int i = 0; i < 200 && observer.snapshot().tally.sessions == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  CHECK(observer.finish().tally.sessions == 1);
}

TEST_CASE(
    "Observer: snapshot_after holds all that came before, and waits for a loop that is busy") {
  Observer observer(2, [](const rules::Record&) {});
  Loop quick(observer, 0);
  Loop busy(observer, 1);
  quick.ring.falls_asleep();
  const Instant held = proxy::observe::now();
  busy.ring.set_low_water(held);
  observer.start();
  quick.opens("A", held + std::chrono::microseconds(10));
  quick.publish();
  const Instant asked = held + std::chrono::microseconds(20);
  std::atomic<bool> answered = false;
  proxy::observe::Snapshot snapshot;
  std::thread client([&] {
    snapshot = observer.snapshot_after(asked);
    answered = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  CHECK_FALSE(answered);
  CHECK(observer.snapshot().tally.sessions == 0);

  busy.opens("B", held + std::chrono::microseconds(15));
  busy.publish();
  busy.ring.falls_asleep();
  client.join();
  CHECK(snapshot.tally.sessions == 2);
  CHECK(snapshot.at >= asked);
  static_cast<void>(observer.finish());
}

TEST_CASE("Observer: snapshot_after does not wait for the observer's sleep, nor past its end") {
  Observer observer(1, [](const rules::Record&) {});
  observer.ring(0).falls_asleep();
  observer.start();
  std::this_thread::sleep_for(std::chrono::milliseconds(120));  // By now it sleeps.
  const Instant begin = proxy::observe::now();
  for (int i = 0; i < 20; ++i) CHECK(observer.snapshot_after(proxy::observe::now()).at >= begin);
  CHECK(proxy::observe::now() - begin < std::chrono::seconds(1));  // Sleeps would take two.
  static_cast<void>(observer.finish());
  static_cast<void>(observer.snapshot_after(proxy::observe::now() + std::chrono::hours(1)));
}

TEST_CASE("Observer: while it is told that memory is short, new sessions are not followed") {
  std::atomic<int> asked = 0;
  Observer observer(1, [](const rules::Record&) {});
  observer.ask_for_memory([&] { return ++asked > 0; });
  observer.start();
  while (asked == 0) std::this_thread::yield();
  Loop loop(observer, 0);
  loop.opens("A", proxy::observe::now());
  loop.publish();
  const auto snapshot = observer.finish();
  CHECK(snapshot.tally.sessions == 0);
  REQUIRE(snapshot.tally.unobserved.size() == 1);
  CHECK(snapshot.tally.unobserved[0].reason == core::Unobserved::MemoryLimit);
}
