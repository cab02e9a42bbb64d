#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/capture/problems.hpp"
#include "core/capture/recording.hpp"
#include "core/instant.hpp"

namespace core::capture {

/// A link type as tcpdump.org numbers them. Those which link_layer.hpp reads have a name.
/// Source: https://www.tcpdump.org/linktypes.html
enum class LinkType : std::uint16_t {
  Null = 0,
  Ethernet = 1,
  RawOpenBsd = 12,  ///< what raw IP is called in files of some systems
  RawBsdOs = 14,
  Raw = 101,
  Loop = 108,
  LinuxSll = 113,
  Ipv4 = 228,
  Ipv6 = 229,
  LinuxSll2 = 276,
};

/// One packet of a file, as it was captured. Borrows the reader.
struct Packet {
  Instant at;
  std::string_view bytes;
  std::uint32_t original_bytes;  ///< on the wire; more than `bytes` holds when it was cut
  LinkType link;
};

/// A file of packets, in the order of the file.
class PacketSource {
 public:
  virtual ~PacketSource() = default;
  /// The next packet, or nothing at the end. Borrowed until the next call.
  [[nodiscard]] virtual std::optional<Packet> next() = 0;
  /// When the file says that its capture ended, if it does; and whether it is whole. To be asked
  /// when next() has returned nothing.
  [[nodiscard]] virtual End end() const = 0;
  /// Those met since the last call.
  [[nodiscard]] std::vector<Problem> take_problems() { return problems_.take(); }

 protected:
  Problems problems_;
};

}  // namespace core::capture
