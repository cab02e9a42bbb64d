#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <tl/expected.hpp>

#include "core/json/json.hpp"
#include "core/socketio/dialect.hpp"

/// Socket.IO packets, decoded as socket.io-parser decodes them, 4.2.7 unless another dialect is
/// asked for: the same inputs are refused, for the same reason, and the rest has the same parts.
namespace core::socketio {

/// Packet types; the value is the digit on the wire.
/// Source: Socket.IO protocol v5, "Packet types".
enum class PacketType : std::uint8_t {
  Connect,
  Disconnect,
  Event,
  Ack,
  ConnectError,
  BinaryEvent,
  BinaryAck,
};

/// An ack id as JavaScript has it. `Number(c) == c` decides which characters belong to an id, so
/// whitespace does: `2 ["x"]` has the id 0 and `21 2["x"]` the id NaN.
struct AckId {
  double value;                          ///< May be NaN or Infinity.
  std::optional<std::uint64_t> integer;  ///< `value`, when it is an integer below 2^64.
};

/// One packet, or the header of a binary one:
///
///     <type>[<attachments>-][<namespace>,][<ack id>][<JSON>]      51-/admin,12["x",{...}]
///
/// Everything borrows the decoder's input.
struct PacketView {
  PacketType type = PacketType::Connect;
  /// Binary messages still to come; 1 or more for binary types. Where a dialect lets others
  /// through: 0, or 2^32 - 1 for what no number of messages comes to, such as 1.5 and Infinity.
  std::uint32_t attachments = 0;
  double attachments_announced = 0;  ///< The number as JavaScript has it.
  std::string_view ns = "/";         ///< With its slash, and its query string if the peer sent one.
  std::optional<AckId> id;
  std::string_view data;  ///< Source text, valid JSON, up to the end; empty when absent.
  /// What `data` is, when there is any. Of events `first` is the name, a string or a number; else
  /// the first argument.
  json::Shape payload;
};

/// Every reason for which the official parser throws, one by one.
enum class PacketErrc : std::uint8_t {
  NoData,                   ///< Engine.IO `4` and nothing else.
  UnknownType,              ///< The first character is none of `0`..`6`.
  IllegalAttachmentCount,   ///< No `-`, no integer, or less than 1.
  TooManyAttachments,       ///< More than the limit.
  NotJson,                  ///< The payload is no JSON text.
  ConnectNotObject,         ///< CONNECT with a payload that is no object.
  DisconnectWithPayload,    ///< DISCONNECT with any payload.
  ConnectErrorPayload,      ///< CONNECT_ERROR with neither string nor object.
  NotArray,                 ///< EVENT or ACK with a payload that is no array.
  EventNameMissing,         ///< EVENT with an empty array.
  EventNameKind,            ///< Event name neither string nor number.
  EventNameReserved,        ///< Such as "connect" or "disconnect".
  TextWhileReconstructing,  ///< A text packet while attachments are missing.
  BinaryWithoutHeader,      ///< A binary message that no packet announced.
  IllegalPlaceholder,       ///< A placeholder whose `num` names no attachment.
  HasOwnProperty,           ///< Dialect 4.0: binary data with a member of that name.
  GaveUp,                   ///< Not malformed: we ran out of memory following the nesting.
};

struct PacketError {
  PacketErrc code;
  std::size_t offset_bytes;  ///< Where decoding stopped, from the start of the text.
};

/// What the receiving side's options may change.
struct DecoderLimits {
  /// `maxAttachments` of socket.io-parser; 10 is its default.
  std::uint32_t attachments_max = 10;
};

/// Decodes what follows the `4` of an Engine.IO text message. Allocates nothing (json::inspect()
/// may, beyond 1,024 levels). No text at all is `NoData`: the Engine.IO parser then hands on
/// `undefined`, on which the decoder throws a TypeError.
/// Whether text may come now, and whether placeholders fit, are Reconstructor's and
/// placeholders_fit()'s business: the official decoder asks the first before, the second after.
[[nodiscard]] tl::expected<PacketView, PacketError> decode_packet(
    std::string_view text, const DecoderLimits& limits = {},
    const Dialect& dialect = kParser42) noexcept;

/// What nearly every packet is, `2["news",...]`, in a few steps: an EVENT of the root namespace,
/// with neither ack id nor attachments, that every dialect takes. Its data is text.substr(1).
/// @return false says nothing: ask decode_packet(). `payload` is of no use then.
[[nodiscard]] bool is_plain_event(std::string_view text, json::Shape& payload) noexcept;

/// `Decoder.decodeString(text)`: like decode_packet(), but the empty string, which no peer can
/// deliver, is a CONNECT packet (`Number("")` is 0).
[[nodiscard]] tl::expected<PacketView, PacketError> decode_string(
    std::string_view text, const DecoderLimits& limits = {},
    const Dialect& dialect = kParser42) noexcept;

/// All but the payload: `data` is what is left, JSON or not, and nobody looked at it. Errors are
/// `UnknownType` and those of the number of attachments.
[[nodiscard]] tl::expected<PacketView, PacketError> decode_header(std::string_view text,
                                                                  const DecoderLimits& limits,
                                                                  const Dialect& dialect) noexcept;

/// Whether a name means something to the peers' own event emitters.
/// @param raw_name Source text of a string, with its quotes.
[[nodiscard]] bool is_reserved_event(std::string_view raw_name) noexcept;

/// Whether a packet has `attachments` to wait for.
[[nodiscard]] constexpr bool is_binary(PacketType type) noexcept {
  return type == PacketType::BinaryEvent || type == PacketType::BinaryAck;
}

/// The type a packet has once its attachments are in: BINARY_EVENT becomes EVENT.
[[nodiscard]] constexpr PacketType plain(PacketType type) noexcept {
  if (type == PacketType::BinaryEvent) return PacketType::Event;
  return type == PacketType::BinaryAck ? PacketType::Ack : type;
}

/// The protocol's name: "CONNECT", "BINARY_EVENT", ...
[[nodiscard]] std::string_view name(PacketType type, const Dialect& dialect = kParser42) noexcept;

/// The message of the official error.
[[nodiscard]] std::string_view official_text(PacketErrc code) noexcept;

/// The message of the official error and, after a colon, what it leaves open:
/// "invalid payload: the event name is reserved".
[[nodiscard]] std::string_view reason_text(PacketErrc code) noexcept;

}  // namespace core::socketio
