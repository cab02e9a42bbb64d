#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>

#include "core/event_buffer.hpp"
#include "core/instant.hpp"

namespace proxy::observe {

/// Events of one I/O loop on their way to the observer: bounded, single producer, single consumer,
/// and nobody ever waits. A publication that does not fit is dropped whole and counted.
///
/// Records lie end to end in a power of two of bytes. One that would cross the end starts over at
/// the front, and a zero word marks the gap (no event happens at instant zero).
///
/// The low-water mark lets the observer merge several rings in order: a loop that is busy vouches
/// for the instant of its last publication; one that sleeps in its poll has nothing in hand, so the
/// observer's own clock will do for it.
class EventRing {
 public:
  /// `bytes` is a power of two.
  explicit EventRing(std::size_t bytes);

  // --- The loop's side ---

  /// Appends whole records (EventBuffer::bytes()) and makes them visible at once: one publication a
  /// read. False when they did not fit: the events are lost, and lost() counts the bytes' events.
  bool publish(std::span<const std::byte> records) noexcept;
  /// No later publication will carry an instant before `at`. Call it after each read's publication.
  void set_low_water(core::Instant at) noexcept {
    low_water_.store(at.time_since_epoch().count(), std::memory_order_release);
  }
  /// Around the loop's poll: while asleep it holds no instant that it has not published.
  void falls_asleep() noexcept { asleep_.store(true, std::memory_order_release); }
  /// Call it before the first clock reading after the poll. The exchange is a full fence: whoever
  /// saw `asleep` read its own clock before we read ours.
  void woke_up() noexcept { asleep_.exchange(false, std::memory_order_seq_cst); }
  /// Whether the observer should be woken: it went to sleep, or the ring is half full. Says so
  /// once.
  [[nodiscard]] bool wants_wake() noexcept;

  // --- The observer's side ---

  /// The oldest event, or nullptr. Good until pop().
  [[nodiscard]] const core::Event* front() noexcept;
  /// The text of front().
  [[nodiscard]] std::string_view front_text() const noexcept;
  void pop() noexcept;
  /// No event that is not yet visible will carry an instant before this. `now` must have been read
  /// before the call.
  [[nodiscard]] core::Instant low_water(core::Instant now) const noexcept;
  /// The observer goes to sleep: the next publication should wake it.
  void ask_wake() noexcept { wake_asked_.store(true, std::memory_order_seq_cst); }
  /// Events lost so far.
  [[nodiscard]] std::uint64_t lost() const noexcept {
    return lost_.load(std::memory_order_relaxed);
  }

 private:
  [[nodiscard]] std::size_t room_to_end(std::size_t position) const noexcept {
    return mask_ + 1 - (position & mask_);
  }

  struct Free {
    void operator()(std::byte* storage) const noexcept { std::free(storage); }
  };
  std::unique_ptr<std::byte[], Free> storage_;
  std::size_t mask_;
  // Positions only grow; the mask finds their place. Each side keeps its last look at the other's.
  alignas(64) std::atomic<std::size_t> tail_{0};  ///< written by the loop
  std::size_t head_seen_ = 0;
  bool half_full_ = false;  ///< when last looked at
  std::atomic<std::int64_t> low_water_{0};
  std::atomic<std::uint64_t> lost_{0};
  std::atomic<bool> asleep_{false};
  alignas(64) std::atomic<std::size_t> head_{0};  ///< written by the observer
  std::size_t tail_seen_ = 0;
  std::size_t front_ =
      0;  ///< the observer's place, ahead of head_ by what it has not given back yet
  alignas(64) std::atomic<bool> wake_asked_{false};
};

}  // namespace proxy::observe
