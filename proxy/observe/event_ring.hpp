#pragma once

#include <atomic>
#include <cstddef>
#include <cstring>
#include <limits>
#include <memory>
#include <span>

#include "core/event_buffer.hpp"
#include "core/instant.hpp"

namespace proxy::observe {

/// Events of one I/O loop on their way to the observer: bounded, single producer, single consumer, and
/// nobody ever waits. A publication that does not fit is dropped whole and counted.
///
/// Records lie end to end in a power of two of bytes. One that would cross the end starts over at
/// the front, and a zero word (`at` of no real event is zero) marks the gap.
class EventRing {
 public:
  explicit EventRing(std::size_t bytes);

  // --- The loop's side ---

  /// Appends whole records (EventBuffer::bytes()) and makes them visible at once: one publication a read.
  /// False when they did not fit: the events are lost, and lost() counts them.
  bool publish(std::span<const std::byte> records) noexcept;
  /// No later publication will carry an instant before `at`. Call after publishing, and also when idle.
  void set_low_water(core::Instant at) noexcept {
    low_water_.store(at.time_since_epoch().count(), std::memory_order_release);
  }
  /// Whether the observer should be woken: asked for by it going to sleep, or the ring is half full.
  [[nodiscard]] bool wants_wake() noexcept;

  // --- The observer's side ---

  /// The oldest event, or an empty pointer. Good until pop().
  [[nodiscard]] const core::Event* front() noexcept;
  [[nodiscard]] std::string_view front_text() const noexcept;
  void pop() noexcept;
  [[nodiscard]] core::Instant low_water() const noexcept {
    return core::Instant(core::Duration(low_water_.load(std::memory_order_acquire)));
  }
  /// The observer goes to sleep until the next event: the next publication must wake it.
  void ask_wake() noexcept { wake_asked_.store(true, std::memory_order_seq_cst); }
  /// Events lost so far.
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_.load(std::memory_order_relaxed); }

 private:
  std::unique_ptr<std::byte[]> storage_;
  std::size_t mask_;
  alignas(64) std::atomic<std::size_t> tail_{0};  ///< written by the loop
  std::size_t head_seen_ = 0;                     ///< the loop's last look at head_
  std::atomic<std::int64_t> low_water_{0};
  std::atomic<std::uint64_t> lost_{0};
  alignas(64) std::atomic<std::size_t> head_{0};  ///< written by the observer
  std::size_t tail_seen_ = 0;
  std::size_t front_ = 0;  ///< the observer's place, ahead of head_ by what it has not given back yet
  alignas(64) std::atomic<bool> wake_asked_{false};
};

}  // namespace proxy::observe
