#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/capture/address.hpp"
#include "core/direction.hpp"
#include "core/event.hpp"
#include "core/instant.hpp"

namespace core::capture {

/// One connection as TCP would have carried it: what the proxy read, in packets, with a handshake
/// before, exact sequence numbers, acknowledgements, and FIN or RST at the end. Bytes that were not
/// recorded leave a gap in the numbers.
/// Source: RFC 791, RFC 8200, RFC 9293.
class SyntheticTcp {
 public:
  /// Both of one family. `number` tells connections apart that use the same ports.
  SyntheticTcp(const Endpoint& client, const Endpoint& server, std::uint64_t number) noexcept;

  /// Each adds whole pcapng packets to `out`.
  void open(Instant at, std::string& out);
  void send(Direction direction, std::string_view bytes, Instant at, std::string& out);
  /// Bytes of that direction that will not be there.
  void skip(Direction direction, std::uint64_t bytes) noexcept {
    next_[index_of(direction)] += static_cast<std::uint32_t>(bytes);
  }
  void end(Direction direction, StreamEnd how, Instant at, std::string& out);

 private:
  void add(Direction direction, std::uint8_t flags, std::string_view bytes, Instant at,
           std::string& out);

  std::array<Endpoint, 2> from_;                ///< by direction: who sends
  std::array<std::uint32_t, 2> next_;           ///< sequence number of the next byte
  std::array<std::uint32_t, 2> acknowledged_;   ///< by the other side
  std::array<std::uint64_t, 2> address_sum_{};  ///< what checksums have in common
};

}  // namespace core::capture
