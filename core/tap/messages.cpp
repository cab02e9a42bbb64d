#include "core/tap/messages.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

#include "core/engineio/base64.hpp"
#include "core/engineio/handshake.hpp"
#include "core/engineio/packet.hpp"
#include "core/engineio/packet_v3.hpp"
#include "core/tap/binary_message.hpp"
#include "core/tap/socket_packet.hpp"

namespace core::tap {
namespace {

void read_handshake(std::string_view text, Direction direction, Emitter& emit) {
  const auto handshake = engineio::parse_handshake(text.substr(1));
  if (!handshake) return;  // No session comes of it; the client throws, and its connection ends.
  Event& event = emit.add(EventKind::Handshake, direction, handshake->sid);
  const auto milliseconds = [](const std::optional<std::chrono::milliseconds>& value) {
    return value ? static_cast<std::uint32_t>(
                       std::clamp<std::int64_t>(value->count(), 0, 0xffff'ffff))
                 : 0U;
  };
  event.handshake.ping_interval_ms = milliseconds(handshake->ping_interval);
  event.handshake.ping_timeout_ms = milliseconds(handshake->ping_timeout);
  event.handshake.max_payload = handshake->max_payload_bytes.value_or(0);
  event.handshake.offers_websocket = handshake->offers_websocket;
}

void read_error(std::string_view text, engineio::PacketErrc code, Direction direction,
                Emitter& emit) {
  const Excerpt excerpt = excerpt_of(text);
  Event& event = emit.add(EventKind::EngineError, direction, excerpt.text);
  event.engine.reason = static_cast<std::uint8_t>(code);
  event.engine.truncated = excerpt.truncated;
}

/// What concerns the session itself: heartbeats, upgrade, close.
void read_control(engineio::PacketType type, std::string_view data, Direction direction,
                  Emitter& emit) {
  // A `1` has no data. With some it is no close, mostly: `116:0{` begins a payload of version 3.
  const bool odd = type == engineio::PacketType::Close && !data.empty();
  const Excerpt excerpt = odd ? excerpt_of(data) : Excerpt{};
  Event& event = emit.add(EventKind::EnginePacket, direction, excerpt.text);
  event.engine.type = static_cast<EnginePacketType>(type);
  event.engine.probe = data == "probe";
  event.engine.truncated = excerpt.truncated;
}

void read_engine_packet(std::string_view text, engineio::PacketType type, Revision revision,
                        Direction direction, const Settings& settings, Emitter& emit) {
  switch (type) {
    case engineio::PacketType::Message:
      return read_packet(text, revision, direction, settings, emit);
    case engineio::PacketType::Open:
      if (direction == Direction::ToClient) read_handshake(text, direction, emit);
      return;
    case engineio::PacketType::Close:
    case engineio::PacketType::Ping:
    case engineio::PacketType::Pong:
    case engineio::PacketType::Upgrade:
    case engineio::PacketType::Noop:
      return read_control(type, text.substr(1), direction, emit);
  }
}

/// Polling's form of an attachment: hashed as the bytes that a WebSocket would carry.
std::string bytes_of(std::string_view digits) {
  std::string bytes;
  engineio::decode_base64(digits, bytes);
  return bytes;
}

void read_v3(const engineio::PacketV3View& packet, Direction direction, const Settings& settings,
             Emitter& emit) {
  if (!packet.type) return;  // Of a type that nobody listens to.
  const std::string decoded = packet.base64 ? bytes_of(packet.data) : std::string();
  const std::string_view bytes = packet.base64 ? std::string_view(decoded) : packet.data;
  if (*packet.type == engineio::PacketType::Message)
    read_binary_message(bytes, direction, settings, emit);
  else if (*packet.type != engineio::PacketType::Open)
    read_control(*packet.type, bytes, direction, emit);
}

[[gnu::noinline]] void read_text_v3(std::string_view text, Direction direction,
                                    const Settings& settings, Emitter& emit) {
  const auto packet = engineio::decode_packet_v3(text);
  if (!packet) return read_error(text, packet.error().code, direction, emit);
  if (packet->base64) return read_v3(*packet, direction, settings, emit);
  read_engine_packet(text, *packet->type, Revision::V3, direction, settings, emit);
}

/// Of version 4.
[[gnu::noinline]] void read_text_v4(std::string_view text, Direction direction,
                                    const Settings& settings, Emitter& emit) {
  const auto packet = engineio::decode_packet(text);
  if (!packet) return read_error(text, packet.error().code, direction, emit);
  if (packet->base64) return read_binary_message(bytes_of(packet->data), direction, settings, emit);
  read_engine_packet(text, packet->type, Revision::V4, direction, settings, emit);
}

}  // namespace

void read_text(std::string_view text, Revision revision, Direction direction,
               const Settings& settings, Emitter& emit) {
  if (revision == Revision::V3) return read_text_v3(text, direction, settings, emit);
  if (text.starts_with('4'))  // Nearly every one: spares all other questions.
    return read_packet(text, revision, direction, settings, emit);
  read_text_v4(text, direction, settings, emit);
}

void read_binary(std::string_view bytes, Revision revision, Direction direction,
                 const Settings& settings, Emitter& emit) {
  if (revision == Revision::V3)
    return read_v3(engineio::decode_binary_packet_v3(bytes), direction, settings, emit);
  read_binary_message(bytes, direction, settings, emit);
}

}  // namespace core::tap
