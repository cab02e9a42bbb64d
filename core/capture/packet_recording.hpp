#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "core/capture/ip.hpp"
#include "core/capture/packet_source.hpp"
#include "core/capture/recording.hpp"
#include "core/capture/sorted_items.hpp"
#include "core/capture/tcp_reassembly.hpp"

namespace core::capture {

/// The TCP connections in one or several files of packets, which are merged by time: parts of one
/// rotated capture, or captures of several places.
class PacketRecording : public Recording {
 public:
  /// @param files Borrowed.
  explicit PacketRecording(std::vector<PacketSource*> files);

  [[nodiscard]] std::optional<Item> next() override;
  void ignore(ConnectionId connection) override { tcp_.ignore(connection); }
  [[nodiscard]] End end() const override;
  /// When the first packet came, whatever was in it.
  [[nodiscard]] Instant began() const override;

  /// A problem with one of the files.
  struct Found {
    std::size_t file;
    Problem problem;
  };
  /// Those met since the last call.
  [[nodiscard]] std::vector<Found> take_problems();

 private:
  struct File {
    PacketSource* source;
    std::optional<Packet> next;
    std::set<LinkType> unknown;  ///< told
    bool backwards_told = false;
  };

  /// Reads one packet; false when there are no more.
  bool read();
  void decode(const Packet& packet);
  void tell_of(File& file, const Packet& packet);

  std::vector<File> files_;
  std::vector<Found> found_;
  Instant latest_{};  ///< of the packets read
  SortedItems items_;
  Ip ip_;
  TcpReassembly tcp_{items_};
  SortedItems::More more_ = SortedItems::More::ToCome;
};

}  // namespace core::capture
