#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// MessagePack exactly as notepack.io 2.2.0 decodes it under Node.js: the decoder inside
/// socket.io-msgpack-parser. It is more forgiving than the specification in places, and in others
/// it has meanings of its own, so a library that follows the specification would judge differently.
///
/// The build of notepack.io that bundlers give to browsers differs in three things, none modelled:
/// it refuses text that is no UTF-8 by its lead bytes, its extension type 0 is no ArrayBuffer, and
/// it words "past the end" in another way. Whatever an encoder writes, all read alike.
/// Source: notepack.io 2.2.0, lib/decode.js.
namespace core::msgpack {

/// What a value becomes in JavaScript.
enum class Kind : std::uint8_t {
  Undefined,  ///< fixext 1 of type 0
  Null,
  False,
  True,
  Number,       ///< All widths; 64-bit integers are rounded to doubles.
  String,       ///< Bytes that are no UTF-8 become U+FFFD.
  Binary,       ///< A Buffer.
  ArrayBuffer,  ///< ext 8, 16 or 32 of type 0
  Date,         ///< fixext 8 of type 0: milliseconds, as an integer of 64 bits
  Extension,    ///< Every other extension: an array, `[type, Buffer]`.
  Array,
  Map,  ///< Keys are values of any kind, made strings as JavaScript makes property keys.
};

/// One value; of an array or a map its head, its content follows.
struct Token {
  Kind kind;
  std::uint32_t size;   ///< Bytes of content, or elements, or members.
  std::size_t begin;    ///< Of its type byte, from the start of the bytes.
  std::size_t content;  ///< Behind its head.
};

/// Every reason for which notepack.io throws, and ours for following no further.
enum class Errc : std::uint8_t {
  NoValue,          ///< The byte 0xc1, or no byte, where a value should start.
  FieldCut,         ///< A number or a length that the bytes end in.
  WrongLength,      ///< Bytes behind the value, or a string or binary that the bytes end in.
  KeyNotPrimitive,  ///< A map that is a key and has no toString().
  TooDeep,          ///< Not malformed: deeper than limits::kMsgpackDepthMax.
  TooOdd,           ///< Not malformed: see Document.
};

struct Error {
  Errc code;
  std::uint8_t field_bytes;  ///< `FieldCut`: how many it wanted.
  std::size_t offset_bytes;  ///< Where reading stopped; `WrongLength` may lie beyond the end.
};

/// Reads value after value. A string or binary that the bytes end in is no error here: the next
/// read fails, or the end is not where it should be.
class Reader {
 public:
  explicit Reader(std::string_view bytes) noexcept : bytes_(bytes) {}

  /// Reads the next value, or the head of it.
  /// @return false: see error().
  [[nodiscard]] bool next(Token& token) noexcept {
    token.begin = at_;
    if (at_ >= bytes_.size()) return fail(Errc::NoValue, bytes_.size());
    const unsigned prefix = static_cast<unsigned char>(bytes_[at_++]);
    token.content = at_;
    token.size = 0;
    token.kind = Kind::Number;
    if (prefix < 0x80 || prefix >= 0xe0) return true;
    if (prefix >= 0xc0) return wide(prefix, token);
    if (prefix >= 0xa0) {
      token.kind = Kind::String;
      token.size = prefix & 0x1fU;
      at_ += token.size;
    } else {
      token.kind = prefix < 0x90 ? Kind::Map : Kind::Array;
      token.size = prefix & 0xfU;
    }
    return true;
  }

  /// Whether everything was read, and no more than everything.
  [[nodiscard]] bool finish() noexcept {
    return at_ == bytes_.size() || fail(Errc::WrongLength, at_);
  }

  /// What stopped next() or finish().
  [[nodiscard]] const Error& error() const noexcept { return error_; }

  /// Where the next value starts; beyond the end after a string that the bytes end in.
  [[nodiscard]] std::size_t at() const noexcept { return at_; }

  /// Of strings, binary and extensions: the content, as far as it is there.
  [[nodiscard]] std::string_view content(const Token& token) const noexcept {
    return token.content < bytes_.size() ? bytes_.substr(token.content, token.size)
                                         : std::string_view();
  }

  /// The bytes [begin, end), as far as they are there.
  [[nodiscard]] std::string_view between(std::size_t begin, std::size_t end) const noexcept {
    return bytes_.substr(begin, end - begin);
  }

 private:
  bool wide(unsigned prefix, Token& token) noexcept;
  bool number(Token& token, std::uint8_t field_bytes, unsigned fields) noexcept;
  bool sized(Token& token, Kind kind, std::uint8_t length_bytes) noexcept;
  bool extension(Token& token, std::uint8_t length_bytes) noexcept;
  bool fixed_extension(Token& token, std::uint32_t size) noexcept;

  [[nodiscard]] bool has(std::size_t at, std::uint8_t field_bytes) noexcept {
    return (at <= bytes_.size() && bytes_.size() - at >= field_bytes) ||
           fail(Errc::FieldCut, at, field_bytes);
  }
  bool fail(Errc code, std::size_t at, std::uint8_t field_bytes = 0) noexcept {
    error_ = {code, field_bytes, at};
    return false;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  Error error_{};
};

/// What a number is, a date's milliseconds, or an extension's type.
/// @param raw From the value's type byte on; the value is whole.
[[nodiscard]] double number_of(std::string_view raw) noexcept;

/// Appends the message of the official error, such as "-2 trailing bytes"; of ours, our words.
/// @param size_bytes Of everything that was read.
void append_message(const Error& error, std::size_t size_bytes, std::string& out);

}  // namespace core::msgpack
