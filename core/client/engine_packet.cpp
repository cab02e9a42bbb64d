#include "core/client/engine_packet.hpp"

#include "core/engineio/base64.hpp"
#include "core/engineio/packet_v3.hpp"

namespace core::client {
namespace {

using engineio::PacketErrc;
using engineio::PacketType;
using Decoded = tl::expected<EnginePacket, PacketErrc>;

constexpr char kBinaryMessage = 4;  ///< what stands before bytes in revision 3

Decoded decode_v4(const Message& message) {
  if (message.binary) return EnginePacket{PacketType::Message, message};
  const auto view = engineio::decode_packet(message.data);
  if (!view) return tl::unexpected(view.error().code);
  EnginePacket packet{view->type, {view->base64, {}}};
  if (view->base64)
    engineio::decode_base64(view->data, packet.content.data);
  else
    packet.content.data = view->data;
  return packet;
}

Decoded decode_v3(const Message& message) {
  const auto view = message.binary ? engineio::decode_binary_packet_v3(message.data)
                                   : engineio::decode_packet_v3(message.data);
  if (!view) return tl::unexpected(view.error().code);
  if (!view->type) return tl::unexpected(PacketErrc::UnknownType);
  EnginePacket packet{*view->type, {view->binary || view->base64, {}}};
  if (view->base64)
    engineio::decode_base64(view->data, packet.content.data);
  else
    packet.content.data = view->data;
  return packet;
}

}  // namespace

Decoded decode_engine(const Message& message, Revision revision) {
  return revision == Revision::V4 ? decode_v4(message) : decode_v3(message);
}

std::string encode_engine_text(const EnginePacket& packet, Revision revision) {
  if (packet.content.binary) {
    std::string text = revision == Revision::V4 ? "b" : "b4";
    engineio::encode_base64(packet.content.data, text);
    return text;
  }
  return static_cast<char>('0' + static_cast<int>(packet.type)) + packet.content.data;
}

Message encode_engine_message(const EnginePacket& packet, Revision revision) {
  if (!packet.content.binary) return {false, encode_engine_text(packet, revision)};
  if (revision == Revision::V4) return packet.content;
  return {true, kBinaryMessage + packet.content.data};
}

}  // namespace core::client
