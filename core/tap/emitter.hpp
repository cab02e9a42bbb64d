#pragma once

#include <cstdint>
#include <string_view>

#include "core/event_buffer.hpp"
#include "core/limits.hpp"

namespace core::tap {

/// Stamps the events of one connection while one read is decoded.
class Emitter {
 public:
  Emitter(ConnectionId connection, std::uint32_t& sequence, Instant at, EventBuffer& out) noexcept
      : connection_(connection), sequence_(sequence), at_(at), out_(out) {}

  /// Good until the next call.
  Event& add(EventKind kind, Direction direction, std::string_view text = {}) {
    Event& event = out_.add(kind, direction, at_, text);
    event.connection = connection_;
    event.sequence = sequence_++;
    return event;
  }
  /// Whether this connection has shown anything on the Socket.IO path.
  [[nodiscard]] bool has_told() const noexcept { return sequence_ != 0; }
  /// @param detail The reason's own code + 1, see gap_detail(); 0: none.
  void unobserved(Direction direction, Unobserved reason, std::uint64_t offset_bytes = 0,
                  std::uint8_t detail = 0) {
    Event& event = add(EventKind::Unobserved, direction);
    event.unobserved.reason = reason;  // One by one, here and elsewhere: events are compared and
    event.unobserved.count = 1;        // stored as bytes, and a whole struct brings its padding.
    event.unobserved.offset_bytes = offset_bytes;
    event.unobserved.detail = detail;
  }

 private:
  ConnectionId connection_;
  std::uint32_t& sequence_;
  Instant at_;
  EventBuffer& out_;
};

/// The start of a packet as reports may show it: kExcerptBytesMax at most, whole characters only.
struct Excerpt {
  std::string_view text;
  bool truncated;
};
[[nodiscard]] inline Excerpt excerpt_of(std::string_view packet) noexcept {
  if (packet.size() <= limits::kExcerptBytesMax) return {packet, false};
  std::size_t size = limits::kExcerptBytesMax;
  while (size != 0 && (static_cast<unsigned char>(packet[size]) & 0xC0) == 0x80) --size;
  return {packet.substr(0, size), true};
}

}  // namespace core::tap
