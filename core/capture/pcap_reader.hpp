#pragma once

#include "core/capture/byte_source.hpp"
#include "core/capture/endian.hpp"
#include "core/capture/packet_source.hpp"

namespace core::capture {

/// The old format, which tcpdump writes: a header, then packets.
///
///     | magic 4 | version 2+2 | zone 4 | accuracy 4 | snaplen 4 | link type 4 |
///     | seconds 4 | fraction 4 | captured bytes 4 | original bytes 4 | the packet | ...
///
/// The magic tells byte order and fraction: a1b2c3d4 is microseconds, a1b23c4d nanoseconds.
/// Errors: a file that ends inside a packet, or has a packet longer than any; reading ends there.
/// Source: draft-ietf-opsawg-pcap, sections 4 and 5.
class PcapReader : public PacketSource {
 public:
  /// Whether a file that begins so is one.
  [[nodiscard]] static bool recognises(std::string_view start) noexcept;

  /// @param input At the start of a file that recognises() accepted. Borrowed.
  explicit PcapReader(Input& input);

  [[nodiscard]] std::optional<Packet> next() override;
  [[nodiscard]] End end() const override { return end_; }

 private:
  std::optional<Packet> stop(std::string sentence);

  Input& input_;
  End end_;
  std::size_t taken_bytes_ = 0;  ///< of the packet handed out last
  ByteOrder order_ = ByteOrder::Little;
  std::uint32_t tick_ns_ = 1000;
  LinkType link_ = LinkType::Ethernet;
};

}  // namespace core::capture
