#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "core/client/socketio_packet.hpp"

/// Packets as socket.io-msgpack-parser writes them, one map in one binary message:
///
///     {"type":2,"nsp":"/","data":["news",1,<bytes>],"id":7}
///
/// Here as everywhere in this folder their data is JSON text, with placeholders where attachments
/// belong. An object of the application that looks like a placeholder would be taken for one.
/// Source: socket.io-msgpack-parser 3.0.2; MessagePack specification.
namespace core::client {

/// The message of a packet. A placeholder that names no attachment is written as the object it is.
[[nodiscard]] std::string encode_msgpack(const Packet& packet);

/// The packet of a message. What JSON cannot say is written as JSON.stringify() would: NaN as null,
/// a date as text. The error is the reason for which the official parser throws, static text.
[[nodiscard]] tl::expected<Packet, std::string_view> decode_msgpack(std::string_view bytes);

}  // namespace core::client
