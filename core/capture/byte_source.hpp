#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace core::capture {

/// Where a reader gets its bytes from: a file, as a rule. The implementation knows what went wrong
/// when it stops early; to a reader that is the end.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills the front of `into` and returns how much; 0 at the end.
  [[nodiscard]] virtual std::size_t read(std::span<char> into) = 0;
};

/// A source with a look ahead. Holds what was looked at and not yet taken, and nothing else.
class Input {
 public:
  explicit Input(ByteSource& source) noexcept : source_(source) {}

  /// The next `size` bytes; fewer at the end of the source. Borrowed until the next call.
  [[nodiscard]] std::string_view peek(std::size_t size) {
    while (end_ - begin_ < size && !over_) fill(size);
    return {buffer_.data() + begin_, std::min(size, end_ - begin_)};
  }
  /// Moves on by `size` bytes, which need not have been looked at. False: the source ended before.
  bool skip(std::uint64_t size) {
    while (size != 0) {
      if (begin_ == end_) static_cast<void>(peek(1));
      if (begin_ == end_) return false;
      const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(size, end_ - begin_));
      begin_ += step;
      offset_bytes_ += step;
      size -= step;
    }
    return true;
  }
  /// Of the next byte, from the source's start.
  [[nodiscard]] std::uint64_t offset_bytes() const noexcept { return offset_bytes_; }

 private:
  void fill(std::size_t wanted) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
    // Grows with what really came, so that a length which lies costs nothing.
    const std::size_t room = std::max(kReadBytes, std::min(wanted, 2 * end_));
    if (buffer_.size() < end_ + room) buffer_.resize(end_ + room);
    const std::size_t size = source_.read(std::span(buffer_).subspan(end_));
    over_ = size == 0;
    end_ += size;
  }

  static constexpr std::size_t kReadBytes = 64 << 10;

  ByteSource& source_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t offset_bytes_ = 0;
  bool over_ = false;
};

}  // namespace core::capture
