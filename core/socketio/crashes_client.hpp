#pragma once

#include "core/socketio/packet.hpp"

namespace core::socketio {

/// Whether a packet that every parser accepts crashes the client that it reaches: an EVENT without
/// a payload (`42`, `42/chat,`, `451-` and its attachment) or a CONNECT_ERROR without one (`44`,
/// `4412`). The exception is thrown where nobody catches it: Node exits. (What a page does with
/// it was not measured.)
///
/// Measured (tests/lab/measure), for clients from npm on Node:
///
///                                   4.1.3    4.5.2          4.7.5    4.8.4
///     EVENT, no payload, no id      ignored  "parse error"  crashes  crashes
///     EVENT, no payload, an id      ignored  ignored        ignored  ignored
///     CONNECT_ERROR, no payload     crashes  "parse error"  crashes  crashes
///     either, for a foreign namespace        ignored by all
///
/// "parse error": its connection is given up; 4.5.2 runs the handlers of a packet inside the `try`
/// that is there for its parser. With an id, the callback for the ack stands where the name should.
///
/// To a server (socket.io 4.8.4) none of it does harm: it ignores the EVENT, also with an id or an
/// attachment, and ends the connection, as for any packet of a type that no client sends, at the
/// CONNECT_ERROR.
[[nodiscard]] constexpr bool crashes_client(const PacketView& packet) noexcept {
  if (!packet.data.empty()) return false;
  if (packet.type == PacketType::ConnectError) return true;
  return plain(packet.type) == PacketType::Event && !packet.id;
}

}  // namespace core::socketio
