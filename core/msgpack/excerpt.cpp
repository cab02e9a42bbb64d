#include "core/msgpack/excerpt.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <string>

#include "core/engineio/base64.hpp"
#include "core/json/escape.hpp"
#include "core/json/number.hpp"
#include "core/limits.hpp"
#include "core/msgpack/date.hpp"
#include "core/msgpack/reader.hpp"
#include "core/msgpack/text.hpp"
#include "core/msgpack/walk.hpp"

namespace core::msgpack {
namespace {

/// Bytes at the start that are ASCII and stand for themselves between quotes.
std::size_t plain_bytes(std::string_view bytes) noexcept {
  std::size_t count = 0;
  while (count != bytes.size() && bytes[count] != '"' && bytes[count] != '\\' &&
         static_cast<unsigned char>(bytes[count]) - 0x20U < 0x60U)
    ++count;
  return count;
}

void write_quoted(std::string_view bytes, FixedText& out) noexcept {
  out.append('"');
  while (!bytes.empty() && !out.cut()) {
    if (const std::size_t plain = plain_bytes(bytes); plain != 0) {
      out.append_ascii(bytes.substr(0, plain));
      bytes.remove_prefix(plain);
      continue;
    }
    const Character character = character_at(bytes);
    if (const std::string_view escape = json::short_escape(bytes.front()); !escape.empty())
      out.append(escape);
    else if (static_cast<unsigned char>(bytes.front()) < 0x20)
      out.append(json::escape_unit(static_cast<unsigned char>(bytes.front())).view());
    else
      out.append(character.is_valid ? bytes.substr(0, character.bytes) : kReplacement);
    bytes.remove_prefix(character.bytes);
  }
  out.append('"');
}

void write_base64(std::string_view bytes, FixedText& out) noexcept {
  out.append(R"({"$base64":")");
  std::string piece;
  while (!bytes.empty() && !out.cut()) {
    constexpr std::size_t kPieceBytes = 9;  // Twelve digits, which no string allocates for.
    piece.clear();
    engineio::encode_base64(bytes.substr(0, kPieceBytes), piece);
    out.append_ascii(piece);
    bytes.remove_prefix(std::min(bytes.size(), kPieceBytes));
  }
  out.append(R"("})");
}

void write_date(const DateText& date, FixedText& out) noexcept {
  if (date.size == 0) return out.append("null");
  out.append('"');
  out.append_ascii(date.view());
  out.append('"');
}

/// Anything but arrays and maps.
void write_scalar(const Reader& reader, const Token& token, FixedText& out) noexcept {
  const std::string_view raw = reader.between(token.begin, reader.at());
  switch (token.kind) {
    case Kind::Undefined:
    case Kind::Null:
      return out.append("null");
    case Kind::False:
      return out.append("false");
    case Kind::True:
      return out.append("true");
    case Kind::Number:
      return out.append(json::number_text(number_of(raw)).view());
    case Kind::String:
      return write_quoted(reader.content(token), out);
    case Kind::Binary:
    case Kind::ArrayBuffer:
      return write_base64(reader.content(token), out);
    case Kind::Date:
      return write_date(iso_date(number_of(raw)), out);
    case Kind::Extension:
      out.append('[');
      out.append(json::number_text(number_of(raw)).view());
      out.append(',');
      write_base64(reader.content(token), out);
      return out.append(']');
    case Kind::Array:
    case Kind::Map:
      return;
  }
}

/// The key as it would be a property's, but for arrays and maps.
void write_key(Walk& walk, const Reader& reader, FixedText& out) noexcept {
  Token token;
  if (!walk.skip_value(token, 0)) return;
  const std::string_view raw = reader.between(token.begin, reader.at());
  switch (token.kind) {
    case Kind::Number: {
      const double number = number_of(raw);
      out.append('"');
      if (std::isfinite(number))
        out.append(json::number_text(number).view());
      else
        out.append(std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
      return out.append('"');
    }
    case Kind::Undefined:
      return out.append(R"("undefined")");
    case Kind::Null:
      return out.append(R"("null")");
    case Kind::False:
      return out.append(R"("false")");
    case Kind::True:
      return out.append(R"("true")");
    case Kind::String:
    case Kind::Binary:
      return write_quoted(reader.content(token), out);
    case Kind::ArrayBuffer:
      return out.append(R"("[object ArrayBuffer]")");
    case Kind::Date: {
      const DateText date = plain_date(number_of(raw));
      return date.size == 0 ? out.append(R"("Invalid Date")") : write_date(date, out);
    }
    case Kind::Extension:
    case Kind::Array:
    case Kind::Map:
      return out.append(R"("…")");
  }
}

}  // namespace

void write_utf8(std::string_view bytes, FixedText& out) noexcept {
  while (!bytes.empty() && !out.cut()) {
    const Character character = character_at(bytes);
    out.append(character.is_valid ? bytes.substr(0, character.bytes) : kReplacement);
    bytes.remove_prefix(character.bytes);
  }
}

void write_json(std::string_view raw, FixedText& out) noexcept {
  struct Level {
    std::uint32_t left;  ///< Elements or members still to come.
    bool is_map;
    bool is_first;
  };
  std::array<Level, limits::kMsgpackDepthMax + 1> levels;  // Not cleared; one is for an empty one.
  std::size_t depth = 0;
  Reader reader(raw);
  Walk walk(reader);
  do {
    if (depth != 0) {
      Level& top = levels[depth - 1];
      if (top.left == 0) {
        out.append(top.is_map ? '}' : ']');
        --depth;
        continue;
      }
      --top.left;
      if (!top.is_first) out.append(',');
      top.is_first = false;
      if (top.is_map) {
        write_key(walk, reader, out);
        out.append(':');
      }
    }
    Token token;
    if (!reader.next(token)) return;
    if (token.kind != Kind::Array && token.kind != Kind::Map) {
      write_scalar(reader, token, out);
    } else {
      assert(depth < levels.size());
      const bool is_map = token.kind == Kind::Map;
      out.append(is_map ? '{' : '[');
      levels[depth++] = {token.size, is_map, true};
    }
  } while (depth != 0 && !out.cut());
}

}  // namespace core::msgpack
