#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "core/engineio/payload.hpp"
#include "core/engineio/utf16_walk.hpp"

namespace core::engineio {

/// Splits an Engine.IO 3 payload of text that arrives in chunks:
///
///     <length>:<packet>...       6:4hello2:4é        lengths count UTF-16 units
///
/// The length is whatever `Number(length)` takes for the number of units that follow (`0x6:`,
/// ` 6:`, `6e0:`). A length of 0 is passed over. Used as PayloadStream is; a whole body is one
/// chunk:
///
///     stream.receive(body);  stream.finish();  while (auto packet = stream.next()) ...
///
/// However a body is cut, packets and error are the same. Errors: `Malformed` where the official
/// parser calls back with "parser error", also for a packet that decode_packet_v3() would refuse;
/// `TooLarge`. The packets before an error stand, the rest of the body is skipped.
///
/// A packet within one chunk is a view of it; one that is cut is copied and kept. A packet may end
/// with the first half of a character that its length cuts in two (in WTF-8): `Malformed` follows.
/// Source: engine.io-parser 2.2.1, decodePayload().
class PayloadV3Stream {
 public:
  /// @param kept_bytes_max Most bytes kept between chunks.
  explicit PayloadV3Stream(std::size_t kept_bytes_max) noexcept : kept_bytes_max_(kept_bytes_max) {}

  /// Hands over a chunk: borrowed until next() has returned nothing.
  void receive(std::string_view chunk) noexcept { chunk_ = chunk; }

  /// Says that the body is complete. Then the stream is ready for another body.
  void finish() noexcept { finished_ = true; }

  /// The next complete packet, valid until the next call of any member. Nothing: wants more.
  [[nodiscard]] std::optional<tl::expected<std::string_view, PayloadErrc>> next() noexcept;

 private:
  enum class State : std::uint8_t {
    Start,     ///< No byte of the body has come.
    Length,    ///< `kept_` holds the start of a length.
    Packet,    ///< `kept_` holds the start of a packet, `units_left_` are missing.
    Broken,    ///< An error is due: the last packet ended in the middle of a character.
    Skipping,  ///< After an error, until the body ends.
  };
  using Result = std::optional<tl::expected<std::string_view, PayloadErrc>>;

  [[nodiscard]] Result read_length() noexcept;
  [[nodiscard]] Result read_packet() noexcept;
  [[nodiscard]] Result give(std::string_view packet) noexcept;
  [[nodiscard]] Result keep_chunk() noexcept;
  [[nodiscard]] Result fail(PayloadErrc code) noexcept;
  void release_kept() noexcept;
  void start_over() noexcept;

  std::size_t kept_bytes_max_;
  std::string_view chunk_;
  std::string kept_;
  std::size_t units_left_ = 0;
  Utf16Walk walk_;
  State state_ = State::Start;
  bool kept_was_given_ = false;  ///< The last packet was a view of `kept_`.
  bool finished_ = false;
};

}  // namespace core::engineio
