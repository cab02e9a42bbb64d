#include "core/capture/link_layer.hpp"

#include "core/capture/endian.hpp"

namespace core::capture {
namespace {

constexpr std::uint16_t kIpv4 = 0x0800, kIpv6 = 0x86dd;

bool is_vlan(std::uint16_t type) noexcept {
  return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

/// What follows an Ethernet type, which may be VLAN tags: | tag 2 | type 2 | ...
std::optional<std::string_view> behind_type(std::uint16_t type, std::string_view rest) noexcept {
  while (is_vlan(type)) {
    if (rest.size() < 4) return std::nullopt;
    type = u16(rest, 2);
    rest.remove_prefix(4);
  }
  if (type != kIpv4 && type != kIpv6) return std::nullopt;
  return rest;
}

std::optional<std::string_view> without(std::size_t bytes, std::string_view frame) noexcept {
  if (frame.size() < bytes) return std::nullopt;
  return frame.substr(bytes);
}

/// A header of `bytes`, in which an Ethernet type stands at `type_at`.
std::optional<std::string_view> behind(std::size_t bytes, std::size_t type_at,
                                       std::string_view frame) noexcept {
  if (frame.size() < bytes) return std::nullopt;
  return behind_type(u16(frame, type_at), frame.substr(bytes));
}

}  // namespace

bool is_known(LinkType link) noexcept {
  switch (link) {
    case LinkType::Null:
    case LinkType::Ethernet:
    case LinkType::RawOpenBsd:
    case LinkType::RawBsdOs:
    case LinkType::Raw:
    case LinkType::Loop:
    case LinkType::LinuxSll:
    case LinkType::Ipv4:
    case LinkType::Ipv6:
    case LinkType::LinuxSll2:
      return true;
  }
  return false;
}

std::optional<std::string_view> datagram_in(std::string_view frame, LinkType link) noexcept {
  switch (link) {
    case LinkType::Null:  // An address family, whose number differs: the datagram knows better.
    case LinkType::Loop:
      return without(4, frame);
    case LinkType::Ethernet:  // | to 6 | from 6 | type 2 |
      return behind(14, 12, frame);
    case LinkType::LinuxSll:  // | kind 2 | device 2 | length 2 | from 8 | type 2 |
      return behind(16, 14, frame);
    case LinkType::LinuxSll2:  // | type 2 | zero 2 | interface 4 | device 2 | kind, length 2 | 8 |
      return behind(20, 0, frame);
    case LinkType::RawOpenBsd:
    case LinkType::RawBsdOs:
    case LinkType::Raw:
    case LinkType::Ipv4:
    case LinkType::Ipv6:
      return frame;
  }
  return std::nullopt;
}

}  // namespace core::capture
