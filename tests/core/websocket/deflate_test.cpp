#include "core/websocket/deflate.hpp"

#include <doctest/doctest.h>

#include <random>
#include <vector>

#include "deflating.hpp"

using namespace core::websocket;
using namespace std::string_view_literals;
using deflating::Deflater;

namespace {

constexpr auto kYes = ContextTakeover::Yes, kNo = ContextTakeover::No;

using Text = tl::expected<std::string, InflateErrc>;

/// The text of one message whose payload comes in steps of `step_bytes`, with so much room.
Text text_of(Inflater& inflater, std::string_view payload, std::size_t step_bytes = SIZE_MAX,
             std::size_t room_bytes = 512) {
  std::string text;
  std::vector<char> room(room_bytes);
  const auto take = [&](const auto& step) -> Text {
    while (true) {
      const auto written = step();
      if (!written) return tl::unexpected(written.error());
      text.append(room.data(), *written);
      if (*written < room.size()) return text;
    }
  };
  while (!payload.empty()) {
    // A block of its own, so that a sanitizer sees a read past its end.
    const std::vector<char> piece(
        payload.begin(),
        payload.begin() + static_cast<std::ptrdiff_t>(std::min(step_bytes, payload.size())));
    payload.remove_prefix(piece.size());
    std::string_view rest(piece.data(), piece.size());
    const Text so_far = take([&] { return inflater.next(rest, room); });
    if (!so_far) return so_far;
    REQUIRE(rest.empty());
  }
  return take([&] { return inflater.finish(room); });
}

std::string random_text(std::mt19937& random, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes)
    text += R"(42["news",{"id":)" + std::to_string(random() % 5000) + R"(,"at":")" +
            std::to_string(random()) + "\"}]";
  text.resize(bytes);
  return text;
}

}  // namespace

TEST_CASE("Inflater: the examples of RFC 7692, section 7.2.3") {
  // One block, twice with the window kept; a stored block; a last block; two blocks; and nothing.
  Inflater inflater({});
  CHECK(text_of(inflater, "\xf2\x48\xcd\xc9\xc9\x07\x00"sv) == "Hello");
  CHECK(text_of(inflater, "\xf2\x00\x11\x00\x00"sv) == "Hello");
  CHECK(text_of(inflater, "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"sv) == "Hello");
  CHECK(text_of(inflater, "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"sv) == "Hello");
  CHECK(text_of(inflater, "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"sv) == "Hello");
  CHECK(text_of(inflater, "\x00"sv) == "");
}

TEST_CASE("Inflater: without context takeover no message may refer to the one before it") {
  Inflater inflater({15, kNo});
  CHECK(text_of(inflater, "\xf2\x48\xcd\xc9\xc9\x07\x00"sv) == "Hello");
  CHECK(text_of(inflater, "\xf2\x00\x11\x00\x00"sv) == tl::unexpected(InflateErrc::Corrupt));
}

TEST_CASE("Inflater: where the budget is used up there is no memory, and what ends gives back") {
  const std::string_view hello = "\xf2\x48\xcd\xc9\xc9\x07\x00"sv;
  core::inflate::Budget budget(2 * core::inflate::zlib_stream_bytes(15));
  const std::size_t whole = budget.left_bytes();
  {
    Inflater first({}, &budget), second({}, &budget), third({}, &budget);
    CHECK(budget.left_bytes() == whole);  // Nothing before the first message.
    CHECK(text_of(first, hello) == "Hello");
    CHECK(text_of(second, hello) == "Hello");
    CHECK(budget.left_bytes() == 0);
    CHECK(text_of(third, hello) == tl::unexpected(InflateErrc::NoMemory));
    CHECK(text_of(first, hello) == "Hello");  // Who has his share goes on.
  }
  CHECK(budget.left_bytes() == whole);

  Inflater fleeting({15, kNo}, &budget);
  CHECK(text_of(fleeting, hello) == "Hello");
  CHECK(budget.left_bytes() == whole);  // Nothing between messages.
}

TEST_CASE("Inflater: every window and takeover, messages in any cutting with any room") {
  std::mt19937 random(7692);
  for (int bits = 8; bits <= 15; ++bits) {
    for (const ContextTakeover takeover : {kYes, kNo}) {
      for (const std::size_t step_bytes :
           {std::size_t{1}, std::size_t{3}, std::size_t{100}, SIZE_MAX}) {
        CAPTURE(bits);
        CAPTURE(step_bytes);
        const DeflateParameters parameters{static_cast<std::uint8_t>(bits), takeover};
        Deflater deflater(parameters);
        Inflater inflater(parameters);
        for (const std::size_t bytes : {0, 1, 60, 60, 1000, 70'000, 0, 60}) {
          const std::string text = random_text(random, bytes);
          REQUIRE(text_of(inflater, deflater.message(text), step_bytes, 1 + random() % 700) ==
                  text);
        }
      }
    }
  }
}

TEST_CASE("Inflater: a reference beyond the agreed window is Corrupt") {
  std::mt19937 random(1);
  std::string noise(600, '\0');
  for (char& byte : noise) byte = static_cast<char>(random());
  Deflater deflater({});
  const std::string far = deflater.message(noise + noise);
  Inflater wide({10, kYes}), narrow({9, kYes});
  CHECK(text_of(wide, far) == noise + noise);
  // In small room, since what was written this time may be referred to beyond any window.
  CHECK(text_of(narrow, far, 16, 16) == tl::unexpected(InflateErrc::Corrupt));
}

TEST_CASE("Inflater: a last block clears the context, whether the sender closes it or not") {
  Deflater deflater({});
  Inflater inflater({});
  const std::string text = R"(42["news",{"id":1}])";
  const std::string closed = deflater.final_message(text);
  CHECK(text_of(inflater, closed) == text);
  const std::string bare = closed.substr(0, closed.size() - 1);
  CHECK(text_of(inflater, bare, 1) == text);
  CHECK(text_of(inflater, bare + bare + closed) == text + text + text);
  CHECK(text_of(inflater, deflater.message(text), 1) == text);
  CHECK(text_of(inflater, deflater.message(text)) == text);
}

TEST_CASE("Inflater: a message that stops inside a block is taken as far as it goes") {
  Inflater inflater({15, kNo});
  CHECK(text_of(inflater, "\xf2\x48\xcd\xc9"sv).value().starts_with("Hel"));
  CHECK(text_of(inflater, "\xf2\x48\xcd\xc9\xc9\x07\x00"sv) == "Hello");
}

TEST_CASE("Inflater: bytes that are no deflate are Corrupt in any cutting") {
  for (const std::string_view bytes :
       {"\x07"sv, "\xff\xff\xff"sv, "\x00\x05\x00\x00\x00"sv, "\x03\x02"sv})
    for (const std::size_t step_bytes : {std::size_t{1}, SIZE_MAX}) {
      Inflater inflater({});
      CHECK(text_of(inflater, bytes, step_bytes) == tl::unexpected(InflateErrc::Corrupt));
    }
}
