#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

/// JSON text exactly as `JSON.parse` sees it, without building a tree.
///
/// Accepted, because JavaScript accepts it: lone surrogate escapes, 1e999, integers of any length,
/// duplicate keys, any depth. Refused, because JavaScript refuses it: a BOM, whitespace other than
/// space, tab, LF and CR, control characters in strings, leading zeros, anything after the value.
/// Bytes of 0x80 and above are opaque inside strings and refused outside: whether the text is UTF-8
/// is the transport's business.
/// Source: ECMA-404; ECMA-262, "JSON.parse".
namespace core::json {

enum class Kind : std::uint8_t { Null, True, False, Number, String, Array, Object };

enum class Errc : std::uint8_t {
  UnexpectedEnd,     ///< The text stops inside a value, or holds none.
  UnexpectedByte,    ///< A byte that cannot stand here.
  ControlCharacter,  ///< An unescaped byte below 0x20 in a string.
  BadEscape,         ///< A backslash followed by no escape of JSON.
  BadNumber,         ///< Such as `01`, `1.`, `-` or `1e`.
  TrailingText,      ///< More than whitespace after the value.
  OutOfMemory,       ///< Not malformed: nested so deep that no memory was left to follow.
};

struct Error {
  Errc code;
  std::size_t offset_bytes;  ///< Of the byte that cannot stand there, from the start of the text.
};

/// One value and its source text, without surrounding whitespace; strings with their quotes.
struct Value {
  Kind kind;
  std::string_view raw;  ///< Borrows the input.
};

/// What a packet decoder wants to know of its payload.
struct Shape {
  Kind kind = Kind::Null;         ///< Of the whole text.
  std::size_t element_count = 0;  ///< Array elements, or object members before duplicates collapse.
  Value first{Kind::Null, {}};    ///< First array element. Empty `raw`: none, or no array.
  Value last{Kind::Null, {}};     ///< Last array element; the first one when there is only one.
};

/// The quick half of inspect(): an array as JSON.stringify() writes it, which is what nearly every
/// packet carries: no whitespace, and not more than some dozens of levels.
/// @param shape As it is made. Filled when the answer is true, spoilt when it is false.
/// @return True: valid. False says nothing: look closely.
[[nodiscard]] bool inspect_compact(std::string_view text, Shape& shape) noexcept;

/// The other half: any text. It knows where and why it is no JSON.
[[nodiscard]] tl::expected<Shape, Error> inspect_closely(std::string_view text) noexcept;

/// Validates all of `text` and describes its outermost value. One bit a level of nesting; the first
/// 1,024 levels live on the stack, only deeper text allocates.
[[nodiscard]] inline tl::expected<Shape, Error> inspect(std::string_view text) noexcept {
  tl::expected<Shape, Error> result;
  if (inspect_compact(text, *result)) return result;
  return inspect_closely(text);
}

/// The same, written where it stays: a shape that is copied as soon as it is made stalls the copy.
/// @return The error, if there is one; then `shape` is spoilt.
[[nodiscard]] inline std::optional<Error> inspect(std::string_view text, Shape& shape) noexcept {
  if (inspect_compact(text, shape)) return std::nullopt;
  const tl::expected<Shape, Error> result = inspect_closely(text);
  if (!result) return result.error();
  shape = *result;
  return std::nullopt;
}

/// The words for a report, such as "a control character in a string".
[[nodiscard]] std::string_view reason_text(Errc code) noexcept;

// Everything below reads text that inspect() accepted, and relies on it.

/// The value that `text` starts with; more may follow it, as inside a container.
[[nodiscard]] Value leading_value(std::string_view text) noexcept;

/// Yields the elements of an array, in order.
class ElementReader {
 public:
  /// @param array Text of one valid array. Borrowed as long as the reader and its values live.
  explicit ElementReader(std::string_view array) noexcept;
  [[nodiscard]] std::optional<Value> next() noexcept;

 private:
  std::string_view rest_;
};

struct Member {
  std::string_view key;  ///< Source text with quotes.
  Value value;
};

/// Yields the members of an object as written, duplicates included.
class MemberReader {
 public:
  explicit MemberReader(std::string_view object) noexcept;
  [[nodiscard]] std::optional<Member> next() noexcept;

 private:
  std::string_view rest_;
};

/// The value `JSON.parse(object)[key]` would have: the last of equal keys wins.
/// @param key Plain text, WTF-8; keys are compared after unescaping.
[[nodiscard]] std::optional<Value> find_member(std::string_view object,
                                               std::string_view key) noexcept;

/// The same of several keys, in one pass.
template <std::size_t kSize>
[[nodiscard]] std::array<std::optional<Value>, kSize> find_members(
    std::string_view object, const std::array<std::string_view, kSize>& keys) noexcept;

/// Whether a string's source text (with quotes) denotes `plain`. Allocates nothing.
[[nodiscard]] bool string_equals(std::string_view raw, std::string_view plain) noexcept;

/// Appends what a string's source text (with quotes) denotes. The result is WTF-8: UTF-8, and a
/// lone surrogate as the three bytes its code point would take (ED A0..BF xx). Two halves that end
/// up side by side, one escaped and one not, become one character, as they do in JavaScript.
void unescape(std::string_view raw, std::string& out);

template <std::size_t kSize>
std::array<std::optional<Value>, kSize> find_members(
    std::string_view object, const std::array<std::string_view, kSize>& keys) noexcept {
  std::array<std::optional<Value>, kSize> found;
  MemberReader members(object);
  while (const std::optional<Member> member = members.next()) {
    const std::string_view plain = member->key.substr(1, member->key.size() - 2);
    const bool escaped = plain.find('\\') != std::string_view::npos;  // Nearly none is.
    for (std::size_t i = 0; i < kSize; ++i)
      if (escaped ? string_equals(member->key, keys[i]) : plain == keys[i])
        found[i] = member->value;
  }
  return found;
}

}  // namespace core::json
