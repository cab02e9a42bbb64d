#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>

#include <tl/expected.hpp>

#include "core/engineio/binary_payload_v3.hpp"
#include "core/engineio/jsonp.hpp"
#include "core/engineio/payload.hpp"
#include "core/engineio/payload_v3.hpp"

namespace core::engineio {

/// What the body of a long-polling request or response is: told by `EIO` in the query and, for
/// version 3, by `Content-Type: application/octet-stream`, which says binary.
enum class PayloadKind : std::uint8_t { V4, V3Text, V3Binary };

/// What is around it. JSONP is told by a `j` in the query; inside it payloads are text.
enum class PayloadWrapping : std::uint8_t { None, JsonpResponse, JsonpForm };

/// Splits a body of any kind into packets; used as PayloadStream is.
///
///     decoder.receive(chunk);  while (auto piece = decoder.next()) ...     for each chunk
///     decoder.finish();        while (auto piece = decoder.next()) ...     at the end of the body
///
/// At most one error a body; packets before it stand, the rest is skipped. A wrapping that is not
/// of its form is `Malformed`. A JSONP request without `d` is no payload: no packets, no error.
/// Pieces of Engine.IO 3 are for decode_packet_v3() and decode_binary_packet_v3(), and neither
/// refuses one; those of version 4 are for decode_packet().
class PayloadDecoder {
 public:
  /// @param kept_bytes_max Most bytes of a packet kept between chunks.
  PayloadDecoder(PayloadKind kind, PayloadWrapping wrapping, std::size_t kept_bytes_max) noexcept;

  /// Hands over a chunk: borrowed until next() has returned nothing.
  void receive(std::string_view chunk) noexcept;

  /// Says that the body is complete. When next() has returned nothing, the decoder is ready for
  /// another body of the same kind.
  void finish() noexcept;

  /// The next packet, valid until the next call of any member. Nothing: wants more.
  [[nodiscard]] std::optional<tl::expected<PayloadPiece, PayloadErrc>> next() noexcept;

 private:
  using Result = std::optional<tl::expected<PayloadPiece, PayloadErrc>>;
  using Jsonp = std::variant<JsonpResponse, JsonpForm>;

  /// What a wrapped body has seen of its end.
  enum class Ending : std::uint8_t { NotYet, Asked, LastText, Complete };

  [[nodiscard]] Result next_packet() noexcept;
  [[nodiscard]] Result end_wrapping() noexcept;
  void receive_packets(std::string_view text) noexcept;
  void drop_packets() noexcept;

  std::size_t kept_bytes_max_;
  std::variant<PayloadStream, PayloadV3Stream, BinaryPayloadV3Stream> packets_;
  std::unique_ptr<Jsonp> jsonp_;  ///< Few connections have one.
  Ending ending_ = Ending::NotYet;
  bool failed_ = false;  ///< A wrapped body's error was given.
};

}  // namespace core::engineio
