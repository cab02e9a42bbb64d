#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/direction.hpp"
#include "core/event.hpp"
#include "core/instant.hpp"
#include "proxy/net/limits.hpp"

namespace proxy::net {

class Tunnel;

/// What one turn of a loop has read and forwarded, and not yet shown to the taps: all that is ready
/// goes on before any of it is decoded. So nobody's bytes wait for the decoding of another's, and a
/// peer that was woken finds the next bytes there already instead of falling asleep between them.
/// The reads lie one behind the other in one buffer. The end of a stream is the last of its reads.
class Reads {
 public:
  struct Read {
    Tunnel* tunnel;
    core::Direction direction;
    core::Instant at;
    std::span<char> bytes;
    std::optional<core::StreamEnd> end = std::nullopt;  ///< instead of bytes
  };

  Reads()
      : buffer_(std::make_unique_for_overwrite<char[]>(limits::kTurnBytes + limits::kReadBytes)) {
    waiting_.reserve(limits::kReadyPerTurn);
  }

  /// Where the next read goes: limits::kReadBytes, good until keep() or clear().
  [[nodiscard]] std::span<char> room() const noexcept {
    return {buffer_.get() + used_, limits::kReadBytes};
  }
  /// `read.bytes` are the front of room(); they stay there until clear().
  void keep(const Read& read) {
    constexpr std::size_t kLineBytes = 64;
    waiting_.push_back(read);
    used_ += (read.bytes.size() + kLineBytes - 1) / kLineBytes * kLineBytes;
  }
  /// Time to show them: they would leave the near cache.
  [[nodiscard]] bool full() const noexcept {
    return used_ > limits::kTurnBytes || waiting_.size() >= limits::kReadyPerTurn;
  }
  [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }
  [[nodiscard]] std::span<const Read> waiting() const noexcept { return waiting_; }
  void clear() noexcept {
    waiting_.clear();
    used_ = 0;
  }

 private:
  std::unique_ptr<char[]> buffer_;
  std::size_t used_ = 0;
  std::vector<Read> waiting_;  ///< in the order in which they were read
};

}  // namespace proxy::net
