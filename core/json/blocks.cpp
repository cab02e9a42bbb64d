#include "core/json/blocks.hpp"

#include <algorithm>
#include <initializer_list>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace core::json {

#if defined(__x86_64__)
namespace {

// --- 32 bytes at once ---

struct Bytes32x2 {
  __m256i low;
  __m256i high;
};

/// The highest bit of each byte.
[[gnu::always_inline, gnu::target("avx2")]] inline std::uint64_t bits_of(Bytes32x2 bytes) noexcept {
  const auto low = static_cast<std::uint32_t>(_mm256_movemask_epi8(bytes.low));
  const auto high = static_cast<std::uint32_t>(_mm256_movemask_epi8(bytes.high));
  return low | std::uint64_t{high} << 32;
}

[[gnu::always_inline, gnu::target("avx2")]] inline std::uint64_t equal(Bytes32x2 bytes,
                                                                       char byte) noexcept {
  const __m256i wanted = _mm256_set1_epi8(byte);
  return bits_of({_mm256_cmpeq_epi8(bytes.low, wanted), _mm256_cmpeq_epi8(bytes.high, wanted)});
}

[[gnu::always_inline, gnu::target("avx2")]] inline std::uint64_t at_most(Bytes32x2 bytes,
                                                                         char byte) noexcept {
  const __m256i bound = _mm256_set1_epi8(byte);
  return bits_of({_mm256_cmpeq_epi8(_mm256_min_epu8(bytes.low, bound), bytes.low),
                  _mm256_cmpeq_epi8(_mm256_min_epu8(bytes.high, bound), bytes.high)});
}

[[gnu::always_inline, gnu::target("avx2")]] inline void read_lane32(const char* at,
                                                                    std::ptrdiff_t lane,
                                                                    Blocks& blocks) noexcept {
  // Brackets of arrays and of objects differ in one bit: [ 5b  ] 5d  { 7b  } 7d.
  const __m256i brace = _mm256_set1_epi8(0x20);
  const __m256i zero = _mm256_set1_epi8('0');
  const Bytes32x2 bytes = {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)),
                           _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + 32))};
  const Bytes32x2 braces = {_mm256_or_si256(bytes.low, brace), _mm256_or_si256(bytes.high, brace)};
  blocks.quotes.of[lane] = equal(bytes, '"');
  blocks.backslashes.of[lane] = equal(bytes, '\\');
  blocks.controls.of[lane] = at_most(bytes, 0x1f);
  blocks.opening.of[lane] = equal(braces, '{');
  blocks.closing.of[lane] = equal(braces, '}');
  blocks.square.of[lane] =
      ~bits_of({_mm256_slli_epi16(bytes.low, 2), _mm256_slli_epi16(bytes.high, 2)});
  blocks.commas.of[lane] = equal(bytes, ',');
  blocks.colons.of[lane] = equal(bytes, ':');
  blocks.digits.of[lane] =
      at_most({_mm256_sub_epi8(bytes.low, zero), _mm256_sub_epi8(bytes.high, zero)}, 9);
  blocks.zeros.of[lane] = equal(bytes, '0');
  blocks.minuses.of[lane] = equal(bytes, '-');
  blocks.points.of[lane] = equal(bytes, '.');
}

[[gnu::target("avx2")]] void read32(const char* at, Blocks& blocks) noexcept {
  for (std::ptrdiff_t lane = 0; lane < kLanes; ++lane, at += kBlockStep)
    read_lane32(at, lane, blocks);
}

/// Blocks that reach behind the end are read from before it, and what is not theirs is shifted out.
class LastBlocks {
 public:
  LastBlocks(const char* at, const char* end) noexcept : at_(at), last_(end - kBlockBytes) {}

  [[nodiscard]] const char* begin(std::ptrdiff_t lane) const noexcept {
    return std::min(at_ + lane * kBlockStep, last_);
  }

  [[gnu::always_inline, gnu::target("avx2")]] void shift(Blocks& blocks) const noexcept {
    LaneWords foreign;
    for (std::ptrdiff_t lane = 0; lane < kLanes; ++lane)
      foreign.of[lane] = static_cast<std::uint64_t>(at_ + lane * kBlockStep - begin(lane));
    const __m256i counts = _mm256_load_si256(reinterpret_cast<const __m256i*>(foreign.of));
    for (LaneWords* const words :
         {&blocks.quotes, &blocks.backslashes, &blocks.controls, &blocks.opening, &blocks.closing,
          &blocks.square, &blocks.commas, &blocks.colons, &blocks.digits, &blocks.zeros,
          &blocks.minuses, &blocks.points}) {
      auto* const vector = reinterpret_cast<__m256i*>(words->of);
      // Of 64 and more nothing is left.
      _mm256_store_si256(vector, _mm256_srlv_epi64(_mm256_load_si256(vector), counts));
    }
  }

 private:
  const char* at_;
  const char* last_;
};

[[gnu::target("avx2")]] void read_last32(const char* at, const char* end, Blocks& blocks) noexcept {
  const LastBlocks last(at, end);
  for (std::ptrdiff_t lane = 0; lane < kLanes; ++lane) read_lane32(last.begin(lane), lane, blocks);
  last.shift(blocks);
}

[[gnu::target("avx2")]] const char* skip_plain32(const char* at, const char* end) noexcept {
  const __m256i quote = _mm256_set1_epi8('"');
  const __m256i backslash = _mm256_set1_epi8('\\');
  const __m256i control = _mm256_set1_epi8(0x1f);
  for (; end - at > kBlockBytes; at += kBlockBytes) {
    __m256i marks = _mm256_setzero_si256();
    for (const int half : {0, 32}) {
      const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + half));
      marks = _mm256_or_si256(marks, _mm256_cmpeq_epi8(bytes, quote));
      marks = _mm256_or_si256(marks, _mm256_cmpeq_epi8(bytes, backslash));
      marks = _mm256_or_si256(marks, _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, control), bytes));
    }
    if (_mm256_movemask_epi8(marks) != 0) break;
  }
  return at;
}

// --- 64 bytes at once ---

[[gnu::always_inline, gnu::target("avx512bw")]] inline std::uint64_t equal(__m512i bytes,
                                                                           char byte) noexcept {
  return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte));
}

[[gnu::always_inline, gnu::target("avx512bw")]] inline void read_lane64(const char* at,
                                                                        std::ptrdiff_t lane,
                                                                        Blocks& blocks) noexcept {
  const __m512i brace = _mm512_set1_epi8(0x20);
  const __m512i bytes = _mm512_loadu_si512(at);
  const __m512i braces = _mm512_or_si512(bytes, brace);
  const __m512i values = _mm512_sub_epi8(bytes, _mm512_set1_epi8('0'));
  blocks.quotes.of[lane] = equal(bytes, '"');
  blocks.backslashes.of[lane] = equal(bytes, '\\');
  blocks.controls.of[lane] = _mm512_cmplt_epu8_mask(bytes, brace);
  blocks.opening.of[lane] = equal(braces, '{');
  blocks.closing.of[lane] = equal(braces, '}');
  blocks.square.of[lane] = _mm512_testn_epi8_mask(bytes, brace);
  blocks.commas.of[lane] = equal(bytes, ',');
  blocks.colons.of[lane] = equal(bytes, ':');
  blocks.digits.of[lane] = _mm512_cmple_epu8_mask(values, _mm512_set1_epi8(9));
  blocks.zeros.of[lane] = equal(bytes, '0');
  blocks.minuses.of[lane] = equal(bytes, '-');
  blocks.points.of[lane] = equal(bytes, '.');
}

[[gnu::target("avx512bw")]] void read64(const char* at, Blocks& blocks) noexcept {
  for (std::ptrdiff_t lane = 0; lane < kLanes; ++lane, at += kBlockStep)
    read_lane64(at, lane, blocks);
}

[[gnu::target("avx512bw,avx2")]] void read_last64(const char* at, const char* end,
                                                  Blocks& blocks) noexcept {
  const LastBlocks last(at, end);
  for (std::ptrdiff_t lane = 0; lane < kLanes; ++lane) read_lane64(last.begin(lane), lane, blocks);
  last.shift(blocks);
}

[[gnu::target("avx512bw")]] const char* skip_plain64(const char* at, const char* end) noexcept {
  const __m512i space = _mm512_set1_epi8(' ');
  for (; end - at > kBlockBytes; at += kBlockBytes) {
    const __m512i bytes = _mm512_loadu_si512(at);
    if ((equal(bytes, '"') | equal(bytes, '\\') | _mm512_cmplt_epu8_mask(bytes, space)) != 0) break;
  }
  return at;
}

}  // namespace

const BlockReader kBlockReader32 = {read32, read_last32, skip_plain32};
const BlockReader kBlockReader64 = {read64, read_last64, skip_plain64};

#else

const BlockReader kBlockReader32 = {nullptr, nullptr, nullptr};
const BlockReader kBlockReader64 = {nullptr, nullptr, nullptr};

#endif

}  // namespace core::json
