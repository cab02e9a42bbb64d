#include "core/tap/known_events.hpp"

#include <limits>

#include "core/json/density.hpp"
#include "core/tap/hashes.hpp"

namespace core::tap {
namespace {

/// Offsets in an entry have 32 bits.
constexpr std::size_t kBytesMax = std::numeric_limits<std::uint32_t>::max();

bool is_worth_it(std::string_view text) noexcept {
  return text.size() >= KnownEvents::kBytesMin && text.size() <= kBytesMax && text[0] == '2' &&
         text[1] == '[' && json::looks_dense(text);
}

}  // namespace

KnownEvents::KnownEvents(std::uint64_t hash_key)
    : hash_key_(hash_key), entries_(std::make_unique<std::array<Entry, kEntries>>()) {}

tl::expected<socketio::PacketView, socketio::PacketError> KnownEvents::decode(
    std::string_view text, const socketio::DecoderLimits& limits) noexcept {
  if (!is_worth_it(text)) return socketio::decode_packet(text, limits, socketio::kParser42);

  const XXH128_hash_t hash = XXH3_128bits_withSeed(text.data(), text.size(), hash_key_);
  Entry& entry = (*entries_)[hash.low64 % kEntries];
  const std::string_view data = text.substr(1);
  if (entry.bytes == text.size() && entry.hash_low == hash.low64 &&
      entry.hash_high == hash.high64) {
    ++known_;
    const auto value_at = [&](const Place& place) {
      return json::Value{place.kind, data.substr(place.offset, place.bytes)};
    };
    socketio::PacketView packet;
    packet.type = socketio::PacketType::Event;
    packet.data = data;
    packet.payload = {json::Kind::Array, entry.element_count, value_at(entry.first),
                      value_at(entry.last)};
    return packet;
  }

  const auto packet = socketio::decode_packet(text, limits, socketio::kParser42);
  if (packet) {
    const auto place_of = [&](const json::Value& value) {
      return Place{static_cast<std::uint32_t>(value.raw.data() - data.data()),
                   static_cast<std::uint32_t>(value.raw.size()), value.kind};
    };
    entry = {hash.low64,
             hash.high64,
             static_cast<std::uint32_t>(text.size()),
             static_cast<std::uint32_t>(packet->payload.element_count),
             place_of(packet->payload.first),
             place_of(packet->payload.last)};
  }
  return packet;
}

}  // namespace core::tap
