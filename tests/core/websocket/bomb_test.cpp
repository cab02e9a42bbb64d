#include <doctest/doctest.h>

#include "core/limits.hpp"
#include "deflating.hpp"
#include "frames.hpp"

using namespace core::websocket;
using core::Direction;

namespace {

constexpr std::uint32_t kLimit = 1000;
using Items = std::vector<std::string>;

std::string compressed(std::string_view payload) {
  return frames::frame(frames::kFin | frames::kRsv1 | frames::kText, payload, frames::Masked::No);
}

/// What a reader makes of one message of so many zeros, and of one behind it.
Items items_of(std::size_t zeros, ContextTakeover takeover) {
  const DeflateParameters parameters{15, takeover};
  deflating::Deflater deflater(parameters, 9);
  const std::string wire =
      compressed(deflater.message(std::string(zeros, '\0'))) + compressed(deflater.message("42"));
  Reader reader(Direction::ToClient, parameters, kLimit);
  Items items;
  frames::read_all(reader, wire, items);
  CHECK(reader.buffered_bytes_capacity() <= 16 * 1024);
  return items;
}

}  // namespace

TEST_CASE("Reader: text over the limit is skipped, and the context is right for the next message") {
  CHECK(items_of(kLimit + 1, ContextTakeover::Yes) == Items{"skipped text 1001", "text 42"});
  CHECK(items_of(5'000'000, ContextTakeover::Yes) == Items{"skipped text 5000000", "text 42"});
}

TEST_CASE("Reader: a bomb ends the reading, but where no other message needs what it inflates to") {
  const std::size_t bomb = core::limits::kInflatedBytesMax + 1;
  CHECK(items_of(bomb - 1, ContextTakeover::Yes).back() == "text 42");
  CHECK(items_of(bomb, ContextTakeover::Yes) ==
        Items{"error " + std::to_string(static_cast<int>(ReadErrc::InflatesTooFar)) + " at 0"});
  CHECK(items_of(bomb, ContextTakeover::No) == Items{"skipped text 1001", "text 42"});
}

TEST_CASE("Reader: a message that does not inflate is an error where its frame began") {
  Reader reader(Direction::ToClient, DeflateParameters{}, kLimit);
  Items items;
  frames::read_all(
      reader,
      frames::frame(frames::kFin | frames::kText, "2", frames::Masked::No) + compressed("\xff\xff"),
      items);
  CHECK(items ==
        Items{"text 2",
              "error " + std::to_string(static_cast<int>(ReadErrc::CorruptDeflate)) + " at 3"});
}
