#pragma once

#include <optional>
#include <string_view>

#include "core/address/ip_address.hpp"
#include "core/address/networks.hpp"

namespace core::address {

/// Whom X-Forwarded-For names as the client of a request that a trusted hop brought. `value` is the
/// header's, several lines joined by commas in their order: each hop has added, on the right, the
/// address that it saw.
///
///     X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.0.0.2     trusted: 10.0.0.0/8
///                      `claimed `the client, as the hop 10.0.0.2 saw it
///
/// Walks from the right as long as the addresses are trusted, and returns the last one reached: the
/// first that is not, else the leftmost. A word that is no address (`unknown`, `_hidden`, garbage)
/// ends the walk: nobody vouches for what stands left of it. Nothing: not even the rightmost is
/// one. Ports and brackets are read and left out; empty elements are passed over.
/// Source: nginx, ngx_http_realip_module, real_ip_recursive; RFC 7239, section 7.4, for the forms.
[[nodiscard]] std::optional<IpAddress> forwarded_for(std::string_view value,
                                                     const Networks& trusted) noexcept;

}  // namespace core::address
