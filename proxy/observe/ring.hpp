#pragma once

#include <sys/mman.h>

#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <utility>

#include "core/instant.hpp"

namespace proxy::observe {

/// What a ring must know of a record: how long the text behind it is. A record begins with its
/// instant, `at`, which is never zero, and its size is a multiple of 8.
template <class Record>
struct RingFormat;

/// Records of one I/O loop on their way to another thread: bounded, single producer, single
/// consumer, and nobody ever waits. What does not fit is dropped whole and counted.
///
/// Records lie end to end in a power of two of bytes, each followed by its text, padded to 8. One
/// that would cross the end starts over at the front, and a zero word marks the gap.
///
/// The low-water mark lets the consumer merge several rings in order: a loop that is busy vouches
/// for the instant of its last publication; one that sleeps in its poll has nothing in hand, so the
/// consumer's own clock will do for it.
template <class Record>
class Ring {
 public:
  /// `bytes` is a power of two.
  explicit Ring(std::size_t bytes) : storage_(allocate(bytes)), mask_(bytes - 1) {
    assert((bytes & mask_) == 0 && "a power of two");
  }

  // --- The loop's side ---

  /// Appends whole records (EventBuffer::bytes()) and makes them visible at once: one publication a
  /// read. False when they did not fit: they are lost, and lost() counts them.
  bool publish(std::span<const std::byte> records) noexcept {
    const std::size_t start = tail_.load(std::memory_order_relaxed);
    std::size_t tail = start;
    if (records.size() <= room_to_end(start)) {  // The common case: one copy.
      if (fits(start + records.size())) {
        std::memcpy(storage_.get() + (start & mask_), records.data(), records.size());
        tail_.store(start + records.size(), std::memory_order_release);
        return true;
      }
    } else {
      std::span<const std::byte> rest = records;
      while (!rest.empty()) {
        const std::size_t size = bytes_of(rest.data());
        if (!place(size, tail)) break;
        std::memcpy(storage_.get() + (tail & mask_), rest.data(), size);
        tail += size;
        rest = rest.subspan(size);
      }
      if (rest.empty()) {
        tail_.store(tail, std::memory_order_release);
        return true;
      }
    }

    std::uint64_t count = 0;
    for (; !records.empty(); ++count) records = records.subspan(bytes_of(records.data()));
    lost_.fetch_add(count, std::memory_order_relaxed);
    return false;
  }
  /// Appends one record and its text, and makes them visible. False when fewer than `spare_bytes`
  /// would be left: it is lost and counted.
  bool publish(const Record& record, std::span<const char> text,
               std::size_t spare_bytes = 0) noexcept {
    const std::size_t size = record_bytes(text.size());
    std::size_t tail = tail_.load(std::memory_order_relaxed);
    if (!fits(tail + size + spare_bytes) || !place(size, tail)) {
      lost_.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
    std::byte* const at = storage_.get() + (tail & mask_);
    std::memcpy(at, &record, sizeof record);
    if (!text.empty()) std::memcpy(at + sizeof record, text.data(), text.size());
    tail_.store(tail + size, std::memory_order_release);
    return true;
  }
  /// No later publication will carry an instant before `at`. Call it after each read's publication.
  void set_low_water(core::Instant at) noexcept {
    low_water_.store(at.time_since_epoch().count(), std::memory_order_release);
  }
  /// Around the loop's poll: while asleep it holds no instant that it has not published.
  void falls_asleep() noexcept { asleep_.store(true, std::memory_order_release); }
  /// Call it before the first clock reading after the poll. The exchange is a full fence: whoever
  /// saw `asleep` read its own clock before we read ours.
  void woke_up() noexcept { asleep_.exchange(false, std::memory_order_seq_cst); }
  /// Whether the consumer should be woken: it went to sleep, or the ring is half full. Says so
  /// once.
  [[nodiscard]] bool wants_wake() noexcept {
    if (wake_asked_.load(std::memory_order_relaxed))
      return wake_asked_.exchange(false, std::memory_order_relaxed);
    const std::size_t half = (mask_ + 1) / 2;
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head_seen_ > half) head_seen_ = head_.load(std::memory_order_acquire);
    const bool was_half_full = std::exchange(half_full_, tail - head_seen_ > half);
    return half_full_ && !was_half_full;
  }

  // --- The consumer's side ---

  /// The oldest record, or nullptr. Good until pop().
  [[nodiscard]] Record* front() noexcept {
    while (true) {
      if (front_ == tail_seen_) {
        tail_seen_ = tail_.load(std::memory_order_acquire);
        if (front_ == tail_seen_) {
          head_.store(front_, std::memory_order_release);
          return nullptr;
        }
      }
      auto* record = reinterpret_cast<Record*>(storage_.get() + (front_ & mask_));
      __builtin_prefetch(reinterpret_cast<const std::byte*>(record) + kPrefetchBytes);
      __builtin_prefetch(reinterpret_cast<const std::byte*>(record) + kPrefetchBytes + 64);
      if (record->at != core::Instant{}) return record;
      front_ += room_to_end(front_);
    }
  }
  /// The text of front(). The consumer may write over it.
  [[nodiscard]] std::span<char> front_bytes() noexcept {
    auto* const record = reinterpret_cast<Record*>(storage_.get() + (front_ & mask_));
    return {reinterpret_cast<char*>(record + 1), RingFormat<Record>::text_bytes(*record)};
  }
  [[nodiscard]] std::string_view front_text() noexcept {
    const std::span<char> bytes = front_bytes();
    return {bytes.data(), bytes.size()};
  }
  void pop() noexcept {
    front_ += bytes_of(storage_.get() + (front_ & mask_));
    if (front_ - head_.load(std::memory_order_relaxed) >= kGiveBackBytes)
      head_.store(front_, std::memory_order_release);
  }
  /// No record that is not yet visible will carry an instant before this. `now` must have been read
  /// before the call.
  [[nodiscard]] core::Instant low_water(core::Instant now) const noexcept {
    if (asleep_.load(std::memory_order_seq_cst)) return now;
    return core::Instant(core::Duration(low_water_.load(std::memory_order_acquire)));
  }
  /// The consumer goes to sleep: the next publication should wake it.
  void ask_wake() noexcept { wake_asked_.store(true, std::memory_order_seq_cst); }
  /// Records lost so far.
  [[nodiscard]] std::uint64_t lost() const noexcept {
    return lost_.load(std::memory_order_relaxed);
  }

 private:
  /// The consumer gives room back in portions, so that the two sides seldom touch the same line.
  static constexpr std::size_t kGiveBackBytes = 16 << 10;
  /// What the loop wrote is no longer close by: a few records ahead are fetched meanwhile. (To
  /// fetch past the end of the ring does nothing.)
  static constexpr std::size_t kPrefetchBytes = 512;

  struct Free {
    void operator()(std::byte* storage) const noexcept { std::free(storage); }
  };

  /// In huge pages where the system gives them on request: a thousand small ones, gone through over
  /// and over, crowd everything else out of the TLB.
  static std::byte* allocate(std::size_t bytes) {
    constexpr std::size_t kHugePageBytes = std::size_t{2} << 20, kLineBytes = 64;
    void* const storage =
        std::aligned_alloc(bytes % kHugePageBytes == 0 ? kHugePageBytes : kLineBytes, bytes);
    if (storage == nullptr) throw std::bad_alloc();
    if (bytes % kHugePageBytes == 0) madvise(storage, bytes, MADV_HUGEPAGE);  // Only a wish.
    return static_cast<std::byte*>(storage);
  }
  static constexpr std::size_t record_bytes(std::size_t text_bytes) noexcept {
    return sizeof(Record) + ((text_bytes + 7) & ~std::size_t{7});
  }
  static std::size_t bytes_of(const std::byte* record) noexcept {
    return record_bytes(RingFormat<Record>::text_bytes(*reinterpret_cast<const Record*>(record)));
  }

  [[nodiscard]] std::size_t room_to_end(std::size_t position) const noexcept {
    return mask_ + 1 - (position & mask_);
  }
  /// Whether the loop may write up to `end`.
  [[nodiscard]] bool fits(std::size_t end) noexcept {
    if (end - head_seen_ <= mask_ + 1) return true;
    head_seen_ = head_.load(std::memory_order_acquire);
    return end - head_seen_ <= mask_ + 1;
  }
  /// Moves `tail` to where `size` bytes lie in one piece, over a gap if need be.
  [[nodiscard]] bool place(std::size_t size, std::size_t& tail) noexcept {
    const std::size_t gap = size > room_to_end(tail) ? room_to_end(tail) : 0;
    if (!fits(tail + gap + size)) return false;
    if (gap != 0) std::memset(storage_.get() + (tail & mask_), 0, sizeof(core::Instant));
    tail += gap;
    return true;
  }

  std::unique_ptr<std::byte[], Free> storage_;
  std::size_t mask_;
  // Positions only grow; the mask finds their place. Each side keeps its last look at the other's.
  alignas(64) std::atomic<std::size_t> tail_{0};  ///< written by the loop
  std::size_t head_seen_ = 0;
  bool half_full_ = false;  ///< when last looked at
  std::atomic<std::int64_t> low_water_{0};
  std::atomic<std::uint64_t> lost_{0};
  std::atomic<bool> asleep_{false};
  alignas(64) std::atomic<std::size_t> head_{0};  ///< written by the consumer
  std::size_t tail_seen_ = 0;
  std::size_t front_ =
      0;  ///< the consumer's place, ahead of head_ by what it has not given back yet
  alignas(64) std::atomic<bool> wake_asked_{false};
};

}  // namespace proxy::observe
