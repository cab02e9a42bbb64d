// What inspect_dense() accepts must be what inspect_closely() accepts, with the same shape. Nothing
// here knows where a block begins; texts are shifted and cut so that every one of their bytes comes
// to lie at every place of a block.

#include "core/json/dense.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json/blocks.hpp"
#include "core/json/brackets.hpp"
#include "core/json/density.hpp"
#include "core/json/json.hpp"

namespace {

using core::json::BlockReader;
using core::json::Blocks;
using core::json::LaneWords;
using core::json::Shape;
using core::json::Value;

std::uint64_t seed() {
  static const std::uint64_t value = std::random_device{}();
  return value;
}

/// The readers that this machine can run: none, one, or both.
std::vector<BlockReader> readers() {
  const BlockReader widest = core::json::widest_reader();
  std::vector<BlockReader> all;
  if (widest.read != nullptr) all.push_back(core::json::kBlockReader32);
  if (widest.read == core::json::kBlockReader64.read && widest.read != nullptr)
    all.push_back(core::json::kBlockReader64);
  return all;
}

/// A text in memory of its own that ends where the text does, so that the address sanitizer sees
/// who reads on.
class Exactly {
 public:
  explicit Exactly(std::string_view text) : bytes_(new char[text.size()]), size_(text.size()) {
    text.copy(bytes_.get(), size_);
  }
  [[nodiscard]] std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

bool same(const Value& a, const Value& b) {
  return a.kind == b.kind && a.raw.data() == b.raw.data() && a.raw.size() == b.raw.size();
}

/// How many of two kinds of answers there were.
struct Tally {
  int accepted = 0;
  int wrongly_refused = 0;  ///< Valid all the same: allowed, but of no use.
  int refused = 0;
};

/// Has each reader look at it, and fails when one accepts what is not valid, or sees another shape.
void compare(std::string_view text, Tally& tally) {
  if (text.size() < core::json::kDenseBytesMin || text.front() != '[' || text.back() != ']') return;
  static const std::vector<BlockReader> all = readers();
  const Exactly exactly(text);
  const auto close = core::json::inspect_closely(exactly.view());
  for (const BlockReader& reader : all) {
    Shape quick;
    if (!core::json::inspect_dense(exactly.view(), quick, reader)) {
      ++(close ? tally.wrongly_refused : tally.refused);
      continue;
    }
    ++tally.accepted;
    const bool agrees = close && close->kind == quick.kind &&
                        close->element_count == quick.element_count &&
                        same(close->first, quick.first) && same(close->last, quick.last);
    if (!agrees) FAIL("seed " << seed() << ", accepted with another shape: " << std::string(text));
  }
}

/// Whether all readers accept it.
bool accepts(std::string_view text) {
  Tally tally;
  compare(text, tally);
  return tally.wrongly_refused + tally.refused == 0;
}

/// Writes arrays of short tokens, as JSON.stringify() does.
class DenseWriter {
 public:
  explicit DenseWriter(std::uint64_t seed) : random_(seed) {}

  std::string text(std::size_t bytes) {
    std::string out = "[" + value(1);
    while (out.size() < bytes) out += "," + value(1);
    return out + "]";
  }

  /// A byte or some changed, left out, put in, doubled or swapped: mostly for bytes that matter.
  std::string mutated(std::string text) {
    static constexpr std::string_view kBytes("\"\"\\,,::[]{}0123456789--+..eEtfnu \n\0\x1f\x7f\xc3",
                                             38);
    const std::size_t at = 1 + below(text.size() - 2);
    const char byte = kBytes[below(kBytes.size())];
    switch (below(6)) {
      case 0:
        text.erase(at, 1 + below(3));
        break;
      case 1:
        text.insert(at, text, at, 1 + below(5));
        break;
      case 2:
        text.insert(at, 1, byte);
        break;
      case 3:
        std::swap(text[at], text[1 + below(text.size() - 2)]);
        break;
      case 4:
        std::swap(text[at], text[at - 1]);
        break;
      default:
        text[at] = byte;
    }
    return text;
  }

  std::size_t below(std::size_t bound) { return random_() % bound; }

 private:
  std::string value(int depth) {
    static constexpr std::string_view kSimple[] = {"true", "false", "null", "0",
                                                   "[]",   "{}",    "\"\""};
    switch (below(depth < 6 ? 8 : 6)) {
      case 0:
      case 1:
        return std::string(kSimple[below(7)]);
      case 2:
      case 3:
        return number();
      case 6:
        return container(depth, '[');
      case 7:
        return container(depth, '{');
      default:
        return string();
    }
  }

  std::string container(int depth, char bracket) {
    std::string out(1, bracket);
    for (std::size_t left = below(5); left != 0; --left) {
      if (bracket == '{') out += string() + ":";
      out += value(depth + 1) + (left > 1 ? "," : "");
    }
    return out + (bracket == '{' ? "}" : "]");
  }

  std::string string() {
    static constexpr std::string_view kPieces[] = {"\\\"", "\\\\",     "\\n", "\\u00e9",  "\\ud83d",
                                                   "\\/",  "\xc3\xa9", "[{",  ":,]}\x7f", "true"};
    std::string out = "\"";
    for (std::size_t left = below(12) == 0 ? below(200) : below(6); left != 0; --left)
      out += below(20) == 0 ? std::string(kPieces[below(10)]) : std::string(1, "abc0"[below(4)]);
    return out + "\"";
  }

  std::string number() {
    std::string out = below(3) == 0 ? "-" : "";
    out += below(4) == 0 ? "0" : std::to_string(1 + below(9)) + digits(below(4));
    if (below(30) == 0)
      out += (out.back() == '0' ? "." : "") + digits(1 + below(140));
    else if (below(3) == 0)
      out += "." + digits(1 + below(4));
    static constexpr std::string_view kExponents[] = {"e+2", "e-", "E", "e"};
    if (below(9) == 0) out += std::string(kExponents[below(4)]) + digits(1 + below(2));
    return out;
  }

  std::string digits(std::size_t count) {
    std::string out;
    while (out.size() < count) out += static_cast<char>('0' + below(10));
    return out;
  }

  std::mt19937_64 random_;
};

/// An array with `inner` so far behind its begin, and something behind it.
std::string around(std::string_view before, std::string_view inner, std::string_view after,
                   std::size_t offset) {
  std::string text = "[\"";
  const std::size_t taken = text.size() + 2 + before.size();
  text.append(offset > taken ? offset - taken : 0, 'x');
  text.append("\",").append(before).append(inner).append(after);
  text.append(",[true,{\"a\":-1.5}],\"and so long that there is one more block behind this\"]");
  return text;
}

/// Each text of so many bytes that are of `alphabet`, in turn.
template <class Visit>
void each_of(std::string_view alphabet, std::size_t length, const Visit& visit) {
  std::string text(length, alphabet[0]);
  std::vector<std::size_t> digits(length);
  for (;;) {
    visit(std::string_view(text));
    std::size_t place = 0;
    for (; place < length; ++place) {
      digits[place] = (digits[place] + 1) % alphabet.size();
      text[place] = alphabet[digits[place]];
      if (digits[place] != 0) break;
    }
    if (place == length) return;
  }
}

/// Each kind of byte, and how a plain look tells it.
struct KindOfByte {
  LaneWords Blocks::*words;
  bool (*is_one)(char byte);
};
constexpr KindOfByte kKinds[] = {
    {&Blocks::quotes, [](char byte) { return byte == '"'; }},
    {&Blocks::backslashes, [](char byte) { return byte == '\\'; }},
    {&Blocks::controls, [](char byte) { return static_cast<unsigned char>(byte) < 0x20; }},
    {&Blocks::opening, [](char byte) { return byte == '[' || byte == '{'; }},
    {&Blocks::closing, [](char byte) { return byte == ']' || byte == '}'; }},
    {&Blocks::commas, [](char byte) { return byte == ','; }},
    {&Blocks::colons, [](char byte) { return byte == ':'; }},
    {&Blocks::digits, [](char byte) { return byte >= '0' && byte <= '9'; }},
    {&Blocks::zeros, [](char byte) { return byte == '0'; }},
    {&Blocks::minuses, [](char byte) { return byte == '-'; }},
    {&Blocks::points, [](char byte) { return byte == '.'; }},
};

/// Whether the blocks are what a look at each byte says, of a text that they begin at.
bool agree(const Blocks& blocks, std::string_view text) {
  for (std::size_t lane = 0; lane < core::json::kLanes; ++lane) {
    const std::size_t begin = lane * core::json::kBlockStep;
    const std::size_t end = std::min(text.size(), begin + core::json::kBlockBytes);
    for (const KindOfByte& kind : kKinds) {
      std::uint64_t expected = 0;
      for (std::size_t i = begin; i < end; ++i)
        expected |= std::uint64_t{kind.is_one(text[i])} << (i - begin);
      if ((blocks.*kind.words).of[lane] != expected) return false;
    }
    std::uint64_t brackets = blocks.opening.of[lane] | blocks.closing.of[lane];
    for (std::size_t i = begin; i < end; ++i) {
      const bool is_square = (blocks.square.of[lane] >> (i - begin) & 1) != 0;
      if ((brackets >> (i - begin) & 1) != 0 && is_square != (text[i] == '[' || text[i] == ']'))
        return false;
    }
  }
  return true;
}

}  // namespace

TEST_CASE("BlockReader: each byte value, in each place of a block, is seen as what it is") {
  for (const BlockReader& reader : readers()) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text(core::json::kBatchStep + 1, 'a');
      for (std::size_t place = 0; place < 64; ++place) {
        text[place] = static_cast<char>(byte);
        Blocks blocks;
        reader.read(text.data(), blocks);
        REQUIRE(agree(blocks, text));
        text[place] = "a\"[5"[place % 4];
      }
    }
  }
}

TEST_CASE("BlockReader: near the end of a text it sees what is there, and nothing behind it") {
  std::mt19937_64 random(seed());
  INFO("seed " << seed());
  for (const BlockReader& reader : readers()) {
    for (std::size_t length = 64; length < 400; length += 5) {
      std::string text;
      while (text.size() < length) text += "a\"\\\n\x1f \xff[]{},:059-."[random() % 18];
      const Exactly exactly(text);
      const std::size_t least = length > core::json::kBatchStep + 1
                                    ? length - static_cast<std::size_t>(core::json::kBatchStep) - 1
                                    : 0;
      for (std::size_t from = least; from < length; ++from) {
        Blocks blocks;
        const char* const begin = exactly.view().data();
        reader.read_last(begin + from, begin + length, blocks);
        REQUIRE(agree(blocks, exactly.view().substr(from)));
      }
    }
  }
}

TEST_CASE("BlockReader: passes over ordinary bytes of a string, and never over another") {
  for (const BlockReader& reader : readers()) {
    for (std::size_t length = 0; length < 300; ++length) {
      for (const char mark : {'"', '\\', '\x1f', '\0'}) {
        const Exactly exactly(std::string(length, '\xfe') + mark + std::string(length % 90, 'x'));
        const char* const begin = exactly.view().data();
        const char* const end = begin + exactly.view().size();
        const char* const at = reader.skip_plain(begin, end);
        REQUIRE(at <= begin + length);
        REQUIRE((at + 64 > begin + length || at + 64 >= end));
      }
    }
  }
}

TEST_CASE("kBracketTables: a group does to the levels what its brackets do one after another") {
  for (std::size_t index = 0; index < core::json::kBracketTables.groups.size(); ++index) {
    for (unsigned inner = 0; inner < 1U << core::json::kGroup; ++inner) {
      std::uint64_t levels = 0x5500 | inner;
      const core::json::BracketGroup& group = core::json::kBracketTables.groups[index];
      const std::uint64_t together = levels >> group.taken << group.put | group.bits;
      unsigned contexts = 0;
      for (unsigned i = 0; i < core::json::kGroup; ++i) {
        contexts |= static_cast<unsigned>(levels & 1) << i;
        const std::size_t bracket = index >> 2 * i;
        levels = (bracket & 1) != 0 ? levels << 1 | (bracket >> 1 & 1) : levels >> 1;
      }
      REQUIRE(levels == together);
      REQUIRE(contexts == core::json::kBracketTables.contexts[index][inner]);
    }
  }
}

TEST_CASE(
    "inspect_dense: accepts what JSON.stringify writes, and sees in it what a closer look sees") {
  DenseWriter writer(seed());
  for (int i = 0; i < 4'000; ++i) {
    const std::string text = writer.text(64 + writer.below(i % 8 == 0 ? 4'000 : 500));
    CHECK_MESSAGE(accepts(text), "seed " << seed() << ", text " << text);
  }
}

TEST_CASE("inspect_dense: accepts nothing that a closer look refuses") {
  DenseWriter writer(seed());
  Tally tally;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = writer.mutated(writer.text(64 + writer.below(500)));
    if (i % 3 == 0) text = writer.mutated(text);
    compare(text, tally);
  }
  if (readers().empty()) return;
  CHECK(tally.accepted > 4'000);
  CHECK(tally.refused > 4'000);
  // With whitespace in it, mostly.
  CHECK(tally.wrongly_refused < tally.accepted / 10);
}

TEST_CASE("inspect_dense: a mutation is judged alike at every place of a block") {
  DenseWriter writer(seed());
  Tally tally;
  for (int i = 0; i < 300; ++i) {
    const std::string inner = writer.text(24);
    const std::string changed = i % 4 == 0 ? inner : writer.mutated(inner);
    for (std::size_t offset = 0; offset < 64; ++offset)
      compare(around("", changed, "", 200 + offset), tally);
  }
  if (!readers().empty()) CHECK(tally.accepted > 3'000);
}

TEST_CASE("inspect_dense: whatever few bytes stand across the border of two blocks") {
  static constexpr std::pair<std::string_view, std::string_view> kPlaces[] = {
      {"", ""}, {"[1,", "]"}, {"{\"a\":", "}"}, {"{", "\"a\":1}"}, {"{\"a\":1,", "}"}, {"-", "5"}};
  Tally tally;
  std::size_t turn = 0;
  for (const std::size_t length : {1U, 2U, 3U}) {
    each_of("[]{}\",:0-9.eE+tfn\\", length, [&](std::string_view inner) {
      for (const auto& [before, after] : kPlaces) {
        // The block begins within these bytes, or right before or behind them; with the first of
        // four blocks, or with another.
        const std::size_t border = 63 * (4 + turn % 4);
        compare(around(before, inner, after, border - turn / 4 % (length + 2)), tally);
        ++turn;
      }
    });
  }
  if (readers().empty()) return;
  CHECK(tally.accepted > 100);
  CHECK(tally.wrongly_refused == 0);
}

TEST_CASE("inspect_dense: numbers of few bytes, each of them across the border of two blocks") {
  Tally tally;
  std::size_t turn = 0;
  for (const std::size_t length : {1U, 2U, 3U, 4U, 5U, 6U}) {
    each_of("01.e+-,", length, [&](std::string_view inner) {
      compare(around("", inner, "", 63 * (4 + turn % 4) - turn / 4 % (length + 2)), tally);
      ++turn;
    });
  }
  if (readers().empty()) return;
  CHECK(tally.accepted > 1'000);
  CHECK(tally.wrongly_refused == 0);
}

TEST_CASE("inspect_dense: numbers longer than blocks are numbers, and with a second point none") {
  for (std::size_t digits = 1; digits < 400; ++digits) {
    const std::string run(digits, '7');
    const std::size_t offset = digits * 7 % 64;
    for (const std::string before : {"", "1.", "1e", "1.5e-", "-"}) {
      for (const std::string after : {"", ".", ".5", "e", "e5", "e+", "-", "x"}) {
        const std::string number = before + run + after;
        Tally tally;
        compare(around("", number, "", offset), tally);
        CHECK_MESSAGE(tally.wrongly_refused == 0, number);
      }
    }
    Tally tally;
    compare(around("", "0" + run, "", offset), tally);
    CHECK(tally.accepted == 0);
  }
}

TEST_CASE("inspect_dense: words are whole words") {
  Tally tally;
  for (const std::string_view word : {"true", "false", "null"}) {
    for (std::size_t offset = 0; offset < 130; ++offset) {
      CHECK((readers().empty() || accepts(around("", word, "", offset))));
      for (std::size_t at = 0; at <= word.size(); ++at) {
        for (const char letter : {'t', 'r', 'u', 'e', 'f', 'a', 'l', 's', 'n', '\xe9', '1'}) {
          std::string changed(word);
          changed.insert(at, 1, letter);
          compare(around("", changed, "", offset), tally);
          if (at == word.size()) continue;
          changed = word;
          changed[at] = letter;
          compare(around("", changed, "", offset), tally);
          changed.erase(at, 1);
          compare(around("", changed, "", offset), tally);
        }
      }
    }
  }
  // Also right at the text's end.
  for (const std::string end :
       {"true", "false", "null", "tru", "fals", "nul", "t", "f", "alse", "e"})
    compare("[\"" + std::string(80, 'x') + "\"," + end + "]", tally);
  CHECK(tally.wrongly_refused == 0);
}

TEST_CASE("inspect_dense: brackets that match in number but not in kind or order are refused") {
  std::mt19937_64 random(seed());
  INFO("seed " << seed());
  Tally tally;
  for (int i = 0; i < 30'000; ++i) {
    // Nearly valid: what follows a bracket is mostly what may follow it.
    std::string inner;
    std::string open;
    for (std::size_t left = 4 + random() % 40; left != 0; --left) {
      const bool begins = open.empty() || random() % 2 == 0;
      if (begins) {
        const char bracket = "[{"[random() % 2];
        if (!inner.empty() && (inner.back() == ']' || inner.back() == '}')) inner += ",";
        if (!open.empty() && open.back() == '{') inner += "\"\":";
        inner += bracket;
        open += bracket;
      } else {
        inner += open.back() == '[' ? ']' : '}';
        open.pop_back();
      }
    }
    for (; !open.empty(); open.pop_back()) inner += open.back() == '[' ? ']' : '}';
    if (i % 3 != 0) {
      const std::size_t at = random() % inner.size();
      inner[at] = "[]{},"[random() % 5];
    }
    if (i % 5 == 0) std::swap(inner[random() % inner.size()], inner[random() % inner.size()]);
    compare(around("", inner, "", 60 + random() % 140), tally);
  }
  if (readers().empty()) return;
  CHECK(tally.accepted > 4'000);
  CHECK(tally.refused > 4'000);
  CHECK(tally.wrongly_refused == 0);
}

TEST_CASE("inspect_dense: the outermost array ends with the text, and no earlier") {
  const std::string filler(100, 'x');
  for (const std::string inner :
       {"1],[2", "1],\"a\":[2", "1]],[[2", "1},{2", "[1]],[[2]", "]", "]["})
    for (std::size_t offset = 0; offset < 130; ++offset)
      CHECK((readers().empty() || !accepts(around("", inner, "", offset))));
}

TEST_CASE("inspect_dense: dozens of levels are followed; more may be left to the closer look") {
  const auto nested = [](std::size_t levels) {
    return "[\"" + std::string(70, 'x') + "\"," + std::string(levels, '[') +
           std::string(levels, ']') + "]";
  };
  Tally tally;
  for (std::size_t levels = 1; levels < 300; ++levels) {
    compare(nested(levels), tally);
    if (levels <= 50 && !readers().empty()) CHECK(accepts(nested(levels)));
  }
  CHECK(tally.refused == 0);
}

TEST_CASE("inspect_compact: long texts of short tokens are looked at by blocks, and as well") {
  DenseWriter writer(seed());
  for (int i = 0; i < 500; ++i) {
    const std::string text = writer.text(600 + writer.below(2'000));
    Shape shape;
    CHECK(core::json::inspect_compact(text, shape));
    std::string changed = writer.mutated(text);
    Shape changed_shape;
    if (core::json::inspect_compact(changed, changed_shape))
      CHECK(core::json::inspect_closely(changed).has_value());
  }
  const std::string prose = "[\"" + std::string(2'000, 'x') + "\"]";
  CHECK_FALSE(core::json::looks_dense(prose));
  std::string numbers = "[1";
  while (numbers.size() < 1'000) numbers += ",15";
  CHECK((readers().empty() || core::json::looks_dense(numbers + "]")));
}

TEST_CASE("inspect_dense: texts cut off anywhere are refused") {
  DenseWriter writer(seed());
  Tally tally;
  for (int i = 0; i < 60; ++i) {
    const std::string text = writer.text(64 + writer.below(300));
    for (std::size_t length = 64; length < text.size(); ++length) {
      compare(text.substr(0, length), tally);
      compare(text.substr(0, length) + "]", tally);
    }
  }
}
