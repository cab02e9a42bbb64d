#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "core/msgpack/reader.hpp"
#include "core/socketio/packet.hpp"

/// Socket.IO packets as socket.io-msgpack-parser 3.0.2 decodes them under Node.js: every packet is
/// one binary message, a map `{type, nsp, data, id}` in MessagePack, in any order and with whatever
/// else. There are no attachments: binary stands where it belongs.
namespace core::socketio {

/// Every reason for which the official parser throws, one by one.
enum class MsgpackErrc : std::uint8_t {
  NoValue,           ///< The byte 0xc1, or no byte, where a value should start.
  FieldCut,          ///< A number or a length that the message ends in.
  WrongLength,       ///< Bytes behind the value, or a string or binary that the message ends in.
  KeyNotPrimitive,   ///< A map that is a key and has no toString().
  Null,              ///< The message is null, which has no members to look at ...
  Undefined,         ///< ... or undefined.
  InvalidType,       ///< `type` is no integer from 0 to 4; also of messages that are no map.
  InvalidNamespace,  ///< `nsp` is no string.
  ConnectNotObject,  ///< CONNECT with data that is no object.
  DisconnectWithPayload,  ///< DISCONNECT with any data.
  ConnectErrorPayload,    ///< CONNECT_ERROR with neither string nor object.
  NotArray,               ///< EVENT or ACK with data that is no array.
  InvalidId,              ///< `id` is there and no integer.
  GaveUp,                 ///< Not malformed: too deep, or keys too odd, to follow.
};

struct MsgpackError {
  MsgpackErrc code;
  std::uint8_t field_bytes;  ///< `FieldCut`: how many it wanted.
  std::size_t offset_bytes;  ///< Where decoding stopped; `WrongLength` may lie beyond the end.
};

/// One value inside a packet. Borrows the message.
struct MsgpackValue {
  msgpack::Kind kind = msgpack::Kind::Undefined;
  std::string_view raw;   ///< With its type byte; empty when there is no such value.
  std::string_view text;  ///< Of strings and binary: the content.
};

/// One packet. Everything borrows the message.
struct MsgpackPacketView {
  PacketType type = PacketType::Connect;  ///< One of the first five.
  std::string_view ns;                    ///< As it was sent: UTF-8, but for broken encoders.
  std::optional<AckId> id;                ///< An integer; may be negative.
  MsgpackValue data;
  /// Of events and acks: the first element, of events the name (anything: the official parser does
  /// not look), and the last, which may be the first. An extension for data is an array to
  /// JavaScript, `[type, Buffer]`, and has these two elements, the first of no kind but Number.
  MsgpackValue event;
  MsgpackValue last;
  std::size_t element_count = 0;  ///< The event name included.
  /// Some key was a map, an array or `__proto__`. What no stock encoder writes.
  bool is_odd = false;
};

/// Decodes one binary message. Allocates nothing, but for packets that are odd. What is no map is
/// refused after a look at its first bytes, unless it is an array.
/// Source: socket.io-msgpack-parser 3.0.2, Decoder.add(), checkPacket(), isDataValid().
[[nodiscard]] tl::expected<MsgpackPacketView, MsgpackError> decode_msgpack_packet(
    std::string_view bytes) noexcept;

/// Why the official parser throws at a text message, which it always does: it takes the string's
/// first character for a type byte. The message of its error.
/// @param text UTF-8 or WTF-8.
[[nodiscard]] std::string refuse_msgpack_text(std::string_view text);

/// The message of the official error and, after a colon, what it leaves open.
[[nodiscard]] std::string_view reason_text(MsgpackErrc code) noexcept;

/// The same, with the numbers that belong to it: "-2 trailing bytes".
/// @param size_bytes Of the message.
[[nodiscard]] std::string reason_text(const MsgpackError& error, std::size_t size_bytes);

/// A packet in Engine.IO's text form, as far as there was room for it.
struct MsgpackExcerpt {
  std::size_t bytes = 0;       ///< Written.
  bool truncated = false;      ///< There was more.
  std::size_t data_at = 0;     ///< Where the data starts; `bytes` when there is none.
  std::size_t name_at = 0;     ///< Where the event name starts, raw JSON with its quotes ...
  std::size_t name_bytes = 0;  ///< ... and 0 when there is none, or it was cut.
};

/// Writes `42/chat,7["news",{"a":1},{"$base64":"AAE="}]`, in whole characters. Members stand as
/// they were sent, duplicates and all; what JSON cannot say (undefined, NaN) is null; a key that is
/// an array or a map is "…". Allocates nothing.
/// @param packet Of decode_msgpack_packet(), its message still there.
[[nodiscard]] MsgpackExcerpt write_excerpt(const MsgpackPacketView& packet,
                                           std::span<char> out) noexcept;

/// Writes the packet's data in the same way; nothing when it has none. What comes out whole is JSON
/// that json::inspect() accepts.
/// @return Nothing when there was not enough room.
[[nodiscard]] std::optional<std::string_view> write_data(const MsgpackPacketView& packet,
                                                         std::span<char> out) noexcept;

}  // namespace core::socketio
