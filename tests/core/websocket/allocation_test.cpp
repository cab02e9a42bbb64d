#include <doctest/doctest.h>
#include <malloc.h>

#include <cstdlib>

#include "deflating.hpp"
#include "frames.hpp"

// What compression costs in memory. zlib allocates with malloc, so that is what is counted, where
// no sanitizer has taken it over.

namespace {
std::size_t allocations = 0;
}  // namespace

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
extern "C" {
void* __libc_malloc(std::size_t size);  // NOLINT: glibc's own name
void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
}
#endif

namespace {

using namespace core::websocket;
using core::Direction;

constexpr std::uint32_t kLimit = 1 << 20;

[[maybe_unused]] std::size_t held_bytes() { return mallinfo2().uordblks; }

/// A direction's messages, compressed one after the other, and their reader.
struct Wire {
  explicit Wire(DeflateParameters parameters)
      : deflater(parameters), reader(Direction::ToClient, parameters, kLimit) {}

  std::string next_frame() {
    const std::string text = R"(42["news",{"id":)" + std::to_string(number++) + "}]";
    return frames::frame(frames::kFin | frames::kRsv1 | frames::kText, deflater.message(text),
                         frames::Masked::No);
  }
  /// How many messages the reader makes of `bytes`.
  int read(std::span<char> bytes) {
    int messages = 0;
    while (true) {
      const Item item = reader.next(bytes);
      if (std::holds_alternative<NeedMore>(item)) return messages;
      REQUIRE(std::holds_alternative<Message>(item));
      ++messages;
    }
  }

  deflating::Deflater deflater;
  Reader reader;
  int number = 1000;
};

}  // namespace

TEST_CASE("Reader: with context takeover a compressed message allocates nothing, whole or cut") {
  Wire wire({});
  for (int i = 0; i < 3; ++i) {
    std::string bytes = wire.next_frame();
    wire.read(bytes);
  }
  for (int i = 0; i < 1000; ++i) {
    std::string bytes = wire.next_frame();
    const std::size_t cut = i % 2 == 0 ? 0 : static_cast<std::size_t>(i) % bytes.size();
    const std::size_t before = allocations;
    const int messages =
        wire.read(std::span(bytes).first(cut)) + wire.read(std::span(bytes).subspan(cut));
    REQUIRE(allocations == before);
    REQUIRE(messages == 1);
  }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("Reader: the count of allocations would see an inflater's") {
  Wire wire({15, ContextTakeover::No});
  std::string bytes = wire.next_frame();
  const std::size_t before = allocations;
  wire.read(bytes);
  CHECK(allocations > before);
}

TEST_CASE("Reader: between messages it holds nothing, or what context takeover takes") {
  const auto held_after_messages = [](DeflateParameters parameters) {
    Wire wire(parameters);
    std::string bytes = wire.next_frame();
    bytes += wire.next_frame();
    const std::size_t before = held_bytes();
    wire.read(bytes);
    return held_bytes() - before;
  };
  // The Inflater, without a stream, and what malloc keeps at hand for small pieces.
  CHECK(held_after_messages({15, ContextTakeover::No}) <= 2048);
  CHECK(held_after_messages({15, ContextTakeover::Yes}) < 44 * 1024);
  CHECK(held_after_messages({15, ContextTakeover::Yes}) > 32 * 1024);
  CHECK(held_after_messages({9, ContextTakeover::Yes}) < 10 * 1024);
}
#endif
