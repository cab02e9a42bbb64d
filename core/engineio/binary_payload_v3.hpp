#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "core/engineio/payload.hpp"

namespace core::engineio {

/// One packet of a payload, whatever the payload's kind.
struct PayloadPiece {
  std::string_view bytes;  ///< A packet in text form (UTF-8), or in binary form.
  bool binary = false;
};

/// Reads the frame heads of a binary Engine.IO 3 payload.
///
///     <0 text | 1 binary> <length: its digits as bytes 0..9> <255> <packet>
///     00 05 ff 34 c3 a9 ..                a text packet's length counts its UTF-8 bytes
///
/// Peers write what is not meant, and the official parser has an answer to all of it:
/// - Any type but 0 is binary.
/// - A byte above 9 counts as its decimal text, `12` as two digits. The parser then looks for the
///   packet behind as many bytes as the text is long, so that it skips one byte for each excess
///   digit.
/// - No digits: the packet is empty, and the 255 is the next frame's type.
/// - More than 310 digits before one more byte that is not 255, or no 255: "parser error".
class FrameHeadV3 {
 public:
  enum class Progress : std::uint8_t { WantsMore, Complete, Malformed };

  /// Takes bytes off the front of `chunk`, up to the end of the head.
  [[nodiscard]] Progress take(std::string_view& chunk) noexcept;

  [[nodiscard]] bool started() const noexcept { return has_type_; }
  [[nodiscard]] bool is_text() const noexcept { return is_text_; }
  /// Bytes to skip, then bytes of the packet: more than there are when its length is absurd. The
  /// last packet may be shorter than it says.
  [[nodiscard]] std::size_t skipped_bytes() const noexcept { return digits_ - length_bytes_; }
  [[nodiscard]] std::size_t packet_bytes() const noexcept { return packet_bytes_; }

  /// Call it when the packet is over.
  void start_next() noexcept;

 private:
  std::size_t packet_bytes_ = 0;
  std::uint16_t digits_ = 0;        ///< Of the length as decimal text ...
  std::uint16_t length_bytes_ = 0;  ///< ... and the bytes that gave them.
  bool has_type_ = false;
  bool is_text_ = false;
};

/// Whether the official parser finds a frame head wherever it looks for one. If not it calls back
/// with "parser error" and with no packet at all.
[[nodiscard]] bool is_framed_v3(std::string_view body) noexcept;

/// Splits a binary Engine.IO 3 payload that arrives in chunks. Used as PayloadStream is.
///
/// The bytes of a text packet are UTF-8 already. They are given as the official parser decodes
/// them: surrogates written out become U+FFFD, and since it reads `b...` byte by byte, what is not
/// ASCII there becomes the Latin-1 character.
///
/// However a body is cut, packets and error are the same. Errors: `TooLarge`; `Malformed` where the
/// official parser calls back with "parser error": a text packet that is not UTF-8 or that
/// decode_packet_v3() would refuse, a broken frame. The rest of the body is skipped. The official
/// parser would go on after a bad packet, but nobody listens: both peers close at the first error.
///
/// A broken frame takes all packets of its body with it over there. Here those before it stand:
/// they were on the wire, and to hold them back would mean to keep every body until it ends.
/// Whoever has all of a body asks is_framed_v3() first. Source: engine.io-parser 2.2.1,
/// decodePayloadAsBinary(); its utf8.js.
class BinaryPayloadV3Stream {
 public:
  /// @param kept_bytes_max Most bytes kept between chunks.
  explicit BinaryPayloadV3Stream(std::size_t kept_bytes_max) noexcept
      : kept_bytes_max_(kept_bytes_max) {}

  /// Hands over a chunk: borrowed until next() has returned nothing.
  void receive(std::string_view chunk) noexcept { chunk_ = chunk; }

  /// Says that the body is complete. Then the stream is ready for another body.
  void finish() noexcept { finished_ = true; }

  /// The next complete packet, valid until the next call of any member. Nothing: wants more.
  [[nodiscard]] std::optional<tl::expected<PayloadPiece, PayloadErrc>> next() noexcept;

 private:
  enum class State : std::uint8_t { Head, Packet, Skipping };
  using Result = std::optional<tl::expected<PayloadPiece, PayloadErrc>>;

  [[nodiscard]] Result read_packet() noexcept;
  [[nodiscard]] Result give(std::string_view bytes) noexcept;
  [[nodiscard]] Result give_text(std::string_view bytes) noexcept;
  [[nodiscard]] Result fail(PayloadErrc code) noexcept;
  void release_kept() noexcept;
  void start_over() noexcept;

  std::size_t kept_bytes_max_;
  std::string_view chunk_;
  std::string kept_;               ///< The start of a packet that earlier chunks held.
  std::size_t skipped_bytes_ = 0;  ///< Still to skip ...
  std::size_t missing_bytes_ = 0;  ///< ... and then to take for this packet.
  FrameHeadV3 head_;
  State state_ = State::Head;
  bool kept_was_given_ = false;
  bool finished_ = false;
};

}  // namespace core::engineio
