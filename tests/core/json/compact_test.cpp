#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/json/digit_run.hpp"
#include "core/json/json.hpp"
#include "core/json/marks.hpp"

namespace {

using core::json::Shape;
using core::json::Value;

std::uint64_t seed() {
  static const std::uint64_t value = std::random_device{}();
  return value;
}

/// A text in memory of its own that ends where the text does, so that the address sanitizer sees
/// who reads on; `offset` bytes from an aligned address.
class Exactly {
 public:
  Exactly(std::string_view text, std::size_t offset)
      : bytes_(new char[offset + text.size()]), view_(bytes_.get() + offset, text.size()) {
    text.copy(bytes_.get() + offset, text.size());
  }
  [[nodiscard]] std::string_view view() const { return view_; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::string_view view_;
};

bool same(const Value& a, const Value& b) {
  return a.kind == b.kind && a.raw.data() == b.raw.data() && a.raw.size() == b.raw.size();
}

/// Whether the compact look accepts; when it does, the close look must have seen the same.
bool accepts(std::string_view text) {
  Shape quick;
  if (!core::json::inspect_compact(text, quick)) return false;
  const auto close = core::json::inspect_closely(text);
  INFO("seed " << seed() << ", text " << std::string(text));
  REQUIRE(close.has_value());
  REQUIRE(close->kind == quick.kind);
  REQUIRE(close->element_count == quick.element_count);
  REQUIRE(same(close->first, quick.first));
  REQUIRE(same(close->last, quick.last));
  return true;
}

/// Writes arrays as JSON.stringify() does.
class Writer {
 public:
  explicit Writer(std::uint64_t seed) : random_(seed) {}

  std::string array(int depth = 0) {
    std::string out = "[";
    for (std::size_t left = below(5); left != 0; --left)
      out += value(depth) + (left > 1 ? "," : "");
    return out + "]";
  }

  /// A byte changed, left out, doubled, or the rest cut off: mostly something that matters.
  std::string mutated(std::string text) {
    static constexpr std::string_view kBytes("\"\\,:[]{}0123456789-+.eEtfnu \n\t\0\x1f\x7f\xc3",
                                             33);
    const std::size_t at = below(text.size());
    switch (below(5)) {
      case 0:
        text.erase(at, 1);
        break;
      case 1:
        text.insert(at, 1, text[at]);
        break;
      case 2:
        text.insert(at, 1, kBytes[below(kBytes.size())]);
        break;
      case 3:
        text.resize(at);
        break;
      default:
        text[at] = kBytes[below(kBytes.size())];
    }
    return text;
  }

  std::size_t below(std::size_t bound) { return random_() % bound; }

 private:
  std::string value(int depth) {
    switch (below(depth < 5 ? 9 : 7)) {
      case 0:
        return "true";
      case 1:
        return "false";
      case 2:
        return "null";
      case 3:
        return number();
      case 7:
        return array(depth + 1);
      case 8:
        return object(depth + 1);
      default:
        return string();
    }
  }

  std::string object(int depth) {
    std::string out = "{";
    for (std::size_t left = below(4); left != 0; --left)
      out += string() + ":" + value(depth) + (left > 1 ? "," : "");
    return out + "}";
  }

  std::string string() {
    static constexpr std::string_view kPieces[] = {"\\\"", "\\\\",     "\\n", "\\/",      "\\ud83d",
                                                   "\\t",  "\xc3\xa9", "[{",  ":,]}\x7f", " "};
    std::string out = "\"";
    for (std::size_t left = below(4) == 0 ? below(90) : below(9); left != 0; --left)
      out += below(8) == 0 ? std::string(kPieces[below(10)]) : std::string(1, "abc0"[below(4)]);
    return out + "\"";
  }

  std::string number() {
    std::string out = below(3) == 0 ? "-" : "";
    out += below(4) == 0 ? "0" : std::to_string(1 + below(9)) + digits(below(7));
    if (below(3) == 0) out += "." + digits(1 + below(below(4) == 0 ? 20 : 6));
    if (below(9) == 0) out += (below(2) == 0 ? "e+2" : "e-") + digits(1 + below(2));
    return out;
  }

  std::string digits(std::size_t count) {
    std::string out;
    while (out.size() < count) out += static_cast<char>('0' + below(10));
    return out;
  }

  std::mt19937_64 random_;
};

}  // namespace

TEST_CASE(
    "mark_bits, digit_bits: each byte value, in each of the sixteen places, is seen as the plain "
    "ones see it") {
  for (int byte = 0; byte < 256; ++byte) {
    for (std::size_t place = 0; place < 16; ++place) {
      for (const char filler : {'a', '"', '0', '\x00', '\xff'}) {
        std::string text(16, filler);
        text[place] = static_cast<char>(byte);
        REQUIRE(core::json::mark_bits(text.data()) == core::json::mark_bits_portable(text.data()));
        REQUIRE(core::json::digit_bits(text.data()) ==
                core::json::digit_bits_portable(text.data()));
      }
    }
  }
}

TEST_CASE(
    "block_bits: of this machine, of every machine, and of a look at each byte are the same, at "
    "every length") {
  std::mt19937_64 random(seed());
  for (std::size_t length = 1; length < 200; ++length) {
    std::string text;
    while (text.size() < length) text += "ab\"\\\n\x1f \xff"[random() % 8];
    const Exactly exactly(text, length % 16);
    const char* const begin = exactly.view().data();
    for (std::size_t block = 0; block < length; block += 64) {
      std::uint64_t expected = 0;
      for (std::size_t i = block; i < std::min(length, block + 64); ++i)
        expected |= std::uint64_t{core::json::is_mark(text[i])} << (i - block);
      INFO("seed " << seed());
      REQUIRE(core::json::block_bits(begin + block, begin, begin + length) == expected);
      REQUIRE(core::json::block_bits_baseline(begin + block, begin, begin + length) == expected);
    }
  }
}

TEST_CASE("Marks: are those of a byte by byte look, at every length and alignment") {
  std::mt19937_64 random(seed());
  for (std::size_t length = 0; length < 200; ++length) {
    for (std::size_t offset = 0; offset < 16; ++offset) {
      std::string text;
      while (text.size() < length) text += "ab\"\\\n\x1f \xff"[random() % (offset < 8 ? 8 : 3)];
      const Exactly exactly(text, offset);
      core::json::Marks marks(exactly.view());
      core::json::Marks later = marks;
      const std::size_t from = random() % (length + 1);
      later.drop_before(exactly.view().data() + from);
      INFO("seed " << seed());
      for (std::size_t i = 0; i < length; ++i) {
        if (!core::json::is_mark(text[i])) continue;
        REQUIRE(marks.take() == exactly.view().data() + i);
        if (i >= from) REQUIRE(later.take() == exactly.view().data() + i);
      }
      REQUIRE(marks.take() == nullptr);
      REQUIRE(later.take() == nullptr);
    }
  }
}

TEST_CASE(
    "inspect_compact: accepts what JSON.stringify writes, and sees in it what a closer look sees") {
  Writer writer(seed());
  for (int i = 0; i < 20'000; ++i) {
    const Exactly text(writer.array(), static_cast<std::size_t>(i % 16));
    CHECK_MESSAGE(accepts(text.view()), "seed " << seed() << ", text " << std::string(text.view()));
  }
}

TEST_CASE("inspect_compact: accepts nothing that a closer look refuses") {
  Writer writer(seed());
  int accepted = 0;
  int refused = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string text = writer.mutated(writer.array());
    if (i % 3 == 0 && !text.empty()) text = writer.mutated(text);
    const Exactly exactly(text, static_cast<std::size_t>(i % 16));
    ++(accepts(exactly.view()) ? accepted : refused);
  }
  CHECK(accepted > 10'000);
  CHECK(refused > 10'000);
}

TEST_CASE("inspect_compact: a text cut off anywhere is not accepted, nor read past its end") {
  Writer writer(seed());
  for (int i = 0; i < 300; ++i) {
    const std::string text = writer.array();
    for (std::size_t length = 0; length < text.size(); ++length) {
      CHECK_FALSE(accepts(Exactly(text.substr(0, length), 0).view()));
      // With the bracket that it is taken to end with.
      (void)accepts(Exactly(text.substr(0, length) + "]", 0).view());
    }
  }
}

TEST_CASE(
    "inspect_compact: an element's 63 levels are followed, one more is left to the closer look") {
  const auto nested = [](std::size_t levels) {
    return std::string("[") + std::string(levels, '[') + std::string(levels, ']') + "]";
  };
  CHECK(accepts(nested(63)));
  CHECK_FALSE(accepts(nested(64)));
  CHECK(core::json::inspect(nested(64)).has_value());
}

TEST_CASE(
    "inspect_compact: numbers are followed to their end wherever that lies against sixteen bytes") {
  for (std::size_t whole = 1; whole < 20; ++whole) {
    for (std::size_t fraction = 0; fraction < 20; ++fraction) {
      for (const char* const sign : {"", "-"}) {
        const std::string number = sign + std::string(whole, '7') +
                                   (fraction == 0 ? "" : "." + std::string(fraction, '3'));
        for (const char* const behind :
             {"", ",\"and twenty bytes more\"", "e5", ".", "-", "x", "\x80"}) {
          const std::string text = "[" + number + behind + "]";
          const bool accepted = accepts(text);
          CHECK(accepted == (*behind == '\0' || *behind == ',' || *behind == 'e'));
        }
      }
    }
  }
  CHECK_FALSE(accepts("[01,\"and twenty bytes more\"]"));
  CHECK_FALSE(accepts("[-,\"and twenty bytes more\"]"));
  CHECK_FALSE(accepts("[1.,\"and twenty bytes more\"]"));
  CHECK_FALSE(accepts("[1e,\"and twenty bytes more\"]"));
  CHECK_FALSE(accepts("[1e+]"));
  CHECK_FALSE(accepts("[01]"));
  CHECK_FALSE(accepts("[-]"));
}
