#include "core/msgpack/reader.hpp"

#include <bit>

namespace core::msgpack {
namespace {

std::uint64_t big_endian(std::string_view bytes, std::size_t at, std::size_t count) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i)
    value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

}  // namespace

bool Reader::wide(unsigned prefix, Token& token) noexcept {
  switch (prefix) {
    case 0xc0:
      token.kind = Kind::Null;
      return true;
    case 0xc2:
      token.kind = Kind::False;
      return true;
    case 0xc3:
      token.kind = Kind::True;
      return true;

    case 0xc4:
      return sized(token, Kind::Binary, 1);
    case 0xc5:
      return sized(token, Kind::Binary, 2);
    case 0xc6:
      return sized(token, Kind::Binary, 4);

    case 0xc7:
      return extension(token, 1);
    case 0xc8:
      return extension(token, 2);
    case 0xc9:
      return extension(token, 4);

    case 0xcc:
    case 0xd0:
      return number(token, 1, 1);
    case 0xcd:
    case 0xd1:
      return number(token, 2, 1);
    case 0xca:
    case 0xce:
    case 0xd2:
      return number(token, 4, 1);
    case 0xcb:
      return number(token, 8, 1);
    case 0xcf:
    case 0xd3:
      return number(token, 4, 2);

    case 0xd4:
      return fixed_extension(token, 1);
    case 0xd5:
      return fixed_extension(token, 2);
    case 0xd6:
      return fixed_extension(token, 4);
    case 0xd7:
      return fixed_extension(token, 8);
    case 0xd8:
      return fixed_extension(token, 16);

    case 0xd9:
      return sized(token, Kind::String, 1);
    case 0xda:
      return sized(token, Kind::String, 2);
    case 0xdb:
      return sized(token, Kind::String, 4);

    case 0xdc:
      return sized(token, Kind::Array, 2);
    case 0xdd:
      return sized(token, Kind::Array, 4);
    case 0xde:
      return sized(token, Kind::Map, 2);
    case 0xdf:
      return sized(token, Kind::Map, 4);
  }
  return fail(Errc::NoValue, token.begin);
}

/// 64-bit integers are read in two halves, so it is the second that may be cut.
bool Reader::number(Token& token, std::uint8_t field_bytes, unsigned fields) noexcept {
  token.kind = Kind::Number;
  for (unsigned i = 0; i < fields; ++i, at_ += field_bytes)
    if (!has(at_, field_bytes)) return false;
  return true;
}

bool Reader::sized(Token& token, Kind kind, std::uint8_t length_bytes) noexcept {
  if (!has(at_, length_bytes)) return false;
  token.kind = kind;
  token.size = static_cast<std::uint32_t>(big_endian(bytes_, at_, length_bytes));
  at_ += length_bytes;
  token.content = at_;
  if (kind == Kind::String || kind == Kind::Binary) at_ += token.size;
  return true;
}

bool Reader::extension(Token& token, std::uint8_t length_bytes) noexcept {
  if (!sized(token, Kind::Extension, length_bytes) || !has(at_, 1)) return false;
  if (bytes_[at_] == 0) token.kind = Kind::ArrayBuffer;
  token.content = ++at_;
  at_ += token.size;
  return true;
}

bool Reader::fixed_extension(Token& token, std::uint32_t size) noexcept {
  if (!has(at_, 1)) return false;
  const bool is_type_0 = bytes_[at_] == 0;
  token.content = ++at_;
  if (is_type_0 && size == 8) {
    token.kind = Kind::Date;
    if (!has(at_, 4) || !has(at_ + 4, 4)) return false;
  } else if (is_type_0 && size == 1) {
    token.kind = Kind::Undefined;  // Its byte is not read: it may be missing.
  } else {
    token.kind = Kind::Extension;
    token.size = size;
  }
  at_ += size;
  return true;
}

double number_of(std::string_view raw) noexcept {
  const unsigned prefix = static_cast<unsigned char>(raw.front());
  if (prefix < 0x80) return prefix;
  if (prefix >= 0xe0) return static_cast<std::int8_t>(prefix);
  const auto field = [&](std::size_t bytes) { return big_endian(raw, 1, bytes); };
  switch (prefix) {
    case 0xca:
      return std::bit_cast<float>(static_cast<std::uint32_t>(field(4)));
    case 0xcb:
      return std::bit_cast<double>(field(8));
    case 0xcc:
      return static_cast<double>(field(1));
    case 0xcd:
      return static_cast<double>(field(2));
    case 0xce:
      return static_cast<double>(field(4));
    case 0xcf:
      return static_cast<double>(field(8));
    case 0xd0:
      return static_cast<std::int8_t>(field(1));
    case 0xd1:
      return static_cast<std::int16_t>(field(2));
    case 0xd2:
      return static_cast<std::int32_t>(field(4));
    case 0xd3:
      return static_cast<double>(static_cast<std::int64_t>(field(8)));

    case 0xd7:
      if (raw[1] == 0) return static_cast<double>(static_cast<std::int64_t>(big_endian(raw, 2, 8)));
      [[fallthrough]];
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd8:
      return static_cast<std::int8_t>(raw[1]);
    case 0xc7:
      return static_cast<std::int8_t>(raw[2]);
    case 0xc8:
      return static_cast<std::int8_t>(raw[3]);
    case 0xc9:
      return static_cast<std::int8_t>(raw[5]);
  }
  return 0;  // No number.
}

void append_message(const Error& error, std::size_t size_bytes, std::string& out) {
  switch (error.code) {
    case Errc::NoValue:
      out += "Could not parse";
      break;
    case Errc::FieldCut:  // The words of Node.js.
      if (size_bytes < error.field_bytes) {
        out += "Attempt to access memory outside buffer bounds";
      } else {
        out += "The value of \"offset\" is out of range. It must be >= 0 and <= ";
        out += std::to_string(size_bytes - error.field_bytes);
        out += ". Received " + std::to_string(error.offset_bytes);
      }
      break;
    case Errc::WrongLength:
      out += std::to_string(static_cast<std::int64_t>(size_bytes) -
                            static_cast<std::int64_t>(error.offset_bytes));
      out += " trailing bytes";
      break;
    case Errc::KeyNotPrimitive:
      out += "Cannot convert object to primitive value";
      break;
    case Errc::TooDeep:
      out += "not decoded: nested too deep to follow";
      break;
    case Errc::TooOdd:
      out += "not decoded: keys or prototypes too odd to follow";
      break;
  }
}

}  // namespace core::msgpack
