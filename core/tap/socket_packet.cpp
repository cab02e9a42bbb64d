#include "core/tap/socket_packet.hpp"

// A call of the shared library costs as much as hashing a short text itself.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "core/json/json.hpp"
#include "core/socketio/packet.hpp"
#include "core/socketio/placeholders.hpp"

namespace core::tap {
namespace {

std::uint64_t hash_of(std::string_view bytes, std::uint64_t seed = 0) noexcept {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

/// Namespaces are known by their path: `/chat?token=1` and `/chat` are one.
std::string_view path_of(std::string_view ns) noexcept { return ns.substr(0, ns.find('?')); }

std::uint32_t ns_hash(std::string_view ns) noexcept {
  static const auto kRoot = static_cast<std::uint32_t>(hash_of("/"));
  return ns == "/" ? kRoot : static_cast<std::uint32_t>(hash_of(path_of(ns)));
}

std::string_view string_member(std::string_view object, std::string_view key) noexcept {
  const auto value = json::find_member(object, key);
  if (!value || value->kind != json::Kind::String) return {};
  return value->raw.substr(1, value->raw.size() - 2);
}

/// The configured member of the client's CONNECT payload, `user.id`, hashed; 0 when absent.
std::uint64_t auth_key(std::string_view object, const Settings& settings) {
  if (settings.client_key.source != ClientKey::Source::Auth) return 0;
  std::string_view path = settings.client_key.name;
  json::Value value{json::Kind::Object, object};
  while (!path.empty()) {
    const std::string_view step = path.substr(0, path.find('.'));
    path.remove_prefix(std::min(path.size(), step.size() + 1));
    if (value.kind != json::Kind::Object) return 0;
    const auto member = json::find_member(value.raw, step);
    if (!member) return 0;
    value = *member;
  }
  return hash_of(value.raw, settings.hash_key) | 1;
}

/// Everything in the client's CONNECT payload but what recovery put there.
std::uint64_t auth_hash(std::string_view object, const Settings& settings) {
  std::uint64_t hash = 0;
  json::MemberReader members(object);
  while (const auto member = members.next()) {
    if (json::string_equals(member->key, "pid") || json::string_equals(member->key, "offset"))
      continue;
    hash = hash_of(member->value.raw, hash_of(member->key, hash ^ settings.hash_key));
  }
  return hash;
}

/// A secret as reports show it: enough to tell two apart, too little to use.
void append_shortened(std::string& out, std::string_view secret) {
  constexpr std::size_t kShown = 6;
  out += secret.substr(0, kShown);
  if (secret.size() > kShown) out += "…";
}

/// CONNECT, either way. Its excerpt is written anew, without what is secret: `pid` is shortened,
/// `auth` becomes a keyed pseudonym, so that equal stays equal.
void read_connect(std::string_view text, const socketio::PacketView& packet, Direction direction,
                  const Settings& settings, Emitter& emit) {
  std::string excerpt(text.substr(0, text.size() - packet.data.size()));
  Event::Connect connect{};
  connect.ns = ns_hash(packet.ns);
  if (!packet.data.empty()) {
    const std::string_view pid = string_member(packet.data, "pid");
    if (!pid.empty()) connect.pid = hash_of(pid, settings.hash_key) | 1;
    connect.has_offset = json::find_member(packet.data, "offset").has_value();
    excerpt += '{';
    const char* separator = "";
    if (direction == Direction::ToClient) {
      const std::string_view sid = string_member(packet.data, "sid");
      excerpt += "\"sid\":\"";
      if (excerpt.size() + sid.size() <= limits::kExcerptBytesMax && sid.size() <= 0xff) {
        connect.sid_at = static_cast<std::uint8_t>(std::min<std::size_t>(excerpt.size(), 0xff));
        connect.sid_bytes = excerpt.size() > 0xff ? 0 : static_cast<std::uint8_t>(sid.size());
      }
      excerpt += sid;
      excerpt += '"';
      separator = ",";
    } else {
      connect.auth = auth_hash(packet.data, settings);
      connect.client_key = auth_key(packet.data, settings);
      if (connect.auth != 0) {
        char pseudonym[32];
        std::snprintf(pseudonym, sizeof pseudonym, "\"auth\":\"~%08x\"",
                      static_cast<unsigned>(connect.auth >> 32));
        excerpt += pseudonym;
        separator = ",";
      }
    }
    if (!pid.empty()) {
      excerpt.append(separator).append("\"pid\":\"");
      append_shortened(excerpt, pid);
      excerpt += '"';
    }
    excerpt += '}';
  }
  const Excerpt shown = excerpt_of(excerpt);
  connect.truncated = shown.truncated;
  emit.add(EventKind::Connect, direction, shown.text).connect = connect;
}

}  // namespace

void read_packet(std::string_view text, Revision, Direction direction, const Settings& settings,
                 Emitter& emit) {
  const auto packet = socketio::decode_packet(text.substr(1), {limits::kAttachmentsMax});
  if (!packet && packet.error().code == socketio::PacketErrc::GaveUp)
    return emit.unobserved(direction, Unobserved::OversizeMessage);
  if (packet && packet->type == socketio::PacketType::Connect)
    return read_connect(text, *packet, direction, settings, emit);

  const Excerpt excerpt = excerpt_of(text);
  Event& event = emit.add(EventKind::Packet, direction, excerpt.text);
  event.packet.truncated = excerpt.truncated;
  event.packet.placeholders_fit = true;
  event.packet.id = kNoId;
  if (!packet) {
    event.packet.error = static_cast<std::uint8_t>(static_cast<unsigned>(packet.error().code) + 1);
    return;
  }
  event.packet.type = static_cast<std::uint8_t>(packet->type);
  event.packet.attachments = static_cast<std::uint8_t>(packet->attachments);
  event.packet.ns = ns_hash(packet->ns);
  event.packet.arguments = hash_of(packet->data);
  if (packet->id) {
    const std::uint64_t id = packet->id->integer.value_or(kNoId - 1);
    event.packet.id = static_cast<std::uint32_t>(std::min<std::uint64_t>(id, kNoId - 1));
  }
  if (packet->attachments != 0)
    event.packet.placeholders_fit = socketio::placeholders_fit(packet->data, packet->attachments);
  if (socketio::plain(packet->type) != socketio::PacketType::Event) return;

  event.packet.topic = hash_of(packet->event.raw, event.packet.ns);
  const std::size_t name_at = static_cast<std::size_t>(packet->event.raw.data() - text.data());
  const std::size_t name_bytes = packet->event.raw.size();
  if (name_at + name_bytes <= 0xff) {
    event.packet.name_at = static_cast<std::uint8_t>(name_at);
    event.packet.name_bytes = static_cast<std::uint8_t>(name_bytes);
  }
  if (packet->element_count >= 2)
    event.packet.arguments_but_last = hash_of(packet->data.substr(
        0, static_cast<std::size_t>(packet->last.raw.data() - packet->data.data())));
}

void read_binary_message(std::string_view bytes, Direction direction, const Settings&,
                         Emitter& emit) {
  emit.add(EventKind::Binary, direction).binary = {hash_of(bytes), bytes.size(), 1};
}

}  // namespace core::tap
