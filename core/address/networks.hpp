#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/address/ip_address.hpp"

namespace core::address {

/// One network, as CIDR has it: every address whose first `prefix_bits` are its own.
struct Network {
  IpAddress address;         ///< the bits behind the prefix are 0
  unsigned prefix_bits = 0;  ///< of the 128 of IPv6: 96 more than IPv4 counts

  [[nodiscard]] bool holds(const IpAddress& one) const noexcept;
  friend bool operator==(const Network&, const Network&) = default;
};

/// Reads `10.0.0.0/8`, `2001:db8::/32`, or an address alone, which is a network of one. Bits behind
/// the prefix are passed over, so `10.1.2.3/8` is `10.0.0.0/8`. Nothing: it is none.
/// Source: RFC 4632, section 3.1; RFC 4291, section 2.3.
[[nodiscard]] std::optional<Network> network_of(std::string_view text) noexcept;

/// Whose word is taken for who their clients are (`--trust`). A handful, so it is walked.
class Networks {
 public:
  void add(const Network& network) { networks_.push_back(network); }
  [[nodiscard]] bool empty() const noexcept { return networks_.empty(); }
  [[nodiscard]] bool hold(const IpAddress& address) const noexcept {
    for (const Network& network : networks_)
      if (network.holds(address)) return true;
    return false;
  }

 private:
  std::vector<Network> networks_;
};

}  // namespace core::address
