// Law: decoding a packet allocates nothing. The global allocator counts.

#include <doctest/doctest.h>

#include <cstdlib>
#include <new>
#include <string>

#include "core/engineio/packet.hpp"
#include "core/engineio/payload.hpp"
#include "core/socketio/packet.hpp"
#include "core/socketio/placeholders.hpp"

namespace {

std::size_t allocation_count = 0;

}  // namespace

void* operator new(std::size_t size) {
  ++allocation_count;
  if (void* const block = std::malloc(size == 0 ? 1 : size)) return block;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocation_count;
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }

namespace {

/// Allocations that decoding a polling payload takes, packet by packet.
std::size_t allocations_for(std::string_view body) {
  const std::size_t before = allocation_count;
  std::size_t packets = 0;
  core::engineio::PayloadReader reader(body);
  while (const auto text = reader.next()) {
    const auto outer = core::engineio::decode_packet(*text);
    if (!outer || outer->base64) continue;
    const auto packet = core::socketio::decode_packet(outer->data);
    if (packet && core::socketio::placeholders_fit(packet->data, packet->attachments)) ++packets;
  }
  const std::size_t taken = allocation_count - before;
  CHECK(packets != 0);
  return taken;
}

}  // namespace

TEST_CASE("decoding: packets of every kind allocate nothing") {
  CHECK(allocations_for(R"(42["chat",{"id":12345,"text":"hello","ok":true}])") == 0);
  CHECK(allocations_for("40/admin,{\"a\":1}\x1e"
                        "431[]\x1e"
                        "44\"no\"\x1e"
                        "41") == 0);
  CHECK(allocations_for(
            R"(452-7["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])") == 0);
  CHECK(
      allocations_for(
          R"(451-["a",{"_placeholder":true,"num":0,"more":1},{ "\u005fplaceholder":true,"num":0}])") ==
      0);
  CHECK(allocations_for(R"(421 2 3["conn\u0065cted",1e999,"\ud800"])") == 0);
}

TEST_CASE("decoding: a refused packet allocates nothing either") {
  CHECK(allocations_for("41\x1e"
                        "42[null]\x1e"
                        "45x-[]\x1e"
                        "42[\"a\"\x1e"
                        "49") == 0);
}

TEST_CASE("decoding: a thousand levels of nesting allocate nothing") {
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']') + "]";
  };
  CHECK(allocations_for("42[0," + nested(1000)) == 0);
  // With an escape in it the text is walked for placeholders, and a tree is made beyond 256 levels.
  CHECK(allocations_for("42[\"\\n\"," + nested(200)) == 0);
  CHECK(allocations_for("42[\"\\n\"," + nested(1000)) != 0);
  const std::string deep =
      std::string("[0,") + std::string(1000, '[') + std::string(1000, ']') + "]";
  const std::size_t before = allocation_count;
  REQUIRE(core::json::inspect(deep).has_value());
  CHECK(allocation_count == before);
}
