#include "core/msgpack/text.hpp"

#include <cmath>

#include "core/engineio/base64.hpp"
#include "core/json/document.hpp"
#include "core/json/number.hpp"
#include "core/msgpack/date.hpp"

namespace core::msgpack {

Character character_at(std::string_view bytes) noexcept {
  const auto byte = [&](std::size_t i) -> unsigned {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {1, true};
  if (lead < 0xc2 || lead > 0xf4) return {1, false};

  // Overlong forms, surrogates and what lies beyond U+10FFFF fail at their second byte already.
  unsigned low = 0x80;
  unsigned high = 0xbf;
  if (lead == 0xe0) low = 0xa0;
  if (lead == 0xed) high = 0x9f;
  if (lead == 0xf0) low = 0x90;
  if (lead == 0xf4) high = 0x8f;
  const std::uint8_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (std::uint8_t i = 1; i < size; ++i) {
    if (byte(i) < low || byte(i) > high) return {i, false};
    low = 0x80;
    high = 0xbf;
  }
  return {size, true};
}

void append_utf8(std::string_view bytes, std::string& out) {
  while (!bytes.empty()) {
    const Character character = character_at(bytes);
    out += character.is_valid ? bytes.substr(0, character.bytes) : kReplacement;
    bytes.remove_prefix(character.bytes);
  }
}

void append_string(const Reader& reader, const Token& token, std::string_view raw,
                   std::string& out) {
  switch (token.kind) {
    case Kind::Undefined:
      out += "undefined";
      break;
    case Kind::Null:
      out += "null";
      break;
    case Kind::False:
      out += "false";
      break;
    case Kind::True:
      out += "true";
      break;
    case Kind::Number: {
      const double number = number_of(raw);
      if (std::isfinite(number))
        json::append_number(number, out);
      else
        out += std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
      break;
    }
    case Kind::String:
    case Kind::Binary:
      append_utf8(reader.content(token), out);
      break;
    case Kind::ArrayBuffer:
      out += "[object ArrayBuffer]";
      break;
    case Kind::Date: {
      const DateText date = plain_date(number_of(raw));
      out += date.size == 0 ? "Invalid Date" : date.view();
      break;
    }
    case Kind::Extension:
    case Kind::Array:
    case Kind::Map:
      break;
  }
}

void append_json(const Reader& reader, const Token& token, std::string_view raw, std::string& out) {
  switch (token.kind) {
    case Kind::Null:
    case Kind::False:
    case Kind::True:
      append_string(reader, token, raw, out);
      break;
    case Kind::Number:
      json::append_number(number_of(raw), out);
      break;
    case Kind::String: {
      std::string plain;
      append_utf8(reader.content(token), plain);
      json::quote(plain, out);
      break;
    }
    case Kind::Binary:
    case Kind::ArrayBuffer:
      out += R"({"$base64":")";
      engineio::encode_base64(reader.content(token), out);
      out += R"("})";
      break;
    case Kind::Date: {
      const DateText date = iso_date(number_of(raw));
      if (date.size == 0)
        out += "null";
      else
        out.append(1, '"').append(date.view()).append(1, '"');
      break;
    }
    case Kind::Undefined:
    case Kind::Extension:
    case Kind::Array:
    case Kind::Map:
      break;
  }
}

}  // namespace core::msgpack
