// How it works. Compact text has no whitespace, so what may stand beside what is a matter of
// neighbouring bytes: masks of a block (blocks.hpp), shifted by one, say it of 64 bytes at once,
// and of four blocks in one register (lanes.hpp). What reaches farther than a neighbour is
//
// - whether a byte is in a string: the parity of the quotes before it,
// - the nesting, for which the brackets are gone through (brackets.hpp),
// - which strings are keys: those behind a `{`, or behind the comma of an object. An addition takes
//   that from a string's begin to its end, and a colon stands exactly behind such an end:
//
//     text               {"id":17,"ok":true,"at":[3,51]}
//     strings             111  0   111  0    111
//     keys begin          1        1         1
//     their sum              1        1         1
//     colons                  1        1         1
//
// - whether digits are a fraction, in the same way: then no point may end them.
//
// What is rare takes a branch: escapes, exponents, and blocks that the outermost array has bytes
// in, whose commas are counted. Nothing is decided before the end of four blocks; then any bit of
// an error gives up.

#include "core/json/dense.hpp"

#include <array>
#include <bit>
#include <cstdint>

#include "core/json/brackets.hpp"
#include "core/json/exponents.hpp"
#include "core/json/lanes.hpp"
#include "core/json/scan.hpp"
#include "core/json/words.hpp"

namespace core::json {

#if defined(__x86_64__)
namespace {

/// Of a block: without its first byte, which the block before has judged.
constexpr std::uint64_t kNew = ~std::uint64_t{1};

struct Escapes {
  std::uint64_t escaped;  ///< Bytes behind a backslash that escapes them.
  bool is_legal;
};

/// @param escaped Whether the block's first byte is: 1 or 0. A backslash that is the last byte
///   comes again as the next block's first.
[[gnu::noinline, gnu::target("avx2")]] Escapes follow_escapes(std::uint64_t backslashes,
                                                              std::uint64_t escaped,
                                                              const char* block,
                                                              const char* last) noexcept {
  Escapes escapes{escaped, true};
  for (; backslashes << 1 != 0; backslashes &= backslashes - 1) {
    const int at = std::countr_zero(backslashes);
    if ((escapes.escaped >> at & 1) != 0) continue;
    escapes.escaped |= std::uint64_t{2} << at;
    if (escape_end(block + at, last) == nullptr) escapes.is_legal = false;
  }
  return escapes;
}

class DenseInspector {
 public:
  explicit DenseInspector(std::string_view text) noexcept
      : begin_(text.data()), last_(begin_ + text.size() - 1), words_(last_ + 1) {}

  [[nodiscard]] bool run(Shape& shape, const BlockReader& reader) noexcept {
    const char* at = begin_;
    while (last_ - at > kBatchStep) {
      at = run_full(at, reader);
      if (at == nullptr) return false;
    }
    Blocks blocks;
    reader.read_last(at, last_ + 1, blocks);
    // The bracket that ends the text, which has been looked at, ends what is not followed.
    const std::ptrdiff_t before_last = last_ - at - 1;
    last_bracket_.of[before_last / kBlockStep] = std::uint64_t{2} << before_last % kBlockStep;
    LaneWords behind_end;
    for (std::ptrdiff_t lane = 0; lane < kLanes; ++lane) {
      const std::ptrdiff_t left = last_ + 1 - at - lane * kBlockStep;
      behind_end.of[lane] = left >= kBlockBytes ? 0 : left <= 0 ? kAll : kAll << left;
    }
    if (!judge(blocks, at, behind_end)) return false;
    if (is_in_string_ || !nesting_.is_outermost() || !words_.are_right()) return false;

    shape.kind = Kind::Array;
    shape.element_count = commas_ + 1;
    shape.first = between(begin_ + 1, commas_ == 0 ? last_ : first_comma_);
    shape.last = commas_ == 0 ? shape.first : between(last_comma_ + 1, last_);
    return true;
  }

 private:
  static constexpr std::uint64_t kAll = ~std::uint64_t{0};
  static constexpr LaneWords kNowhere{};

  /// Blocks that are all of the text, and before its last byte. Each four are read before the four
  /// in front of them are judged: what was just written word by word could not be had as vectors at
  /// once.
  /// @return Where others begin; nullptr gives up.
  [[nodiscard]] const char* run_full(const char* at, const BlockReader& reader) noexcept {
    std::array<Blocks, 2> both;
    reader.read(at, both[0]);
    for (std::size_t turn = 0;; turn ^= 1) {
      const char* const behind = at + kBatchStep;
      const bool goes_on = last_ - behind > kBatchStep;
      if (goes_on) reader.read(behind, both[turn ^ 1]);
      if (is_in_string_ && is_plain(both[turn])) return reader.skip_plain(behind, last_) - 1;
      if (!judge(both[turn], at, kNowhere)) return nullptr;
      at = behind;
      if (!goes_on) return at;
    }
  }

  static Value between(const char* begin, const char* end) noexcept {
    return {kind_of(*begin), {begin, static_cast<std::size_t>(end - begin)}};
  }

  /// Whether there is nothing in these blocks that could end a string, or may not be in one.
  [[gnu::target("avx2")]] bool is_plain(const Blocks& blocks) const noexcept {
    const Lanes marks = load(blocks.quotes) | load(blocks.backslashes) | load(blocks.controls);
    const bool is_plain = escaped_ == 0 && !is_any(marks & everywhere(kNew));
    _mm256_zeroupper();
    return is_plain;
  }

  /// @param at Where the first of the blocks begins.
  /// @param behind_end Bytes of the blocks that are none of the text.
  [[gnu::noinline, gnu::target("avx2,bmi,bmi2,popcnt")]] bool judge(
      Blocks& blocks, const char* at, const LaneWords& behind_end) noexcept {
    const bool is_legal = judge_inside(blocks, at, load(behind_end));
    // g++ 12 forgets it on some ways out. Without it the caller's vectors would have to wait.
    _mm256_zeroupper();
    return is_legal;
  }

  [[gnu::always_inline, gnu::target("avx2,bmi,bmi2,popcnt")]] bool judge_inside(
      Blocks& blocks, const char* at, Lanes behind_end) noexcept {
    const Lanes is_new = everywhere(kNew);
    if ((is_any(load(blocks.backslashes)) || escaped_ != 0) && !drop_escaped(blocks, at))
        [[unlikely]]
      return false;

    // Strings.
    const Lanes quotes = load(blocks.quotes);
    Lanes strings = parity(quotes & is_new);  // With the quotes that begin them.
    unsigned odd = last_bytes(strings) << 1 | (is_in_string_ ? 1U : 0U);
    odd ^= odd << 1;
    odd ^= odd << 2;
    odd ^= odd << 4;  // Which blocks begin in a string, and the next one behind these.
    strings ^= fill(odd);
    is_in_string_ = (odd >> kLanes & 1) != 0;
    const Lanes strings_begin = quotes & strings;
    const Lanes strings_end = quotes & ~strings;

    // What is outside of them: brackets, separators and scalars.
    const Lanes outside = ~(strings | behind_end);
    const Lanes opening = load(blocks.opening) & outside;
    const Lanes closing = load(blocks.closing) & outside;
    const Lanes commas = load(blocks.commas) & outside;
    const Lanes colons = load(blocks.colons) & outside;
    const Lanes scalars = outside & ~(quotes | opening | closing | commas | colons);
    const Lanes scalars_begin = scalars & ~(scalars << 1) & is_new;

    // Values begin behind what they have to follow, and behind nothing else. What is empty has no
    // values.
    const Lanes values_begin = strings_begin | scalars_begin | opening;
    Lanes errors = load(blocks.controls);
    errors |= (values_begin ^ (opening | commas | colons) << 1) & ~(closing & opening << 1);

    Lanes objects;
    if (!nest(opening & is_new, closing & is_new & ~load(last_bracket_), load(blocks.square),
              commas & is_new, at, objects))
      return false;

    // Keys, and colons.
    const Lanes keys_due = ((opening & ~load(blocks.square)) | (commas & objects)) << 1;
    errors |= keys_due & values_begin & ~strings_begin;
    const Passage keys = pass_through(strings, keys_due & strings_begin, is_in_key_);
    is_in_key_ = keys.goes_on;
    errors |= colons ^ (keys.ends & strings_end) << 1;

    // Numbers, and words.
    const Lanes digits = load(blocks.digits) & scalars;
    const Lanes points = load(blocks.points) & scalars;
    Lanes minuses = load(blocks.minuses) & scalars;
    Lanes letters = scalars & ~(digits | minuses | points);
    if (is_any(letters & digits << 1) || exponents_ != 0) [[unlikely]]
      errors |= take_exponents(letters, minuses, digits, points, at);
    errors |= minuses & ~scalars_begin;
    errors |= (minuses | points) << 1 & ~digits;
    errors |= points & ~(digits << 1);
    errors |= letters << 1 & digits;
    const Passage fractions = pass_through(digits, points << 1, is_fraction_);
    is_fraction_ = fractions.goes_on;
    errors |= fractions.ends & points;
    const Lanes leading_zeros = load(blocks.zeros) & digits & (scalars_begin | minuses << 1);
    const unsigned last_zeros = last_bytes(leading_zeros) << 1 | (is_leading_zero_ ? 1U : 0U);
    is_leading_zero_ = (last_zeros >> kLanes & 1) != 0;
    errors |= (leading_zeros | (fill(last_zeros) & ~is_new)) << 1 & digits;
    if (is_any(errors & is_new)) return false;

    if (is_any(letters)) {
      LaneWords begins;
      LaneWords all;
      store(letters & scalars_begin, begins);
      store(letters & is_new, all);
      for (std::ptrdiff_t lane = 0; lane < kLanes; ++lane)
        words_.note(begins.of[lane], all.of[lane], at + lane * kBlockStep);
    }
    return true;
  }

  /// Makes quotes that are escaped no quotes. False: there is no such escape.
  [[gnu::noinline, gnu::target("avx2")]] bool drop_escaped(Blocks& blocks,
                                                           const char* at) noexcept {
    for (std::ptrdiff_t lane = 0; lane < kLanes; ++lane) {
      const Escapes escapes =
          follow_escapes(blocks.backslashes.of[lane], escaped_, at + lane * kBlockStep, last_);
      if (!escapes.is_legal) return false;
      blocks.quotes.of[lane] &= ~escapes.escaped;
      escaped_ = escapes.escaped >> 63;
    }
    return true;
  }

  /// Takes exponents out of letters and minuses; returns what is wrong with them.
  [[gnu::noinline, gnu::target("avx2")]] Lanes take_exponents(Lanes& letters, Lanes& minuses,
                                                              Lanes digits, Lanes points,
                                                              const char* at) noexcept {
    Lanes errors{};
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const Exponents exponents =
          follow_exponents(exponents_, letters[lane], digits[lane], minuses[lane], points[lane],
                           at + static_cast<std::ptrdiff_t>(lane) * kBlockStep);
      errors[lane] = exponents.errors;
      minuses[lane] &= ~exponents.signs;
      letters[lane] &= ~(exponents.letters | exponents.signs);
      exponents_ = exponents.first;
    }
    return errors;
  }

  /// Follows the brackets, counts the commas of the outermost array.
  /// @param objects To be filled: bytes that an object is the innermost around.
  [[gnu::always_inline, gnu::target("avx2,bmi,bmi2,popcnt")]] bool nest(Lanes opening,
                                                                        Lanes closing, Lanes square,
                                                                        Lanes commas,
                                                                        const char* at,
                                                                        Lanes& objects) noexcept {
    LaneWords opening_words;
    LaneWords closing_words;
    LaneWords square_words;
    LaneWords in_object;
    LaneWords in_outer;
    store(opening, opening_words);
    store(closing, closing_words);
    store(square, square_words);
    const BracketStack::Answer answer =
        nesting_.follow(opening_words, closing_words, square_words, in_object, in_outer);
    if (!answer.is_legal) return false;
    objects = Lanes{in_object.of[0], in_object.of[1], in_object.of[2], in_object.of[3]};
    if (answer.touches_outer) {
      LaneWords comma_words;
      store(commas, comma_words);
      for (std::ptrdiff_t lane = 0; lane < kLanes; ++lane)
        count_commas(comma_words.of[lane] & in_outer.of[lane], at + lane * kBlockStep);
    }
    return true;
  }

  [[gnu::always_inline, gnu::target("popcnt")]] void count_commas(std::uint64_t commas,
                                                                  const char* block) noexcept {
    if (commas == 0) return;
    if (commas_ == 0) first_comma_ = block + std::countr_zero(commas);
    last_comma_ = block + 63 - std::countl_zero(commas);
    commas_ += static_cast<std::size_t>(__builtin_popcountll(commas));
  }

  const char* begin_;
  const char* last_;
  LaneWords last_bracket_{};  ///< It alone, in the last blocks.

  // Of the byte that was judged last, which is the next block's first.
  bool is_in_string_ = false;
  bool is_in_key_ = false;
  bool is_fraction_ = false;
  bool is_leading_zero_ = false;
  std::uint64_t escaped_ = 0;    ///< 1 or 0.
  std::uint64_t exponents_ = 0;  ///< As Exponents::first.
  BracketStack nesting_;
  Words words_;

  std::size_t commas_ = 0;  ///< Of the outermost array.
  const char* first_comma_ = nullptr;
  const char* last_comma_ = nullptr;
};

}  // namespace

bool inspect_dense(std::string_view text, Shape& shape, const BlockReader& reader) noexcept {
  return DenseInspector(text).run(shape, reader);
}

BlockReader widest_reader() noexcept {
  // Where `pext` takes its time, going by tokens is quicker.
  if (__builtin_cpu_is("bdver4") || __builtin_cpu_is("znver1") || __builtin_cpu_is("znver2"))
    return {};
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi") ||
      !__builtin_cpu_supports("bmi2") || !__builtin_cpu_supports("popcnt"))
    return {};
  return __builtin_cpu_supports("avx512bw") ? kBlockReader64 : kBlockReader32;
}

#else

bool inspect_dense(std::string_view, Shape&, const BlockReader&) noexcept { return false; }

BlockReader widest_reader() noexcept { return {}; }

#endif

}  // namespace core::json
