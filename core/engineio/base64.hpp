#pragma once

#include <string>
#include <string_view>

namespace core::engineio {

/// Appends the bytes that Node's `Buffer.from(text, "base64")` yields. Never fails: both alphabets
/// are accepted, padding is optional, and what is no digit is skipped.
/// Source: Node.js 20, deps/nbytes and "Buffer"; checked against it by tests/differential.
void decode_base64(std::string_view text, std::string& out);

/// Appends the standard form, padded.
void encode_base64(std::string_view bytes, std::string& out);

}  // namespace core::engineio
