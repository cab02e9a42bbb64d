// How it works. The text must begin and end with the brackets of an array. That last bracket is
// part of no number, word or string, so whatever is walked over stops there at the latest, and the
// end needs to be asked for only where a bracket is passed. Strings are found by their marks.
// Whatever is out of the ordinary is left to inspect(), which also knows what to say of it; so what
// is here must never accept too much, and may refuse anything.
//
// That is the best way for short texts, and for strings of some length. Long texts of short tokens
// have more branches than can be foretold: those are looked at by blocks (dense.hpp).

#include <cstdint>
#include <cstring>

#include "core/json/dense.hpp"
#include "core/json/density.hpp"
#include "core/json/digit_run.hpp"
#include "core/json/json.hpp"
#include "core/json/marks.hpp"
#include "core/json/scan.hpp"

namespace core::json {
namespace {

/// Each step takes where it starts and returns where it ends, at the last byte at the latest;
/// nullptr gives up.
class CompactInspector {
 public:
  /// @param text Starts with `[`, and ends with another byte, `]`.
  explicit CompactInspector(std::string_view text) noexcept
      : begin_(text.data()), last_(begin_ + text.size() - 1), marks_(text) {}

  [[nodiscard]] bool run(Shape& shape) noexcept {
    shape.kind = Kind::Array;
    const char* element = begin_ + 1;
    if (element == last_) return true;
    const char* at = element_end(element);
    if (at == nullptr) return false;
    shape.first = between(element, at);
    std::size_t count = 1;
    for (; *at == ','; ++count) {
      element = at + 1;
      at = element_end(element);
      if (at == nullptr) return false;
    }
    shape.element_count = count;
    shape.last = between(element, at);
    return at == last_;
  }

 private:
  static Value between(const char* begin, const char* end) noexcept {
    return {kind_of(*begin), {begin, static_cast<std::size_t>(end - begin)}};
  }

  [[gnu::always_inline]] const char* element_end(const char* at) noexcept {
    return *at == '"' ? string(at, last_, marks_) : value(at);
  }

  /// One element, and all that is in it. What the loop needs at each step fits in registers, if it
  /// is kept out of the object meanwhile.
  [[gnu::noinline]] const char* value(const char* at) noexcept {
    Marks marks = marks_;
    at = value(at, last_, marks);
    marks_ = marks;
    return at;
  }

  /// Where the walk stands is where the code stands, so that no step asks what surrounds it. Only
  /// the end of a container asks, and goes on behind it as behind a scalar.
  [[gnu::always_inline]] static const char* value(const char* at, const char* last,
                                                  Marks& marks) noexcept {
    if (!is_bracket(*at)) return scalar(at, last, marks);
    std::uint64_t levels = 1;  // A bit a level, set for arrays, the innermost lowest; and the 1.

  container:
    if (levels >> 63 != 0) return nullptr;
    if (*at++ == '[') {
      levels = levels << 1 | 1;
      if (*at == ']') goto end_of_container;
      goto element;
    }
    levels <<= 1;
    if (*at == '}') goto end_of_container;

  member:
    if ((at = key(at, last, marks)) == nullptr) return nullptr;
    if (is_bracket(*at)) goto container;
    if ((at = scalar(at, last, marks)) == nullptr) return nullptr;
  end_of_member:
    if (*at == ',') {
      ++at;
      goto member;
    }
    if (*at != '}') return nullptr;
    goto end_of_container;

  element:
    if (is_bracket(*at)) goto container;
    if ((at = scalar(at, last, marks)) == nullptr) return nullptr;
  end_of_element:
    if (*at == ',') {
      ++at;
      goto element;
    }
    if (*at != ']') return nullptr;

  end_of_container:
    if (at++ == last) return nullptr;  // The bracket of the whole text.
    levels >>= 1;
    if (levels == 1) return at;
    if ((levels & 1) != 0) goto end_of_element;
    goto end_of_member;
  }

  static constexpr bool is_bracket(char byte) noexcept { return byte == '{' || byte == '['; }

  [[gnu::always_inline]] static const char* scalar(const char* at, const char* last,
                                                   Marks& marks) noexcept {
    if (*at == '"') return string(at, last, marks);
    // From `-` to `9`, and two more that number() refuses.
    if (static_cast<unsigned char>(*at - '-') <= '9' - '-') return number(at, last);
    return word(at, last);
  }

  [[gnu::always_inline]] static const char* key(const char* at, const char* last,
                                                Marks& marks) noexcept {
    if (*at != '"') return nullptr;
    at = string(at, last, marks);
    return at != nullptr && *at == ':' ? at + 1 : nullptr;
  }

  /// @param at The opening quote, which is the first mark that was not taken.
  [[gnu::always_inline]] static const char* string(const char* at, const char* last,
                                                   Marks& marks) noexcept {
    (void)marks.take();
    for (;;) {
      const char* const mark = marks.take();
      if (mark == nullptr) [[unlikely]]
        return nullptr;
      if (*mark == '"') [[likely]]
        return mark + 1;
      at = escape(mark, last);
      if (at == nullptr) return nullptr;
      marks.drop_before(at);
    }
  }

  [[gnu::noinline]] static const char* escape(const char* at, const char* last) noexcept {
    return escape_end(at, last);
  }

  static const char* number(const char* at, const char* last) noexcept {
    if (last - at >= 17) {
      if (const char* const end = plain_number_end(at)) return end;
    }
    return any_number_end(at);
  }

  /// Byte by byte: a number that is long, has an exponent, or is near the text's end.
  [[gnu::noinline]] static const char* any_number_end(const char* at) noexcept {
    if (*at == '-') ++at;
    const char* end = skip_digits(at);
    if (end == at || (*at == '0' && end - at != 1)) return nullptr;
    if (*end == '.') {
      const char* const fraction = end + 1;
      end = skip_digits(fraction);
      if (end == fraction) return nullptr;
    }
    if (*end == 'e' || *end == 'E') {
      const char* const exponent = end + (end[1] == '+' || end[1] == '-' ? 2 : 1);
      end = skip_digits(exponent);
      if (end == exponent) return nullptr;
    }
    return end;
  }

  static const char* skip_digits(const char* at) noexcept {
    while (is_digit(*at)) ++at;
    return at;
  }

  /// `true`, `false` or `null`: four bytes of each, behind the f.
  static const char* word(const char* at, const char* last) noexcept {
    constexpr std::ptrdiff_t kBytes = 4;
    const bool is_false = *at == 'f';
    at += is_false ? 1 : 0;
    if (last - at < kBytes) return nullptr;
    const bool matches =
        is_false ? std::memcmp(at, "alse", kBytes) == 0
                 : std::memcmp(at, "true", kBytes) == 0 || std::memcmp(at, "null", kBytes) == 0;
    return matches ? at + kBytes : nullptr;
  }

  const char* begin_;
  const char* last_;
  Marks marks_;
};

/// Below, the start of the quicker way costs more than it saves; and so does asking for it.
constexpr std::size_t kLongBytesMin = 512;
static_assert(kLongBytesMin >= kDenseBytesMin);

/// Asked once. None before that, which is right for every machine.
const BlockReader kWidestReader = widest_reader();

}  // namespace

bool inspect_compact(std::string_view text, Shape& shape) noexcept {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return false;
  if (text.size() >= kLongBytesMin && kWidestReader.read != nullptr && looks_dense(text))
    return inspect_dense(text, shape, kWidestReader);
  return CompactInspector(text).run(shape);
}

}  // namespace core::json
