#include "core/capture/ip.hpp"

#include <algorithm>

#include "core/capture/endian.hpp"
#include "core/limits.hpp"

namespace core::capture {
namespace {

constexpr std::uint8_t kTcp = 6;
constexpr std::uint32_t kDatagramBytesMax = 65'535;

Endpoint address(std::string_view bytes, std::size_t at, std::size_t size) noexcept {
  Endpoint endpoint;
  endpoint.ipv6 = size == 16;
  for (std::size_t i = 0; i < size; ++i) endpoint.address[i] = u8(bytes, at + i);
  return endpoint;
}

/// What of `datagram` belongs to it, when it says that it has `total_bytes`, and what was cut off.
/// Zero says that a network card was to tell: then it is as long as its frame.
IpPayload payload(std::string_view datagram, std::size_t header_bytes, std::size_t total_bytes,
                  std::uint32_t absent_bytes) noexcept {
  IpPayload result{};
  if (total_bytes == 0) total_bytes = datagram.size() + absent_bytes;
  result.bytes = datagram.substr(0, total_bytes);
  result.bytes.remove_prefix(std::min(header_bytes, result.bytes.size()));
  if (total_bytes > datagram.size())
    result.absent_bytes = static_cast<std::uint32_t>(total_bytes - datagram.size());
  return result;
}

}  // namespace

std::optional<IpPayload> Ip::receive(std::string_view datagram, std::uint32_t absent_bytes) {
  if (datagram.empty()) return std::nullopt;
  switch (u8(datagram, 0) >> 4) {
    case 4:
      return receive_v4(datagram, absent_bytes);
    case 6:
      return receive_v6(datagram, absent_bytes);
    default:
      return std::nullopt;
  }
}

std::optional<IpPayload> Ip::receive_v4(std::string_view datagram, std::uint32_t absent_bytes) {
  if (datagram.size() < 20 || u8(datagram, 9) != kTcp) return std::nullopt;
  const std::size_t header_bytes = (u8(datagram, 0) & 0xfU) * 4;
  const std::size_t total_bytes = u16(datagram, 2);
  if (header_bytes < 20 || header_bytes > datagram.size() ||
      (total_bytes != 0 && total_bytes < header_bytes))
    return std::nullopt;
  IpPayload result = payload(datagram, header_bytes, total_bytes, absent_bytes);
  result.source = address(datagram, 12, 4);
  result.destination = address(datagram, 16, 4);
  const std::uint16_t place = u16(datagram, 6);
  const bool more = (place & 0x2000) != 0;
  const std::uint32_t at_bytes = (place & 0x1fffU) * 8;
  if (!more && at_bytes == 0) return result;
  return collect(result, {u16(datagram, 4), at_bytes, more});
}

std::optional<IpPayload> Ip::receive_v6(std::string_view datagram, std::uint32_t absent_bytes) {
  constexpr std::size_t kHeaderBytes = 40;
  if (datagram.size() < kHeaderBytes) return std::nullopt;
  const std::size_t said_bytes = u16(datagram, 4);
  IpPayload result = payload(datagram, kHeaderBytes,
                             said_bytes == 0 ? 0 : kHeaderBytes + said_bytes, absent_bytes);
  result.source = address(datagram, 8, 16);
  result.destination = address(datagram, 24, 16);

  std::optional<Fragment> fragment;
  for (std::uint8_t next = u8(datagram, 6); next != kTcp;) {
    constexpr std::uint8_t kHopByHop = 0, kRouting = 43, kFragment = 44, kAuthentication = 51,
                           kDestination = 60;
    if (result.bytes.size() < 8) return std::nullopt;
    std::size_t size = (u8(result.bytes, 1) + std::size_t{1}) * 8;
    if (next == kFragment) {
      const std::uint16_t place = u16(result.bytes, 2);
      fragment = Fragment{u32(result.bytes, 4), place & 0xfff8U, (place & 1) != 0};
      size = 8;
    } else if (next == kAuthentication) {
      size = (u8(result.bytes, 1) + std::size_t{2}) * 4;
    } else if (next != kHopByHop && next != kRouting && next != kDestination) {
      return std::nullopt;
    }
    next = u8(result.bytes, 0);
    if (size > result.bytes.size()) return std::nullopt;
    result.bytes.remove_prefix(size);
    // Only the first fragment holds what else stands before TCP.
    if (fragment && fragment->at_bytes != 0 && next != kTcp) return std::nullopt;
  }
  if (!fragment || (!fragment->more && fragment->at_bytes == 0)) return result;
  return collect(result, *fragment);
}

std::optional<IpPayload> Ip::collect(const IpPayload& part, const Fragment& fragment) {
  if (part.absent_bytes != 0 || fragment.at_bytes + part.bytes.size() > kDatagramBytesMax)
    return std::nullopt;  // What it carried will be missing from its connection.
  const Key key{part.source, part.destination, fragment.id};
  const auto [entry, is_new] = waiting_.try_emplace(key);
  Fragments& all = entry->second;
  if (is_new) all.number = numbered_++;
  all.parts.try_emplace(fragment.at_bytes, part.bytes);
  if (!fragment.more)
    all.total_bytes = fragment.at_bytes + static_cast<std::uint32_t>(part.bytes.size());

  whole_.clear();
  for (const auto& [at_bytes, bytes] : all.parts) {
    if (at_bytes > whole_.size()) break;  // A fragment before it has not come.
    if (at_bytes + bytes.size() > whole_.size()) whole_.append(bytes, whole_.size() - at_bytes);
  }
  if (all.total_bytes != 0 && whole_.size() >= all.total_bytes) {
    whole_.resize(all.total_bytes);
    waiting_.erase(entry);
    return IpPayload{part.source, part.destination, whole_, 0};
  }
  if (waiting_.size() > limits::kFragmentedDatagramsMax)
    waiting_.erase(std::min_element(
        waiting_.begin(), waiting_.end(),
        [](const auto& a, const auto& b) { return a.second.number < b.second.number; }));
  return std::nullopt;
}

}  // namespace core::capture
