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

/// The event of any packet but CONNECT, still without what stands in it.
[[gnu::always_inline]] inline Event& add_packet(std::string_view text, Direction direction,
                                                Emitter& emit) {
  const Excerpt excerpt = excerpt_of(text);
  Event& event = emit.add(EventKind::Packet, direction, excerpt.text);
  event.packet.truncated = excerpt.truncated;
  event.packet.placeholders_fit = true;
  event.packet.id = kNoId;
  return event;
}

/// With the application's own id of a message, that is what makes it the same.
[[gnu::noinline]] void look_for_id(Event& event, std::string_view name, std::string_view data,
                                   const Settings& settings) {
  const auto id = message_id(name, data, settings);
  if (!id) return;
  event.packet.arguments = hash_of(*id);
  event.packet.keyed = true;
}

/// What an EVENT says, behind its namespace.
[[gnu::always_inline]] inline void describe(Event& event, std::string_view text,
                                            std::string_view data, const json::Shape& payload,
                                            const Settings& settings) {
  const std::string_view name = payload.first.raw;
  event.packet.arguments = hash_of(data);
  event.packet.topic = hash_of(name, event.packet.ns);
  const auto name_at = static_cast<std::size_t>(name.data() - text.data());
  if (name_at + name.size() <= 0xff) {
    event.packet.name_at = static_cast<std::uint8_t>(name_at);
    event.packet.name_bytes = static_cast<std::uint8_t>(name.size());
  }
  if (!settings.dedupe_keys.empty()) [[unlikely]]
    look_for_id(event, name, data, settings);
  const json::Value& last = payload.last;
  if (last.kind != json::Kind::String || payload.element_count < 2 ||
      !socketio::looks_like_offset(last.raw.substr(1, last.raw.size() - 2)))
    return;
  event.packet.ends_in_offset = true;
  event.packet.arguments_but_last =
      hash_of(data.substr(0, static_cast<std::size_t>(last.raw.data() - data.data())));
}

/// Any packet.
[[gnu::noinline]] void read_any(std::string_view text, Revision revision, Direction direction,
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

  Event& event = add_packet(text, direction, emit);
  if (!packet) {
    event.packet.error = static_cast<std::uint8_t>(static_cast<unsigned>(packet.error().code) + 1);
    event.packet.causes = socketio::causes_of(text.substr(1), kLimits).bits();
    return;
  }
  event.packet.type = static_cast<std::uint8_t>(packet->type);
  event.packet.attachments = static_cast<std::uint8_t>(packet->attachments);
  event.packet.crashes_client = socketio::crashes_client(*packet);
  event.packet.ns = ns_hash(packet->ns);
  if (packet->id) event.packet.id = saturated(*packet->id);
  if (packet->attachments != 0)
    event.packet.placeholders_fit = socketio::placeholders_fit(packet->data, packet->attachments);
  if (socketio::plain(packet->type) == socketio::PacketType::Event)
    describe(event, text, packet->data, packet->payload, settings);
  else
    event.packet.arguments = hash_of(packet->data);
}

}  // namespace

void read_packet(std::string_view text, Revision revision, Direction direction,
                 const Settings& settings, Emitter& emit) {
  json::Shape payload;
  if (text.size() >= KnownEvents::kBytesMin || !socketio::is_plain_event(text.substr(1), payload))
      [[unlikely]]
    return read_any(text, revision, direction, settings, emit);
  Event& event = add_packet(text, direction, emit);
  event.packet.type = static_cast<std::uint8_t>(socketio::PacketType::Event);
  event.packet.ns = ns_hash("/");
  describe(event, text, text.substr(2), payload, settings);
}

}  // namespace core::tap
