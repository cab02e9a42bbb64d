#pragma once

#include <string>
#include <string_view>

#include "core/msgpack/reader.hpp"

/// What JavaScript makes of bytes and of scalars, as text.
namespace core::msgpack {

/// The first character of `bytes`: how long, and whether it is UTF-8. What is not becomes one
/// U+FFFD for each maximal part, as in Node's `Buffer.toString("utf8")`: surrogates too.
/// Source: WHATWG Encoding, "UTF-8 decoder".
struct Character {
  std::uint8_t bytes;
  bool is_valid;
};
[[nodiscard]] Character character_at(std::string_view bytes) noexcept;

inline constexpr std::string_view kReplacement = "\xef\xbf\xbd";

/// Appends `bytes.toString("utf8")`.
void append_utf8(std::string_view bytes, std::string& out);

/// Appends `String(value)` for anything but arrays, maps and extensions.
void append_string(const Reader& reader, const Token& token, std::string_view raw,
                   std::string& out);

/// Appends `JSON.stringify(value)` for the same; binary as `{"$base64":"..."}`. Undefined appends
/// nothing.
void append_json(const Reader& reader, const Token& token, std::string_view raw, std::string& out);

}  // namespace core::msgpack
