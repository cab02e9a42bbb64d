#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "core/inflate/zlib_stream.hpp"

struct BrotliDecoderStateStruct;

namespace core::inflate {

/// One brotli stream, owned. Its window, which the data sizes, takes up to 16 MiB.
///
/// The library gives nothing of a call in which the data turns out to be corrupt, so what comes
/// before an error would depend on how the bytes were cut. They are given to it in blocks of
/// kBlockBytes, counted from the stream's begin, whatever the chunks. Source: RFC 7932.
class BrotliStream {
 public:
  static constexpr std::size_t kBlockBytes = 64;

  /// Nothing: there is no memory.
  [[nodiscard]] static std::optional<BrotliStream> open() noexcept;

  /// As ZlibStream::step(). Text may lag behind the bytes that were given by a block.
  [[nodiscard]] StreamStep step(std::string_view& encoded, std::span<char> out) noexcept;
  /// No more bytes will come: as step(), for what is left. Call until `out` is not filled.
  [[nodiscard]] StreamStep finish(std::span<char> out) noexcept;

  /// Bytes that were taken and not needed: once Ended, they follow the stream's end.
  [[nodiscard]] std::size_t unread_bytes() const noexcept { return block_bytes_ - read_bytes_; }

 private:
  struct Close {
    void operator()(BrotliDecoderStateStruct* state) const noexcept;
  };
  explicit BrotliStream(BrotliDecoderStateStruct* state) noexcept : state_(state) {}

  std::unique_ptr<BrotliDecoderStateStruct, Close> state_;
  std::array<char, kBlockBytes> block_{};
  std::size_t block_bytes_ = 0;  ///< Collected of the next block, or of the one being decoded.
  std::size_t read_bytes_ = 0;   ///< Decoded of it.
};

}  // namespace core::inflate
