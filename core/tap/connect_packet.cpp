#include "core/tap/connect_packet.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <string>

#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/tap/hashes.hpp"

namespace core::tap {
namespace {

/// What is in a string's source text; empty when it is none.
std::string_view text_of(const std::optional<json::Value>& value) noexcept {
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

void show_sid(std::string_view sid, Event::Connect& connect, std::string& excerpt) {
  excerpt += "\"sid\":\"";
  if (excerpt.size() <= 0xff && sid.size() <= 0xff &&
      excerpt.size() + sid.size() <= limits::kExcerptBytesMax) {
    connect.sid_at = static_cast<std::uint8_t>(excerpt.size());
    connect.sid_bytes = static_cast<std::uint8_t>(sid.size());
  }
  excerpt += sid;
  excerpt += '"';
}

void show_auth(std::uint64_t auth, std::string& excerpt) {
  char pseudonym[32];
  std::snprintf(pseudonym, sizeof pseudonym, "\"auth\":\"~%08x\"",
                static_cast<unsigned>(auth >> 32));
  excerpt += pseudonym;
}

void read_payload(const ConnectPacket& packet, Direction direction, const Settings& settings,
                  Event::Connect& connect, std::string& excerpt) {
  static constexpr std::array<std::string_view, 3> kKeys{"pid", "offset", "sid"};
  const auto [raw_pid, offset, sid] = json::find_members(packet.payload, kKeys);
  const std::string_view pid = text_of(raw_pid);
  if (!pid.empty()) connect.pid = hash_of(pid, settings.hash_key) | 1;
  if (offset)
    connect.offset = static_cast<std::uint32_t>(hash_of(offset->raw, settings.hash_key)) | 1;
  excerpt += '{';
  const std::size_t begin = excerpt.size();
  if (direction == Direction::ToClient) {
    show_sid(text_of(sid), connect, excerpt);
  } else {
    connect.auth = auth_hash(packet.payload, settings);
    connect.client_key = auth_key(packet.payload, settings);
    if (connect.auth != 0) show_auth(connect.auth, excerpt);
  }
  if (!pid.empty()) {
    if (excerpt.size() != begin) excerpt += ',';
    excerpt += "\"pid\":\"";
    append_shortened(excerpt, pid);
    excerpt += '"';
  }
  excerpt += '}';
}

}  // namespace

void emit_connect(const ConnectPacket& packet, Direction direction, const Settings& settings,
                  Emitter& emit) {
  std::string excerpt(packet.head);
  Event::Connect connect{};
  connect.ns = ns_hash(packet.ns);
  connect.reading = packet.reading;
  if (!packet.payload.empty()) {
    read_payload(packet, direction, settings, connect, excerpt);
  } else if (!packet.hidden.empty()) {
    excerpt += '{';
    if (direction == Direction::ToServer) {
      connect.auth = hash_of(packet.hidden, settings.hash_key) | 1;
      show_auth(connect.auth, excerpt);
    }
    excerpt += '}';
  }
  const Excerpt shown = excerpt_of(excerpt);
  connect.truncated = shown.truncated;
  emit.add(EventKind::Connect, direction, shown.text).connect = connect;
}

}  // namespace core::tap
