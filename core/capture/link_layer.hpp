#pragma once

#include <optional>
#include <string_view>

#include "core/capture/packet_source.hpp"

namespace core::capture {

/// Whether frames of this kind can be read.
[[nodiscard]] bool is_known(LinkType link) noexcept;

/// The IP datagram in a frame, maybe cut, maybe with padding behind it; nothing when it carries
/// something else. Ethernet with any number of VLAN tags, Linux "any" of both versions, the
/// loopback of the BSDs, and raw IP.
[[nodiscard]] std::optional<std::string_view> datagram_in(std::string_view frame,
                                                          LinkType link) noexcept;

}  // namespace core::capture
