#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/capture/endian.hpp"
#include "core/capture/ip.hpp"

namespace core::capture {

/// One TCP segment. Borrows the datagram.
struct TcpSegment {
  Endpoint source;
  Endpoint destination;
  std::uint32_t sequence;
  std::uint32_t acknowledged;  ///< when `ack`
  std::string_view payload;
  std::uint32_t absent_bytes;  ///< of the payload, behind it, which the capture cut off
  bool syn;
  bool ack;
  bool fin;
  bool rst;
};

/// Nothing when its header is not whole.
/// Source: RFC 9293, section 3.1.
[[nodiscard]] inline std::optional<TcpSegment> segment_in(const IpPayload& ip) noexcept {
  const std::string_view bytes = ip.bytes;
  if (bytes.size() < 20) return std::nullopt;
  const std::size_t header_bytes = (u8(bytes, 12) >> 4) * std::size_t{4};
  if (header_bytes < 20 || header_bytes > bytes.size()) return std::nullopt;
  const std::uint8_t flags = u8(bytes, 13);
  TcpSegment segment{.source = ip.source,
                     .destination = ip.destination,
                     .sequence = u32(bytes, 4),
                     .acknowledged = u32(bytes, 8),
                     .payload = bytes.substr(header_bytes),
                     .absent_bytes = ip.absent_bytes,
                     .syn = (flags & 0x02) != 0,
                     .ack = (flags & 0x10) != 0,
                     .fin = (flags & 0x01) != 0,
                     .rst = (flags & 0x04) != 0};
  segment.source.port = u16(bytes, 0);
  segment.destination.port = u16(bytes, 2);
  return segment;
}

}  // namespace core::capture
