#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace core::engineio {

/// Walks UTF-8 that arrives in chunks and counts the UTF-16 units of the JavaScript string it
/// becomes: lengths of Engine.IO 3 are `string.length`.
///
/// What is no UTF-8 counts as the U+FFFD that Node's and browsers' decoders put in its place, one
/// for each maximal part. Surrogates written out (WTF-8) count as the unit they are: decoders of
/// ours hand them on, and no encoder puts them on the wire.
/// Source: WHATWG Encoding, "UTF-8 decoder".
class Utf16Walk {
 public:
  /// Goes on until `units_left` is 0 or the chunk is used up. Returns the bytes walked.
  [[nodiscard]] std::size_t take(std::string_view chunk, std::size_t& units_left) noexcept;

  /// Whether the text so far ends within a character. At the end of a body that is one U+FFFD.
  [[nodiscard]] bool inside_character() const noexcept { return tail_bytes_ != 0; }

  /// The last character walked has two units and only its first was wanted. take() walked all of
  /// its four bytes.
  [[nodiscard]] bool split_character() const noexcept { return split_; }

  [[nodiscard]] bool saw_invalid() const noexcept { return saw_invalid_; }
  [[nodiscard]] bool saw_surrogate() const noexcept { return saw_surrogate_; }

 private:
  [[nodiscard]] bool start_character(unsigned char lead) noexcept;

  std::uint8_t tail_bytes_ = 0;            ///< Bytes that the current character still wants ...
  std::uint8_t low_ = 0x80, high_ = 0xbf;  ///< ... and the bounds of the next.
  bool astral_ = false;                    ///< The current character has four bytes: two units.
  bool after_ed_ = false;                  ///< Its first byte was ED: maybe a surrogate.
  bool split_ = false;
  bool saw_invalid_ = false;
  bool saw_surrogate_ = false;
};

}  // namespace core::engineio
