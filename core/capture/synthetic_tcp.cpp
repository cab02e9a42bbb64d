#include "core/capture/synthetic_tcp.hpp"

#include <algorithm>
#include <cstring>

#include "core/capture/pcapng_writer.hpp"

namespace core::capture {
namespace {

constexpr std::uint8_t kFin = 0x01, kSyn = 0x02, kRst = 0x04, kPsh = 0x08, kAck = 0x10;
constexpr std::uint8_t kTcp = 6, kHopLimit = 64;
constexpr std::size_t kTcpHeadBytes = 20;
/// What fits into an IP packet with room to spare.
constexpr std::size_t kPayloadBytesMax = 61'440;
/// Window and scale make a gigabyte: nobody waited for an acknowledgement that we do not have.
constexpr std::uint8_t kWindowScale = 14;
constexpr std::uint16_t kWindow = 0xffff;
/// Unacknowledged bytes after which the other side says that it has them.
constexpr std::uint32_t kUnacknowledgedBytesMax = 1U << 24;

void put16(std::uint8_t* at, std::uint16_t number) noexcept {
  at[0] = static_cast<std::uint8_t>(number >> 8);
  at[1] = static_cast<std::uint8_t>(number);
}
void put32(std::uint8_t* at, std::uint32_t number) noexcept {
  put16(at, static_cast<std::uint16_t>(number >> 16));
  put16(at + 2, static_cast<std::uint16_t>(number));
}

/// Adds bytes, as 16-bit numbers in memory order, without folding; the last may be half.
std::uint64_t sum(const void* bytes, std::size_t size, std::uint64_t so_far) noexcept {
  const auto* at = static_cast<const char*>(bytes);
  // Two halves of a word go into a sum each: the compiler makes vectors of it.
  std::uint64_t high = 0;
  for (; size >= 8; size -= 8, at += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    so_far += word & 0xffffffff;
    high += word >> 32;
  }
  so_far += high;
  if (size >= 4) {
    std::uint32_t word;
    std::memcpy(&word, at, 4);
    so_far += word;
    size -= 4;
    at += 4;
  }
  std::uint32_t rest = 0;
  if (size != 0) std::memcpy(&rest, at, size);
  return so_far + rest;
}
/// The Internet checksum of a sum, in memory order. Source: RFC 1071.
std::uint16_t folded(std::uint64_t total) noexcept {
  while (total >> 16 != 0) total = (total & 0xffff) + (total >> 16);
  return static_cast<std::uint16_t>(~total);
}

}  // namespace

SyntheticTcp::SyntheticTcp(const Endpoint& client, const Endpoint& server,
                           std::uint64_t number) noexcept
    : from_{client, server} {
  // Connections that reuse a port should not look like retransmissions of each other.
  const auto first = static_cast<std::uint32_t>(number * 2654435761U);
  next_ = {first, first ^ 0x55555555U};
  acknowledged_ = next_;
  for (const Direction direction : {Direction::ToServer, Direction::ToClient}) {
    std::uint64_t total = 0;
    for (const Endpoint& one : from_) total = sum(one.address.data(), one.ipv6 ? 16 : 4, total);
    address_sum_[index_of(direction)] = total;
  }
}

void SyntheticTcp::open(Instant at, std::string& out) {
  add(Direction::ToServer, kSyn, {}, at, out);
  add(Direction::ToClient, kSyn | kAck, {}, at, out);
  add(Direction::ToServer, kAck, {}, at, out);
}

void SyntheticTcp::send(Direction direction, std::string_view bytes, Instant at, std::string& out) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kPayloadBytesMax);
    bytes.remove_prefix(piece.size());
    add(direction, bytes.empty() ? kPsh | kAck : kAck, piece, at, out);
  }
  const std::size_t i = index_of(direction);
  if (next_[i] - acknowledged_[i] > kUnacknowledgedBytesMax)
    add(opposite(direction), kAck, {}, at, out);
}

void SyntheticTcp::end(Direction direction, StreamEnd how, Instant at, std::string& out) {
  if (how == StreamEnd::Reset) return add(direction, kRst | kAck, {}, at, out);
  add(direction, kFin | kAck, {}, at, out);
  add(opposite(direction), kAck, {}, at, out);
}

void SyntheticTcp::add(Direction direction, std::uint8_t flags, std::string_view bytes, Instant at,
                       std::string& out) {
  const Endpoint& from = from_[index_of(direction)];
  const Endpoint& to = from_[index_of(opposite(direction))];
  const bool syn = (flags & kSyn) != 0;
  std::uint32_t& sequence = next_[index_of(direction)];
  const std::uint32_t acknowledged = next_[index_of(opposite(direction))];

  std::array<std::uint8_t, 40 + kTcpHeadBytes + 8> packet{};
  const std::size_t ip_bytes = from.ipv6 ? 40 : 20;
  const std::size_t tcp_bytes = kTcpHeadBytes + (syn ? 8 : 0);
  std::uint8_t* const ip = packet.data();
  std::uint8_t* const tcp = ip + ip_bytes;

  put16(tcp, from.port);
  put16(tcp + 2, to.port);
  put32(tcp + 4, sequence);
  if ((flags & kAck) != 0) put32(tcp + 8, acknowledged);
  tcp[12] = static_cast<std::uint8_t>(tcp_bytes / 4 << 4);
  tcp[13] = flags;
  put16(tcp + 14, kWindow);
  if (syn) {
    const std::uint8_t options[8] = {2, 4, 0xff, 0xff, 1, 3, 3, kWindowScale};  // MSS, scale
    std::memcpy(tcp + kTcpHeadBytes, options, sizeof options);
  }
  std::uint8_t pseudo[4] = {0, kTcp};
  put16(pseudo + 2, static_cast<std::uint16_t>(tcp_bytes + bytes.size()));
  std::uint64_t total = sum(pseudo, sizeof pseudo, address_sum_[index_of(direction)]);
  total = sum(bytes.data(), bytes.size(), sum(tcp, tcp_bytes, total));
  const std::uint16_t tcp_sum = folded(total);
  std::memcpy(tcp + 16, &tcp_sum, sizeof tcp_sum);

  if (from.ipv6) {
    ip[0] = 0x60;
    put16(ip + 4, static_cast<std::uint16_t>(tcp_bytes + bytes.size()));
    ip[6] = kTcp;
    ip[7] = kHopLimit;
    std::memcpy(ip + 8, from.address.data(), 16);
    std::memcpy(ip + 24, to.address.data(), 16);
  } else {
    ip[0] = 0x45;
    put16(ip + 2, static_cast<std::uint16_t>(ip_bytes + tcp_bytes + bytes.size()));
    ip[6] = 0x40;  // Do not fragment.
    ip[8] = kHopLimit;
    ip[9] = kTcp;
    std::memcpy(ip + 12, from.address.data(), 4);
    std::memcpy(ip + 16, to.address.data(), 4);
    const std::uint16_t ip_sum = folded(sum(ip, ip_bytes, 0));
    std::memcpy(ip + 10, &ip_sum, sizeof ip_sum);
  }
  pcapng::add_packet(at, direction,
                     {reinterpret_cast<const char*>(packet.data()), ip_bytes + tcp_bytes}, bytes,
                     out);
  sequence += static_cast<std::uint32_t>(bytes.size()) + (syn || (flags & kFin) != 0 ? 1 : 0);
  if ((flags & kAck) != 0) acknowledged_[index_of(opposite(direction))] = acknowledged;
}

}  // namespace core::capture
