#include "core/tap/binary_message.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "core/limits.hpp"
#include "core/socketio/msgpack_packet.hpp"
#include "core/socketio/recovery_offset.hpp"
#include "core/tap/connect_packet.hpp"
#include "core/tap/hashes.hpp"
#include "core/tap/socket_packet.hpp"

namespace core::tap {
namespace {

using socketio::MsgpackPacketView;
using Shown = std::array<char, limits::kExcerptBytesMax>;

void read_connect(const MsgpackPacketView& packet, Direction direction, const Settings& settings,
                  Emitter& emit) {
  Shown shown;
  const socketio::MsgpackExcerpt excerpt = socketio::write_excerpt(packet, shown);
  std::array<char, limits::kMsgpackConnectBytesMax> json;
  ConnectPacket connect{.head = {shown.data(), excerpt.data_at},
                        .ns = packet.ns,
                        .payload = {},
                        .hidden = {},
                        .reading = Reading::MsgPack};
  if (const auto payload = socketio::write_data(packet, json))
    connect.payload = *payload;
  else
    connect.hidden = packet.data.raw;
  emit_connect(connect, direction, settings, emit);
}

void read_event_name(const MsgpackPacketView& packet, const socketio::MsgpackExcerpt& excerpt,
                     std::string_view shown, Event::Packet& out) {
  // By its JSON form where that is at hand, so that a name is one name whoever wrote it.
  const bool whole = excerpt.name_bytes != 0;
  out.topic =
      hash_of(whole ? shown.substr(excerpt.name_at, excerpt.name_bytes) : packet.event.raw, out.ns);
  if (whole && excerpt.name_at + excerpt.name_bytes <= 0xff) {
    out.name_at = static_cast<std::uint8_t>(excerpt.name_at);
    out.name_bytes = static_cast<std::uint8_t>(excerpt.name_bytes);
  }
  constexpr std::uint8_t kShortString = 0xa0;  // and its length, below 32
  if (packet.element_count < 2 ||
      (static_cast<std::uint8_t>(packet.last.raw[0]) & 0xe0) != kShortString ||
      !socketio::looks_like_offset(packet.last.raw.substr(1)))
    return;
  out.ends_in_offset = true;
  out.arguments_but_last = hash_of(packet.data.raw.substr(
      0, static_cast<std::size_t>(packet.last.raw.data() - packet.data.raw.data())));
}

void read_packet(const MsgpackPacketView& packet, Direction direction, Emitter& emit) {
  Shown buffer;
  const socketio::MsgpackExcerpt excerpt = socketio::write_excerpt(packet, buffer);
  const std::string_view shown(buffer.data(), excerpt.bytes);
  Event& event = emit.add(EventKind::Packet, direction, shown);
  event.packet.reading = Reading::MsgPack;
  event.packet.type = static_cast<std::uint8_t>(packet.type);
  event.packet.ns = ns_hash(packet.ns);
  event.packet.arguments = hash_of(packet.data.raw);
  event.packet.placeholders_fit = true;
  event.packet.truncated = excerpt.truncated;
  event.packet.id = kNoId;
  if (packet.id) event.packet.id = saturated(*packet.id);
  if (packet.type == socketio::PacketType::Event)
    read_event_name(packet, excerpt, shown, event.packet);
}

}  // namespace

void read_binary_message(std::string_view bytes, Direction direction, const Settings& settings,
                         Emitter& emit) {
  const auto packet = socketio::decode_msgpack_packet(bytes);
  Event& event = emit.add(EventKind::Binary, direction);
  event.binary.content = hash_of(bytes);
  event.binary.bytes = bytes.size();
  if (!packet) {
    event.binary.msgpack_error =
        static_cast<std::uint8_t>(static_cast<unsigned>(packet.error().code) + 1);
  } else if (packet->type == socketio::PacketType::Connect) {
    read_connect(*packet, direction, settings, emit);
  } else {
    read_packet(*packet, direction, emit);
  }
}

}  // namespace core::tap
