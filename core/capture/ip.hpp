#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "core/capture/address.hpp"

namespace core::capture {

/// What an IP datagram carries for TCP.
struct IpPayload {
  Endpoint source;  ///< without ports
  Endpoint destination;
  std::string_view bytes;      ///< Borrows the datagram, or the Ip that put it together.
  std::uint32_t absent_bytes;  ///< behind them, which the capture cut off
};

/// IPv4 and IPv6 datagrams in, TCP out; fragments are put together, extension headers passed over.
/// Checksums are not looked at: network cards fill them in after the capture saw them.
/// Source: RFC 791; RFC 8200, section 4.
class Ip {
 public:
  /// @param datagram Maybe cut, maybe padded.
  /// @param absent_bytes Which the capture cut off its frame.
  /// Nothing when it is no TCP, not the last fragment to come, or no IP at all.
  [[nodiscard]] std::optional<IpPayload> receive(std::string_view datagram,
                                                 std::uint32_t absent_bytes);

 private:
  /// A datagram in fragments. What comes first wins.
  struct Fragments {
    std::map<std::uint32_t, std::string> parts;  ///< by their place
    std::uint32_t total_bytes = 0;               ///< once the last part has come
    std::uint64_t number = 0;                    ///< the oldest goes first
  };
  using Key = std::tuple<Endpoint, Endpoint, std::uint32_t>;
  struct Fragment {
    std::uint32_t id;
    std::uint32_t at_bytes;
    bool more;
  };

  [[nodiscard]] std::optional<IpPayload> receive_v4(std::string_view datagram,
                                                    std::uint32_t absent_bytes);
  [[nodiscard]] std::optional<IpPayload> receive_v6(std::string_view datagram,
                                                    std::uint32_t absent_bytes);
  [[nodiscard]] std::optional<IpPayload> collect(const IpPayload& part, const Fragment& fragment);

  std::map<Key, Fragments> waiting_;
  std::uint64_t numbered_ = 0;
  std::string whole_;
};

}  // namespace core::capture
