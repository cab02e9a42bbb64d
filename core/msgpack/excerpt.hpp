#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

namespace core::msgpack {

/// Text in a buffer of fixed size. What does not fit is cut, and so is everything behind it.
class FixedText {
 public:
  explicit FixedText(std::span<char> buffer) noexcept : buffer_(buffer) {}

  /// Appends all of `piece` or, if there is not enough room, nothing.
  void append(std::string_view piece) noexcept {
    if (cut_ || piece.size() > buffer_.size() - size_) {
      cut_ = true;
      return;
    }
    std::memcpy(buffer_.data() + size_, piece.data(), piece.size());
    size_ += piece.size();
  }

  /// Appends one byte that is a character.
  void append(char byte) noexcept {
    if (cut_ || size_ == buffer_.size()) {
      cut_ = true;
      return;
    }
    buffer_[size_++] = byte;
  }

  /// Appends as many bytes as there is room for; of text in which each byte is a character.
  void append_ascii(std::string_view text) noexcept {
    const std::size_t room = cut_ ? 0 : buffer_.size() - size_;
    append(text.substr(0, room));
    cut_ = cut_ || text.size() > room;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool cut() const noexcept { return cut_; }
  [[nodiscard]] std::string_view view() const noexcept { return {buffer_.data(), size_}; }

 private:
  std::span<char> buffer_;
  std::size_t size_ = 0;
  bool cut_ = false;
};

/// Writes bytes as text, in whole characters, as Node reads UTF-8: what is none becomes U+FFFD.
void write_utf8(std::string_view bytes, FixedText& out) noexcept;

/// Writes one value as JSON, as it was sent: duplicate keys and all, undefined as null, a key that
/// is an array or a map as "…". What comes out uncut is a JSON text. Allocates nothing, and stops
/// when the buffer is full.
/// @param raw One whole value that Walk accepted.
void write_json(std::string_view raw, FixedText& out) noexcept;

}  // namespace core::msgpack
