#pragma once

#include <vector>

#include "core/capture/byte_source.hpp"
#include "core/capture/endian.hpp"
#include "core/capture/packet_source.hpp"

namespace core::capture {

/// The format of Wireshark, and ours: blocks, each with its length before and behind it.
///
///     | type 4 | length 4 | body, padded to 4 | length 4 |
///
/// Read are section headers (which set the byte order and forget the interfaces), interfaces with
/// if_tsresol and if_tsoffset, packets (enhanced, simple, and the old kind), and the statistics
/// that say when the capture ended and what was dropped. All other blocks are skipped.
/// Errors: a block that breaks off, or whose lengths cannot be; reading ends there. A packet of an
/// interface that is not there, or without a time, is left out or dated by the one before it.
/// Source: draft-ietf-opsawg-pcapng, sections 3 and 4.
class PcapngReader : public PacketSource {
 public:
  [[nodiscard]] static bool recognises(std::string_view start) noexcept;

  /// @param input At the start of a file that recognises() accepted. Borrowed.
  explicit PcapngReader(Input& input) : input_(input) {}

  [[nodiscard]] std::optional<Packet> next() override;
  [[nodiscard]] End end() const override { return end_; }

 private:
  struct Interface {
    LinkType link;
    std::uint32_t snap_bytes;  ///< 0: no limit
    std::uint64_t ticks_a_second = 1'000'000;
    std::int64_t offset_seconds = 0;
  };

  [[nodiscard]] bool begin_section();
  void add_interface(std::string_view block);
  [[nodiscard]] std::optional<Packet> packet(std::uint32_t type, std::string_view block);
  void read_statistics(std::string_view block);
  [[nodiscard]] Instant instant(const Interface& from, std::uint32_t high,
                                std::uint32_t low) const noexcept;
  void problem(std::string sentence, bool hides_traffic = true);
  void stop(std::string sentence);

  Input& input_;
  End end_;
  Instant latest_{};                   ///< of the packets
  std::vector<Interface> interfaces_;  ///< of this section
  std::uint64_t block_at_bytes_ = 0;   ///< where the block begins that is being read
  std::size_t taken_bytes_ = 0;        ///< of the block whose packet was handed out last
  ByteOrder order_ = ByteOrder::Little;
  bool undated_told_ = false;
};

}  // namespace core::capture
