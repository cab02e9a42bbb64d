#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace core::engineio {

/// A long-polling body: packets joined by one byte.
///
///     4hello 0x1e 2 0x1e bAQID
///
/// Source: Engine.IO protocol v4, "HTTP long-polling".
inline constexpr char kPacketSeparator = '\x1e';

/// Splits a complete body. Like JavaScript's split(), it yields at least one packet: an empty body
/// is one empty packet (which decode_packet() refuses), a trailing separator adds one.
class PayloadReader {
 public:
  /// @param body Borrowed as long as the reader and its packets live.
  explicit PayloadReader(std::string_view body) noexcept : rest_(body) {}

  [[nodiscard]] std::optional<std::string_view> next() noexcept {
    if (!rest_) return std::nullopt;
    const std::size_t end = rest_->find(kPacketSeparator);
    const std::string_view packet = rest_->substr(0, end);
    if (end == std::string_view::npos)
      rest_.reset();
    else
      rest_->remove_prefix(end + 1);
    return packet;
  }

 private:
  std::optional<std::string_view> rest_;
};

enum class PayloadErrc : std::uint8_t {
  TooLarge,   ///< A packet is cut over chunks and larger than the limit. Not malformed: unobserved.
  Malformed,  ///< "parser error" in the official words. A payload of Engine.IO 4 never is.
};

/// Splits a body that arrives in chunks. However it is cut, the packets are those of PayloadReader.
///
///     stream.receive(chunk);  while (auto packet = stream.next()) ...     for each chunk
///     stream.finish();        while (auto packet = stream.next()) ...     at the end of the body
///
/// Only the piece of a packet that a chunk's end cuts off is copied and kept.
class PayloadStream {
 public:
  /// @param kept_bytes_max Most bytes kept between chunks.
  explicit PayloadStream(std::size_t kept_bytes_max) noexcept : kept_bytes_max_(kept_bytes_max) {}

  /// Hands over a chunk: borrowed until next() has returned nothing.
  void receive(std::string_view chunk) noexcept { chunk_ = chunk; }

  /// Says that the body is complete: what is left is its last packet. Then the stream is ready for
  /// another body.
  void finish() noexcept { finished_ = true; }

  /// The next complete packet, valid until the next call of any member. Nothing: wants more.
  /// After `TooLarge` the rest of the body is skipped.
  [[nodiscard]] std::optional<tl::expected<std::string_view, PayloadErrc>> next() noexcept;

 private:
  [[nodiscard]] std::optional<tl::expected<std::string_view, PayloadErrc>> take_last() noexcept;
  void release_kept() noexcept;

  std::size_t kept_bytes_max_;
  std::string_view chunk_;
  std::string kept_;             ///< The start of a packet that earlier chunks held.
  bool kept_was_given_ = false;  ///< The last packet was a view of `kept_`.
  bool finished_ = false;
  bool skipping_ = false;
};

}  // namespace core::engineio
