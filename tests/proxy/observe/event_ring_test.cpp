#include "proxy/observe/event_ring.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>

using core::Direction;
using core::EventBuffer;
using core::EventKind;
using core::Instant;
using proxy::observe::EventRing;

namespace {

Instant at(std::int64_t n) { return Instant(core::Duration(n)); }

/// An event that can be told from any other, with a text that depends on its number.
void add(EventBuffer& buffer, std::uint32_t number, std::size_t text_bytes) {
  const std::string text(text_bytes, static_cast<char>('a' + number % 26));
  core::Event& event = buffer.add(EventKind::Binary, Direction::ToClient, at(number + 1), text);
  event.sequence = number;
  event.binary = {number, text_bytes, 1};
}

bool is(EventRing& ring, std::uint32_t number) {
  const core::Event* const event = ring.front();
  if (event == nullptr || event->sequence != number || event->binary.content != number)
    return false;
  const std::string_view text = ring.front_text();
  return text.size() == event->binary.bytes &&
         text.find_first_not_of(static_cast<char>('a' + number % 26)) == std::string_view::npos;
}

}  // namespace

TEST_CASE("EventRing: texts of every size wrap around and come out whole") {
  for (std::size_t text_bytes = 0; text_bytes <= 300; text_bytes += 3) {
    EventRing ring(std::size_t{1} << 15);
    EventBuffer buffer;
    std::uint32_t taken = 0;
    for (std::uint32_t number = 0; number < 1000; ++number) {
      buffer.clear();
      add(buffer, number, text_bytes);
      REQUIRE(ring.publish(buffer.bytes()));
      if (number % 3 == 0) continue;  // Two or three stay inside, so that places shift.
      while (taken + 1 < number) {
        REQUIRE(is(ring, taken++));
        ring.pop();
      }
    }
    CHECK(ring.lost() == 0);
  }
}

TEST_CASE("EventRing: publications of several events wrap around between their events") {
  EventRing ring(4096);
  EventBuffer buffer;
  std::uint32_t published = 0;
  std::uint32_t taken = 0;
  for (int round = 0; round < 500; ++round) {
    buffer.clear();
    for (int i = 0; i < 1 + round % 7; ++i) {
      add(buffer, published, (published * 37U) % 200);
      ++published;
    }
    REQUIRE(ring.publish(buffer.bytes()));
    while (ring.front() != nullptr) {
      REQUIRE(is(ring, taken++));
      ring.pop();
    }
  }
  CHECK(taken == published);
}

TEST_CASE("EventRing: what is written into its room is published where it lies, and wraps around") {
  EventRing ring(4096);
  EventBuffer buffer;
  std::uint32_t published = 0;
  std::uint32_t taken = 0;
  int in_place = 0;
  int moved = 0;
  for (int round = 0; round < 500; ++round) {
    const auto room = ring.room();
    buffer.begin_in(room);
    for (int i = 0; i < 1 + round % 4; ++i) {
      add(buffer, published, (published * 37U) % 200);
      ++published;
    }
    ++(buffer.bytes().data() == room.data() ? in_place : moved);
    REQUIRE(ring.publish(buffer.bytes()));
    if (round % 3 == 0) continue;  // Some stay inside, so that places shift.
    while (ring.front() != nullptr) {
      REQUIRE(is(ring, taken++));
      ring.pop();
    }
  }
  CHECK(taken == published);
  CHECK(in_place > 100);
  CHECK(moved > 10);  // What did not fit before the end, or beside what stayed inside.
}

TEST_CASE("EventRing: what was written into its room and not published leaves no trace") {
  EventRing ring(4096);
  EventBuffer buffer;
  buffer.begin_in(ring.room());
  add(buffer, 1, 100);
  CHECK(ring.front() == nullptr);
  buffer.clear();
  add(buffer, 2, 50);
  REQUIRE(ring.publish(buffer.bytes()));
  CHECK(is(ring, 2));
}

TEST_CASE("EventRing: what does not fit is dropped whole, and counted") {
  EventRing ring(1024);  // 16 events without text
  EventBuffer buffer;
  for (std::uint32_t number = 0; number < 10; ++number) add(buffer, number, 0);
  REQUIRE(ring.publish(buffer.bytes()));
  CHECK_FALSE(ring.publish(buffer.bytes()));
  CHECK(ring.lost() == 10);

  buffer.clear();
  add(buffer, 10, 0);
  REQUIRE(ring.publish(buffer.bytes()));  // What fits still goes in.
  for (std::uint32_t number = 0; number <= 10; ++number) {
    REQUIRE(is(ring, number));
    ring.pop();
  }
  CHECK(ring.front() == nullptr);
}

TEST_CASE("EventRing: a publication larger than the ring is dropped, and the ring goes on") {
  EventRing ring(1024);
  EventBuffer buffer;
  for (std::uint32_t number = 0; number < 40; ++number) add(buffer, number, 8);
  CHECK_FALSE(ring.publish(buffer.bytes()));
  CHECK(ring.lost() == 40);
  CHECK(ring.front() == nullptr);
  buffer.clear();
  add(buffer, 1, 8);
  CHECK(ring.publish(buffer.bytes()));
  CHECK(is(ring, 1));
}

TEST_CASE("EventRing: a drop across the end leaves nothing behind") {
  EventRing ring(1024);
  EventBuffer one;
  add(one, 0, 0);
  EventBuffer three;
  for (std::uint32_t number = 0; number < 3; ++number) add(three, number, 100);
  for (int round = 0; round < 200; ++round) {
    while (ring.publish(one.bytes())) {
    }
    CHECK_FALSE(ring.publish(three.bytes()));
    for (int i = 0; i < 1 + round % 5; ++i) {
      REQUIRE(is(ring, 0));
      ring.pop();
    }
    while (ring.front() != nullptr) {
      REQUIRE(is(ring, 0));
      ring.pop();
    }
  }
}

TEST_CASE("EventRing: two threads hand over two million events in order, lost ones counted") {
  constexpr std::uint32_t kEvents = 2'000'000;
  EventRing ring(std::size_t{1} << 16);
  std::atomic<bool> done{false};
  std::thread loop([&] {
    EventBuffer buffer;
    for (std::uint32_t number = 0; number < kEvents;) {
      buffer.clear();
      for (std::uint32_t i = 0; i <= number % 3 && number < kEvents; ++i) {
        add(buffer, number, number % 90);
        ++number;
      }
      if (!ring.publish(buffer.bytes())) std::this_thread::yield();
    }
    done.store(true, std::memory_order_release);
  });

  std::uint64_t taken = 0;
  std::int64_t last = -1;
  bool in_order = true;
  while (true) {
    const bool finished = done.load(std::memory_order_acquire);
    while (const core::Event* const event = ring.front()) {
      in_order = in_order && std::int64_t{event->sequence} > last && is(ring, event->sequence);
      last = event->sequence;
      ring.pop();
      ++taken;
    }
    if (finished) break;
  }
  loop.join();
  CHECK(in_order);
  CHECK(taken + ring.lost() == kEvents);
}

TEST_CASE("EventRing: a sleeping loop vouches for the observer's clock, a busy one for its own") {
  EventRing ring(1024);
  ring.set_low_water(at(5));
  CHECK(ring.low_water(at(9)) == at(5));
  ring.falls_asleep();
  CHECK(ring.low_water(at(9)) == at(9));
  ring.woke_up();
  CHECK(ring.low_water(at(9)) == at(5));
}

TEST_CASE("EventRing: a wake that was asked for is wanted once") {
  EventRing ring(1024);
  CHECK_FALSE(ring.wants_wake());
  ring.ask_wake();
  CHECK(ring.wants_wake());
  CHECK_FALSE(ring.wants_wake());
}

TEST_CASE("EventRing: one that fills wants a wake once, and once more when it was emptied") {
  EventRing ring(4096);
  EventBuffer buffer;
  for (int round = 0; round < 3; ++round) {
    int wakes = 0;
    for (std::uint32_t number = 0; number < 40; ++number) {
      buffer.clear();
      add(buffer, number, 0);
      REQUIRE(ring.publish(buffer.bytes()));
      if (ring.wants_wake()) {
        ++wakes;
        CHECK(number == 32);  // 33 events are more than half of it.
      }
    }
    CHECK(wakes == 1);
    while (ring.front() != nullptr) ring.pop();
    CHECK(!ring.wants_wake());
  }
}

TEST_CASE("EventRing: an empty one starts over, so what is used of it stays small") {
  EventRing ring(std::size_t{1} << 20);
  EventBuffer buffer;
  const void* lowest = nullptr;
  const void* highest = nullptr;
  for (std::uint32_t number = 0; number < 100'000; ++number) {
    buffer.clear();
    add(buffer, number, number % 100);
    REQUIRE(ring.publish(buffer.bytes()));
    REQUIRE(is(ring, number));
    const void* const place = ring.front();
    lowest = lowest == nullptr ? place : std::min(lowest, place);
    highest = std::max(highest, place);
    ring.pop();
    if (number % 5 == 0) CHECK(ring.front() == nullptr);
  }
  const auto used = static_cast<const std::byte*>(highest) - static_cast<const std::byte*>(lowest);
  CHECK(used < std::ptrdiff_t{72} << 10);
}
