#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/capture/sorted_items.hpp"

namespace core::capture {

/// One direction of a TCP connection, put back in order: segments in, in any order, as often as
/// they like; bytes out, each once. Of bytes that came twice the first win.
///
/// How it works. Offsets are counted from the first byte, in 64 bits, so that sequence numbers may
/// wrap. What comes too early waits. What the receiver acknowledged and nobody saw is a hole: it is
/// waited for a little, since packets stand in captures a little out of order, and then Missing.
/// Bytes carry the instant of the packet that completed them.
class Half {
 public:
  /// Where it tells what it finds.
  struct Told {
    SortedItems& items;
    ConnectionId connection;
    Direction direction;
  };

  /// The next byte has this sequence number, and comes at `at` or later.
  void start(std::uint32_t sequence, Instant at) noexcept;
  [[nodiscard]] bool started() const noexcept { return started_; }

  /// @param absent_bytes Behind `payload`: sent, and not in the capture.
  void receive(std::uint32_t sequence, std::string_view payload, std::uint32_t absent_bytes,
               Instant at, const Told& told);
  /// A FIN stands at this sequence number.
  void fin(std::uint32_t sequence, Instant at, const Told& told);
  /// The receiver has everything before this sequence number.
  void acknowledged(std::uint32_t sequence, Instant at) noexcept;
  /// When a hole will have been waited for long enough; Instant::max() when there is none.
  [[nodiscard]] Instant deadline() const noexcept;
  /// Tells holes whose time has come.
  void advance(Instant now, const Told& told);
  /// The connection was reset, or is gone: what waits will never be read.
  void drop() noexcept;
  /// Nobody wants its bytes any more: from here on only its end is told.
  void ignore() noexcept;
  /// Its FIN was told.
  [[nodiscard]] bool over() const noexcept { return over_; }

 private:
  struct Piece {
    std::string bytes;  ///< of `absent` ones none
    std::uint64_t absent_bytes;
    Instant at;
    [[nodiscard]] std::uint64_t size() const noexcept { return bytes.size() + absent_bytes; }
  };

  [[nodiscard]] std::uint64_t offset_of(std::uint32_t sequence) const noexcept;
  void take(std::uint64_t offset, std::string_view bytes, std::uint64_t absent_bytes, Instant at,
            const Told& told);
  void keep(std::uint64_t offset, std::string_view bytes, std::uint64_t absent_bytes, Instant at);
  void deliver(std::string_view bytes, std::uint64_t absent_bytes, Instant at, const Told& told);
  void deliver_waiting(const Told& told);
  void give_up(std::uint64_t end, const Told& told);

  std::map<std::uint64_t, Piece> waiting_;  ///< by offset; none overlaps another
  std::optional<std::uint64_t> fin_;
  std::uint64_t next_ = 0;  ///< offset of the next byte to tell; it starts at kOrigin
  std::uint64_t acknowledged_ = 0;
  std::uint64_t waiting_bytes_ = 0;
  Instant hole_since_ = Instant::max();
  Instant latest_{};  ///< of what was told
  Instant fin_at_{};
  std::uint32_t origin_ = 0;  ///< the sequence number of kOrigin
  bool started_ = false;
  bool over_ = false;
  bool ignored_ = false;
};

}  // namespace core::capture
