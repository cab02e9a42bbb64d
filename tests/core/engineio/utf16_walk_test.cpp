#include "core/engineio/utf16_walk.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>

namespace {

using core::engineio::Utf16Walk;

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

/// The UTF-16 units of a complete text, read in chunks of the given size.
std::size_t units(std::string_view text, std::size_t chunk_bytes = kAll) {
  Utf16Walk walk;
  std::size_t left = kAll;
  while (!text.empty()) {
    const std::string_view chunk = text.substr(0, chunk_bytes);
    REQUIRE(walk.take(chunk, left) == chunk.size());
    text.remove_prefix(chunk.size());
  }
  return kAll - left + (walk.inside_character() ? 1 : 0);
}

struct Sample {
  std::string_view text;
  std::size_t units;
};

/// What Node's `new TextDecoder().decode(bytes).length` says; but surrogates written out are one.
constexpr Sample kSamples[] = {
    {"", 0},
    {"hello", 5},
    {"0123456789abcdef0123456789abcdef!", 33},  // More than two strides of sixteen.
    {"\xc3\xa9", 1},
    {"\xe2\x82\xac", 1},
    {"\xf0\x9f\x98\x80", 2},
    {"0123456789abcde\xf0\x9f\x98\x80z", 18},
    {"\xf4\x8f\xbf\xbf", 2},
    {"\xed\x9f\xbf\xee\x80\x80", 2},  // The neighbours of the surrogates.
    {"\xed\xa0\xbd", 1},              // A lone surrogate in WTF-8 ...
    {"\xed\xa0\xbd\xed\xb8\x80", 2},  // ... and two.
    {"\x80", 1},                      // From here on U+FFFD, one for each maximal part.
    {"\x80\xbf", 2},
    {"\xff\xfe", 2},
    {"\xc0\x80", 2},          // Overlong, of two bytes,
    {"\xe0\x80\x80", 3},      // of three,
    {"\xf0\x80\x80\x80", 4},  // of four.
    {"\xf4\x90\x80\x80", 4},  // Past U+10FFFF.
    {"\xe2\x82", 1},          // Cut by the end,
    {"\xe2\x82z", 2},         // by ASCII,
    {"\xf0\x9f\x98\xc3\xa9", 2},
    {"\xf0\x9f\x98\xf0\x9f\x98\x80", 3},
    {"\xc3\xc3\xa9", 2},
};

}  // namespace

TEST_CASE("Utf16Walk: units are those of the JavaScript string, however the text is cut") {
  for (const Sample& sample : kSamples) {
    CAPTURE(sample.text);
    CHECK(units(sample.text) == sample.units);
    for (std::size_t chunk_bytes = 1; chunk_bytes <= sample.text.size(); ++chunk_bytes)
      CHECK(units(sample.text, chunk_bytes) == sample.units);
  }
}

TEST_CASE("Utf16Walk: stops behind the last unit that is wanted, and touches nothing after it") {
  Utf16Walk walk;
  std::size_t left = 3;
  CHECK(walk.take("a\xc3\xa9z\xff", left) == 4);
  CHECK(left == 0);
  CHECK_FALSE(walk.saw_invalid());
  CHECK(walk.take("more", left) == 0);
}

TEST_CASE("Utf16Walk: a character of two units of which one is wanted is walked whole and split") {
  Utf16Walk walk;
  std::size_t left = 2;
  CHECK(walk.take("a\xf0\x9f\x98\x80z", left) == 5);
  CHECK(left == 0);
  CHECK(walk.split_character());

  Utf16Walk both;
  left = 3;
  CHECK(both.take("a\xf0\x9f\x98\x80z", left) == 5);
  CHECK_FALSE(both.split_character());
}

TEST_CASE("Utf16Walk: a split character is seen across a cut as well") {
  Utf16Walk walk;
  std::size_t left = 1;
  CHECK(walk.take("\xf0\x9f", left) == 2);
  CHECK_FALSE(walk.split_character());
  CHECK(walk.take("\x98\x80\x80", left) == 2);
  CHECK(walk.split_character());
}

TEST_CASE("Utf16Walk: an unfinished character counts only when it is cut short or the text ends") {
  Utf16Walk walk;
  std::size_t left = 2;
  CHECK(walk.take("\xe2\x82", left) == 2);
  CHECK(left == 2);
  CHECK(walk.inside_character());
  CHECK_FALSE(walk.saw_invalid());
  CHECK(walk.take("z", left) == 1);
  CHECK(left == 0);
  CHECK(walk.saw_invalid());
  CHECK_FALSE(walk.inside_character());
}

TEST_CASE("Utf16Walk: the byte that cuts a character short is left when no unit is wanted of it") {
  Utf16Walk walk;
  std::size_t left = 1;
  CHECK(walk.take("\xe2\x82z", left) == 2);
  CHECK(left == 0);
}

TEST_CASE("Utf16Walk: surrogates are seen where they are written out, and nowhere else") {
  const auto sees = [](std::string_view text) {
    Utf16Walk walk;
    std::size_t left = kAll;
    (void)walk.take(text, left);
    return walk.saw_surrogate();
  };
  CHECK(sees("\xed\xa0\x80"));
  CHECK(sees("ab\xed\xbf\xbf"));
  CHECK_FALSE(sees("\xed\x9f\xbf"));
  CHECK_FALSE(sees("\xee\xa0\x80"));
  CHECK_FALSE(sees("\xf0\x9f\x98\x80"));
}
