#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "core/client/websocket_endpoint.hpp"
#include "core/engineio/base64.hpp"
#include "core/engineio/packet.hpp"

namespace core::client {

/// One Engine.IO packet, owned. Binary messages have type Message.
struct EnginePacket {
  engineio::PacketType type = engineio::PacketType::Message;
  Message content;
};

/// A WebSocket message, or one packet of a polling payload, as a packet.
[[nodiscard]] inline tl::expected<EnginePacket, engineio::PacketErrc> decode_engine(
    const Message& message) {
  if (message.binary) return EnginePacket{engineio::PacketType::Message, message};
  const auto view = engineio::decode_packet(message.data);
  if (!view) return tl::unexpected(view.error().code);
  EnginePacket packet{view->type, {view->base64, {}}};
  if (view->base64)
    engineio::decode_base64(view->data, packet.content.data);
  else
    packet.content.data = view->data;
  return packet;
}

/// The text form of a packet, as a polling payload holds it (and WebSocket too, unless it is
/// binary).
[[nodiscard]] inline std::string encode_engine_text(const EnginePacket& packet) {
  if (packet.content.binary) {
    std::string text = "b";
    engineio::encode_base64(packet.content.data, text);
    return text;
  }
  return static_cast<char>('0' + static_cast<int>(packet.type)) + packet.content.data;
}

/// The WebSocket message of a packet.
[[nodiscard]] inline Message encode_engine_message(const EnginePacket& packet) {
  return packet.content.binary ? packet.content : Message{false, encode_engine_text(packet)};
}

}  // namespace core::client
