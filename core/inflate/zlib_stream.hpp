#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

struct z_stream_s;

namespace core::inflate {

/// What lies around the deflate data. Source: RFC 1950 (Zlib), RFC 1952 (Gzip).
enum class Wrapping : std::uint8_t { Raw, Zlib, Gzip };

/// The window that deflate knows: references reach 2^15 bytes back.
inline constexpr int kWindowBitsMax = 15;
/// What a stream takes at most: zlib's own 7 KiB, and the window.
[[nodiscard]] constexpr std::size_t zlib_stream_bytes(int window_bits) noexcept {
  return (std::size_t{7} << 10) + (std::size_t{1} << window_bits);
}

/// Where a stream stands after a step.
enum class StreamState : std::uint8_t {
  GoesOn,
  Ended,     ///< Its last block, and what the wrapping puts behind it, was read.
  Corrupt,   ///< This is no deflate data; so are all later steps.
  NoMemory,  ///< Likewise for good.
};

struct StreamStep {
  std::size_t written_bytes;
  StreamState state;
};

/// One inflate stream of zlib's, owned. Takes 7 KiB, and 2^window_bits from its first output on.
/// The checksum of Gzip is not compared: browsers skip it. That of Zlib is, as they do.
class ZlibStream {
 public:
  /// @param window_bits 8..15. References that reach further back are Corrupt.
  /// Nothing: there is no memory.
  [[nodiscard]] static std::optional<ZlibStream> open(Wrapping wrapping, int window_bits) noexcept;

  /// Takes bytes from the front of `deflated` and writes text to the front of `out`, as much as
  /// there is: when `out` is not filled and the stream goes on, `deflated` is used up.
  /// However the bytes are cut, the text before the end or an error is the same.
  [[nodiscard]] StreamStep step(std::string_view& deflated, std::span<char> out) noexcept;

  /// Begins anew, without history; nothing is freed.
  void reset() noexcept;

  /// Whether the next byte begins a block.
  [[nodiscard]] bool between_blocks() const noexcept;

 private:
  struct Close {
    void operator()(z_stream_s* stream) const noexcept;
  };
  explicit ZlibStream(z_stream_s* stream) noexcept : stream_(stream) {}

  std::unique_ptr<z_stream_s, Close> stream_;  ///< zlib's state points back, so it must not move.
};

}  // namespace core::inflate
