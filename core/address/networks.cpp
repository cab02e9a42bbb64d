#include "core/address/networks.hpp"

#include <cstdint>

namespace core::address {
namespace {

/// The bits of byte `index` that a prefix of `prefix_bits` covers.
std::uint8_t mask_of(std::size_t index, unsigned prefix_bits) noexcept {
  const std::size_t begin = index * 8;
  if (prefix_bits >= begin + 8) return 0xff;
  if (prefix_bits <= begin) return 0;
  return static_cast<std::uint8_t>(0xff << (begin + 8 - prefix_bits));
}

}  // namespace

bool Network::holds(const IpAddress& one) const noexcept {
  for (std::size_t i = 0; i < one.bytes.size() && i * 8 < prefix_bits; ++i)
    if ((one.bytes[i] & mask_of(i, prefix_bits)) != address.bytes[i]) return false;
  return true;
}

std::optional<Network> network_of(std::string_view text) noexcept {
  constexpr unsigned kBits = 128, kMappedBits = 96;
  const std::size_t slash = text.find('/');
  const std::string_view host = text.substr(0, slash);
  const auto address = ip_address_of(host);
  if (!address || host.find('%') != host.npos) return std::nullopt;
  // `::ffff:10.0.0.0/104` counts as IPv6 does.
  const unsigned offset_bits = host.find(':') == host.npos ? kMappedBits : 0;

  Network network{*address, kBits};
  if (slash != text.npos) {
    const auto bits = number_of(text.substr(slash + 1), kBits - offset_bits);
    if (!bits) return std::nullopt;
    network.prefix_bits = *bits + offset_bits;
  }
  for (std::size_t i = 0; i < network.address.bytes.size(); ++i)
    network.address.bytes[i] &= mask_of(i, network.prefix_bits);
  return network;
}

}  // namespace core::address
