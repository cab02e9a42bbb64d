#include "core/tap/socket_packet.hpp"

#include <algorithm>

#include "core/json/json.hpp"
#include "core/socketio/crashes_client.hpp"
#include "core/socketio/packet.hpp"
#include "core/socketio/placeholders.hpp"
#include "core/socketio/recovery_offset.hpp"
#include "core/socketio/verdict.hpp"
#include "core/tap/connect_packet.hpp"
#include "core/tap/hashes.hpp"
#include "core/tap/known_events.hpp"
#include "core/tap/message_id.hpp"

namespace core::tap {
namespace {

constexpr socketio::DecoderLimits kLimits{limits::kAttachmentsMax};

tl::expected<socketio::PacketView, socketio::PacketError> decode(std::string_view text,
                                                                 Revision revision,
                                                                 const Settings& settings) {
  if (revision == Revision::V3) return socketio::decode_packet(text, kLimits, socketio::kParser33);
  if (settings.known_events != nullptr) return settings.known_events->decode(text, kLimits);
  return socketio::decode_packet(text, kLimits, socketio::kParser42);
}

}  // namespace

void read_packet(std::string_view text, Revision revision, Direction direction,
                 const Settings& settings, Emitter& emit) {
  const auto packet = decode(text.substr(1), revision, settings);
  if (!packet && packet.error().code == socketio::PacketErrc::GaveUp)
    return emit.unobserved(direction, Unobserved::OversizeMessage);
  if (packet && packet->type == socketio::PacketType::Connect)
    return emit_connect({text.substr(0, text.size() - packet->data.size()),
                         packet->ns,
                         packet->data,
                         {},
                         Reading::Text},
                        direction, settings, emit);

  const Excerpt excerpt = excerpt_of(text);
  Event& event = emit.add(EventKind::Packet, direction, excerpt.text);
  event.packet.truncated = excerpt.truncated;
  event.packet.placeholders_fit = true;
  event.packet.id = kNoId;
  if (!packet) {
    event.packet.error = static_cast<std::uint8_t>(static_cast<unsigned>(packet.error().code) + 1);
    event.packet.causes = socketio::causes_of(text.substr(1), kLimits).bits();
    return;
  }
  event.packet.type = static_cast<std::uint8_t>(packet->type);
  event.packet.attachments = static_cast<std::uint8_t>(packet->attachments);
  event.packet.crashes_client = socketio::crashes_client(*packet);
  event.packet.ns = ns_hash(packet->ns);
  event.packet.arguments = hash_of(packet->data);
  if (packet->id) event.packet.id = saturated(*packet->id);
  if (packet->attachments != 0)
    event.packet.placeholders_fit = socketio::placeholders_fit(packet->data, packet->attachments);
  if (socketio::plain(packet->type) != socketio::PacketType::Event) return;

  event.packet.topic = hash_of(packet->payload.first.raw, event.packet.ns);
  const std::size_t name_at =
      static_cast<std::size_t>(packet->payload.first.raw.data() - text.data());
  const std::size_t name_bytes = packet->payload.first.raw.size();
  if (name_at + name_bytes <= 0xff) {
    event.packet.name_at = static_cast<std::uint8_t>(name_at);
    event.packet.name_bytes = static_cast<std::uint8_t>(name_bytes);
  }
  if (!settings.dedupe_keys.empty())
    if (const auto id = message_id(packet->payload.first.raw, packet->data, settings)) {
      event.packet.arguments = hash_of(*id);
      event.packet.keyed = true;
    }
  const json::Value& last = packet->payload.last;
  if (last.kind != json::Kind::String || packet->payload.element_count < 2 ||
      !socketio::looks_like_offset(last.raw.substr(1, last.raw.size() - 2)))
    return;
  event.packet.ends_in_offset = true;
  event.packet.arguments_but_last = hash_of(
      packet->data.substr(0, static_cast<std::size_t>(last.raw.data() - packet->data.data())));
}

}  // namespace core::tap
