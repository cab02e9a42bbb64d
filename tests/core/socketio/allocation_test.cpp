// Law: decoding a packet allocates nothing. The global allocator counts.

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <new>
#include <string>

#include "core/engineio/packet.hpp"
#include "core/engineio/payload.hpp"
#include "core/limits.hpp"
#include "core/socketio/msgpack_packet.hpp"
#include "core/socketio/packet.hpp"
#include "core/socketio/placeholders.hpp"
#include "tests/core/msgpack/hex.hpp"

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

TEST_CASE("decoding: a msgpack event and its excerpt allocate nothing, whatever stands in it") {
  // {type: 2, data: ["news", {n: 1/3, d: Date, u: undefined, "\xff": null}, Buffer, ext, -1e-300],
  //  nsp: "/chat", id: 2^40}
  const std::string bytes = hex(
      "84 a4 74 79 70 65 02 a4 64 61 74 61 95 a4 6e 65 77 73"
      "84 a1 6e cb 3f d5 55 55 55 55 55 55 a1 64 d7 00 00 00 01 9b 76 da a8 00"
      "a1 75 d4 00 00 a1 ff c0 c4 14 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13"
      "d5 05 01 02 cb 81 a5 6e 1f c2 f8 f3 59"
      "a3 6e 73 70 a5 2f 63 68 61 74 a2 69 64 cf 00 00 01 00 00 00 00 00");
  std::array<char, core::limits::kExcerptBytesMax> buffer;
  const std::size_t before = allocation_count;
  const auto packet = core::socketio::decode_msgpack_packet(bytes);
  REQUIRE(packet.has_value());
  const auto excerpt = core::socketio::write_excerpt(*packet, buffer);
  CHECK(allocation_count == before);
  CHECK(std::string(buffer.data(), excerpt.bytes).starts_with(R"(42/chat,1099511627776["news",{)"));
}

TEST_CASE("decoding: a refused msgpack packet allocates nothing, nor does a deep one") {
  const std::string deep = hex("83 a4 74 79 70 65 02 a3 6e 73 70 a1 2f a4 64 61 74 61") +
                           std::string(1'000, '\x91') + '\x01';
  const std::string attachment = hex("ff d8 ff e0 00 10 4a 46 49 46 00 01");
  const std::string array = hex("93 01 02 c1");
  const std::size_t before = allocation_count;
  CHECK(core::socketio::decode_msgpack_packet(deep).has_value());
  CHECK_FALSE(core::socketio::decode_msgpack_packet(attachment).has_value());
  CHECK_FALSE(core::socketio::decode_msgpack_packet(array).has_value());
  CHECK(allocation_count == before);
}
