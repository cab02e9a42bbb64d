#pragma once

#include <string>
#include <string_view>

namespace core::engineio {

/// Appends the bytes that Node's `Buffer.from(text, "base64")` yields. Never fails: both alphabets
/// are accepted, padding is optional, what is no digit is skipped, the first `=` ends it. Beyond
/// Latin-1, Node looks at the low byte of each UTF-16 unit: U+0141 counts as `A`, and most emoji
/// end the text, their first half being 0x..3D. Source: Node.js 20, base64_decode(); checked
/// against it by tests/differential.
/// @param text UTF-8, or WTF-8. Three stray bytes at its start, the rest of a character of four,
/// are
///   that character's second unit: Engine.IO 3 takes the first for a type (packet_v3.hpp).
void decode_base64(std::string_view text, std::string& out);

/// Appends the standard form, padded.
void encode_base64(std::string_view bytes, std::string& out);

}  // namespace core::engineio
