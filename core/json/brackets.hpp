// How it works. What surrounds a byte is a stack of bits, one a level, set for arrays, the
// innermost lowest. Only brackets change it, and a few at a time: whatever they are, together they
// take some levels off and put others on, and a table knows how many. So each step waits for two
// shifts of the one before it, and no branch has to foretell which bracket comes next.

#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "core/json/blocks.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace core::json {

/// Brackets of a group, which are looked up at once.
inline constexpr unsigned kGroup = 3;

/// What they do to the stack: `levels >> taken << put | bits`.
struct BracketGroup {
  std::uint8_t taken;
  std::uint8_t put;
  std::uint8_t bits;
  std::uint8_t unused;
};

/// Both by two bits a bracket, the first one lowest: whether it opens, and whether it is square.
struct BracketTables {
  std::array<BracketGroup, 1 << 2 * kGroup> groups;
  /// What is innermost before each of them, by as many levels as they could take.
  std::array<std::array<std::uint8_t, 1 << kGroup>, 1 << 2 * kGroup> contexts;
};

[[nodiscard]] constexpr BracketTables make_bracket_tables() noexcept {
  BracketTables tables{};
  for (unsigned index = 0; index < tables.groups.size(); ++index) {
    BracketGroup group{};
    for (unsigned i = 0; i < kGroup; ++i) {
      for (unsigned levels = 0; levels < 1U << kGroup; ++levels) {
        const unsigned innermost = group.put != 0 ? group.bits : levels >> group.taken;
        tables.contexts[index][levels] |= static_cast<std::uint8_t>((innermost & 1U) << i);
      }
      const unsigned bracket = index >> 2 * i;
      if ((bracket & 1U) != 0) {
        ++group.put;
        group.bits = static_cast<std::uint8_t>(group.bits << 1U | (bracket >> 1U & 1U));
      } else if (group.put != 0) {
        --group.put;
        group.bits = static_cast<std::uint8_t>(group.bits >> 1U);
      } else {
        ++group.taken;
      }
    }
    tables.groups[index] = group;
  }
  return tables;
}

inline constexpr BracketTables kBracketTables = make_bracket_tables();

#if defined(__x86_64__)
/// The brackets of some blocks, in their order, a bit each, the first one lowest.
struct BracketRow {
  std::uint64_t opening;
  std::uint64_t square;
  unsigned count;

  static constexpr unsigned kCountMax = 60;
};

/// What a row went through.
struct BracketWalk {
  std::uint64_t levels;    ///< Behind the last bracket.
  std::uint64_t contexts;  ///< What was innermost before each bracket; and behind the last one.
  std::uint64_t lowest;    ///< Its highest bit: whether only one level was left, or none.
  std::uint64_t all;       ///< All bits that `levels` ever had.
};

[[gnu::always_inline, gnu::target("bmi2")]] inline BracketWalk walk(const BracketRow& row,
                                                                    std::uint64_t levels) noexcept {
  constexpr unsigned kGroupBits = 2 * kGroup;
  constexpr unsigned kHalf = 64 / kGroupBits * kGroup;  // Brackets that fit in a word of pairs.
  // The last group is filled up with brackets that open, which are taken back.
  std::uint64_t opening = row.opening | ~std::uint64_t{0} << row.count;
  std::uint64_t square = row.square;
  BracketWalk walk{levels, 0, levels - 2, 0};
  unsigned done = 0;
  while (done < row.count) {
    std::uint64_t pairs =
        _pdep_u64(opening, 0x5555'5555'5555'5555) | _pdep_u64(square, 0xaaaa'aaaa'aaaa'aaaa);
    opening >>= kHalf;
    square >>= kHalf;
    const unsigned until = row.count - done < kHalf ? row.count : done + kHalf;
    do {
      const std::size_t index = pairs & ((1U << kGroupBits) - 1);
      pairs >>= kGroupBits;
      const BracketGroup& group = kBracketTables.groups[index];
      const std::uint64_t context =
          kBracketTables.contexts[index][walk.levels & ((1U << kGroup) - 1)];
      walk.contexts |= context << done;
      walk.levels >>= group.taken;
      walk.lowest |= walk.levels - 2;
      walk.levels = walk.levels << group.put | group.bits;
      walk.all |= walk.levels;
      done += kGroup;
    } while (done < until);
  }
  walk.levels >>= done - row.count;
  walk.contexts &= ~(~std::uint64_t{0} << row.count);
  walk.contexts |= (walk.levels & 1) << row.count;
  return walk;
}

/// Bytes of a block that `contexts` is set for: from each bracket up to the next.
/// @param contexts As of a walk, from the block's first bracket on.
[[gnu::always_inline, gnu::target("bmi2")]] inline std::uint64_t spread(
    std::uint64_t contexts, std::uint64_t brackets) noexcept {
  // An addition runs from where it begins through all that is no bracket.
  const std::uint64_t begins = _pdep_u64(contexts >> 1, brackets) << 1 | (contexts & 1);
  return ~brackets & ~(~brackets + begins);
}

/// What surrounds the bytes of a text, block by block.
class BracketStack {
 public:
  /// A bit a level, set for arrays, the innermost lowest. The outermost level is an array, which
  /// ends behind the last block.
  [[nodiscard]] bool is_outermost() const noexcept { return levels_ == 1; }

  struct Answer {
    bool is_legal;       ///< False: two brackets that do not match, or more than can be followed.
    bool touches_outer;  ///< Whether some bytes may be in no other array than the outermost one.
  };

  /// @param opening Brackets that were not seen before.
  /// @param in_object To be filled: bytes that an object is the innermost around.
  /// @param in_outer The same for the outermost array; only when some are.
  [[gnu::always_inline, gnu::target("bmi2,popcnt")]] Answer follow(const LaneWords& opening,
                                                                   const LaneWords& closing,
                                                                   const LaneWords& square,
                                                                   LaneWords& in_object,
                                                                   LaneWords& in_outer) noexcept {
    BracketRow row{0, 0, 0};
    std::uint64_t brackets[kLanes];
    unsigned begins[kLanes];
    for (std::ptrdiff_t lane = 0; lane < kLanes; ++lane) {
      brackets[lane] = opening.of[lane] | closing.of[lane];
      begins[lane] = row.count;
      row.opening |= _pext_u64(opening.of[lane], brackets[lane]) << (row.count & 63);
      row.square |= _pext_u64(square.of[lane], brackets[lane]) << (row.count & 63);
      row.count += static_cast<unsigned>(__builtin_popcountll(brackets[lane]));
    }
    if (row.count > BracketRow::kCountMax) [[unlikely]]
      return follow_one_by_one(opening, closing, square, in_object, in_outer);

    const BracketWalk way = walk(row, levels_);
    const std::uint64_t closes = ~row.opening & ~(~std::uint64_t{0} << row.count);
    if (((way.contexts ^ row.square) & closes) != 0 || way.all >> kLevelsMax != 0)
      return {false, false};
    for (std::ptrdiff_t lane = 0; lane < kLanes; ++lane)
      in_object.of[lane] = spread(~way.contexts >> begins[lane], brackets[lane]);
    const bool touches_outer = way.lowest >> 63 != 0;
    if (touches_outer) {
      // The same once more, with the outermost level's bit alone.
      row.square = 0;
      const BracketWalk outer = walk(row, std::bit_floor(levels_));
      if (outer.levels == 0) return {false, false};  // It has ended.
      for (std::ptrdiff_t lane = 0; lane < kLanes; ++lane)
        in_outer.of[lane] = spread(outer.contexts >> begins[lane], brackets[lane]);
    }
    levels_ = way.levels;
    return {true, touches_outer};
  }

 private:
  static constexpr unsigned kLevelsMax = 64 - 2 * kGroup;

  /// For blocks of hardly anything but brackets.
  [[gnu::noinline, gnu::target("avx2,bmi2,popcnt")]] Answer follow_one_by_one(
      const LaneWords& opening, const LaneWords& closing, const LaneWords& square,
      LaneWords& in_object, LaneWords& in_outer) noexcept {
    bool touches_outer = false;
    for (std::ptrdiff_t lane = 0; lane < kLanes; ++lane) {
      const LaneWords one_opening{{opening.of[lane]}};
      const LaneWords one_closing{{closing.of[lane]}};
      const LaneWords one_square{{square.of[lane]}};
      LaneWords one_in_object;
      LaneWords one_in_outer;
      const auto count =
          __builtin_popcountll(opening.of[lane]) + __builtin_popcountll(closing.of[lane]);
      if (count > static_cast<int>(BracketRow::kCountMax)) return {false, false};
      const Answer answer =
          follow(one_opening, one_closing, one_square, one_in_object, one_in_outer);
      if (!answer.is_legal) return answer;
      touches_outer = touches_outer || answer.touches_outer;
      in_object.of[lane] = one_in_object.of[0];
      in_outer.of[lane] = answer.touches_outer ? one_in_outer.of[0] : 0;
    }
    return {true, touches_outer};
  }

  std::uint64_t levels_ = 1;
};
#endif

}  // namespace core::json
