#pragma once

#include <cstdint>

#include "core/address/ip_address.hpp"
#include "core/tap/hashes.hpp"

namespace core::tap {

/// Who is at the two ends of a connection, as far as its requests need it.
struct Ends {
  std::uint64_t client = 0;     ///< hash of its address
  bool trusted = false;         ///< what it says of its own clients is believed
  std::uint8_t upstream = 0;    ///< Event::Routed's
  std::uint8_t instead_of = 0;  ///< likewise
};

[[nodiscard]] inline std::uint64_t address_hash(const address::IpAddress& address) noexcept {
  return hash_of({reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()});
}

}  // namespace core::tap
