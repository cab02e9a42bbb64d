#pragma once

#include <algorithm>
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
/// that would cross the end starts over at the front, and a zero word marks the gap. So does one
/// that finds the ring empty: the same few pages are used over and over, which are in the near
/// cache, and a ring that was never full has never touched the rest of its memory.
///
/// The low-water mark lets the consumer merge several rings in order: a loop that is busy vouches
/// for the instant of its last publication; one that sleeps in its poll has nothing in hand, so the
/// consumer's own clock will do for it.
template <class Record>
class Ring {
 public:
  /// `bytes` is a power of two.
  explicit Ring(std::size_t bytes)
      : storage_(allocate(bytes)),
        mask_(bytes - 1),
        enough_bytes_(std::min(bytes / 2, std::size_t{kWakeBytes})) {
    assert((bytes & mask_) == 0 && "a power of two");
  }

  // --- The loop's side ---

  /// Where the next records may be written, so that to publish them copies nothing; may be too
  /// small, or nothing. The loop's until then.
  [[nodiscard]] std::span<std::byte> room() noexcept {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    start_over(tail);
    const std::size_t to_end = room_to_end(tail - begin_);
    const std::size_t wanted = std::min(to_end, kRoomBytes);
    return {place_of(tail - begin_), fits(tail + wanted) ? wanted : 0};
  }
  /// Appends whole records (EventBuffer::bytes()) and makes them visible at once: one publication a
  /// read. False when they did not fit: they are lost, and lost() counts them.
  bool publish(std::span<const std::byte> records) noexcept {
    const std::size_t start = tail_.load(std::memory_order_relaxed);
    if (records.data() == place_of(start - begin_)) {  // They lie in room().
      tail_.store(start + records.size(), std::memory_order_release);
      return true;
    }
    start_over(start);
    std::size_t tail = start;
    if (records.size() <= room_to_end(start - begin_)) {  // The common case: one copy.
      if (fits(start + records.size())) {
        std::memcpy(place_of(start - begin_), records.data(), records.size());
        tail_.store(start + records.size(), std::memory_order_release);
        return true;
      }
    } else {
      std::span<const std::byte> rest = records;
      while (!rest.empty()) {
        const std::size_t size = bytes_of(rest.data());
        if (!place(size, tail)) break;
        std::memcpy(place_of(tail - begin_), rest.data(), size);
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
    start_over(tail);
    if (!fits(tail + size + spare_bytes) || !place(size, tail)) {
      lost_.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
    std::byte* const at = place_of(tail - begin_);
    std::memcpy(at, &record, sizeof record);
    if (!text.empty()) std::memcpy(at + sizeof record, text.data(), text.size());
    tail_.store(tail + size, std::memory_order_release);
    return true;
  }
  /// No later publication will carry an instant before `at`. Call it after what was published: an
  /// instant behind the last, so that the ring can be emptied.
  void set_low_water(core::Instant at) noexcept {
    low_water_.store(at.time_since_epoch().count(), std::memory_order_release);
  }
  /// Around the loop's poll: while asleep it holds no instant that it has not published.
  void falls_asleep() noexcept { asleep_.store(true, std::memory_order_release); }
  /// Call it before the first clock reading after the poll. The exchange is a full fence: whoever
  /// saw `asleep` read its own clock before we read ours.
  void woke_up() noexcept { asleep_.exchange(false, std::memory_order_seq_cst); }
  /// Whether the consumer should be woken: it went to sleep, or so much has come together that it
  /// would leave the near cache. Says so once.
  [[nodiscard]] bool wants_wake() noexcept {
    if (wake_asked_.load(std::memory_order_relaxed))
      return wake_asked_.exchange(false, std::memory_order_relaxed);
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head_seen_ > enough_bytes_) head_seen_ = head_.load(std::memory_order_acquire);
    const bool was_enough = std::exchange(enough_, tail - head_seen_ > enough_bytes_);
    return enough_ && !was_enough;
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
        // It was empty, so this is the only place where the loop can have started over.
        if (started_over_.load(std::memory_order_relaxed) == front_) front_begin_ = front_;
      }
      auto* record = reinterpret_cast<Record*>(place_of(front_ - front_begin_));
      __builtin_prefetch(reinterpret_cast<const std::byte*>(record) + kPrefetchBytes);
      __builtin_prefetch(reinterpret_cast<const std::byte*>(record) + kPrefetchBytes + 64);
      if (record->at != core::Instant{}) return record;
      front_ += room_to_end(front_ - front_begin_);
    }
  }
  /// The text of front(). The consumer may write over it.
  [[nodiscard]] std::span<char> front_bytes() noexcept {
    auto* const record = reinterpret_cast<Record*>(place_of(front_ - front_begin_));
    return {reinterpret_cast<char*>(record + 1), RingFormat<Record>::text_bytes(*record)};
  }
  [[nodiscard]] std::string_view front_text() noexcept {
    const std::span<char> bytes = front_bytes();
    return {bytes.data(), bytes.size()};
  }
  void pop() noexcept {
    front_ += bytes_of(place_of(front_ - front_begin_));
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
  /// So much in the ring is worth a wake, or half of a smaller one.
  static constexpr std::size_t kWakeBytes = 512 << 10;
  /// An empty ring starts over once this much of it is in use.
  static constexpr std::size_t kStartOverBytes = 64 << 10;
  /// The most that room() offers: more than a read makes, mostly.
  static constexpr std::size_t kRoomBytes = 32 << 10;
  /// What the loop wrote may not be close by: a few records ahead are fetched meanwhile. (To fetch
  /// past the end of the ring does nothing.)
  static constexpr std::size_t kPrefetchBytes = 512;

  struct Free {
    void operator()(std::byte* storage) const noexcept { std::free(storage); }
  };

  static std::byte* allocate(std::size_t bytes) {
    constexpr std::size_t kLineBytes = 64;
    void* const storage = std::aligned_alloc(kLineBytes, bytes);
    if (storage == nullptr) throw std::bad_alloc();
    return static_cast<std::byte*>(storage);
  }
  static constexpr std::size_t record_bytes(std::size_t text_bytes) noexcept {
    return sizeof(Record) + ((text_bytes + 7) & ~std::size_t{7});
  }
  static std::size_t bytes_of(const std::byte* record) noexcept {
    return record_bytes(RingFormat<Record>::text_bytes(*reinterpret_cast<const Record*>(record)));
  }

  [[nodiscard]] std::byte* place_of(std::size_t distance) const noexcept {
    return storage_.get() + (distance & mask_);
  }
  [[nodiscard]] std::size_t room_to_end(std::size_t distance) const noexcept {
    return mask_ + 1 - (distance & mask_);
  }
  /// Whether the loop may write up to `end`.
  [[nodiscard]] bool fits(std::size_t end) noexcept {
    if (end - head_seen_ <= mask_ + 1) return true;
    head_seen_ = head_.load(std::memory_order_acquire);
    return end - head_seen_ <= mask_ + 1;
  }
  /// When nothing lies between, what is written at `tail` goes to the front.
  void start_over(std::size_t tail) noexcept {
    if (tail - begin_ < kStartOverBytes || head_.load(std::memory_order_acquire) != tail) return;
    head_seen_ = begin_ = tail;
    started_over_.store(tail, std::memory_order_relaxed);  // tail_ publishes it.
  }
  /// Moves `tail` to where `size` bytes lie in one piece, over a gap if need be.
  [[nodiscard]] bool place(std::size_t size, std::size_t& tail) noexcept {
    const std::size_t room = room_to_end(tail - begin_);
    const std::size_t gap = size > room ? room : 0;
    if (!fits(tail + gap + size)) return false;
    if (gap != 0) std::memset(place_of(tail - begin_), 0, sizeof(core::Instant));
    tail += gap;
    return true;
  }

  std::unique_ptr<std::byte[], Free> storage_;
  std::size_t mask_;
  std::size_t enough_bytes_;
  // Positions only grow; the mask finds the place of their distance from where the loop last
  // started over. Each side keeps its last look at the other's.
  alignas(64) std::atomic<std::size_t> tail_{0};  ///< written by the loop
  std::atomic<std::size_t> started_over_{0};      ///< likewise, ahead of tail_
  std::size_t begin_ = 0;                         ///< started_over_, for the loop
  std::size_t head_seen_ = 0;
  bool enough_ = false;  ///< for a wake, when last looked at
  std::atomic<std::int64_t> low_water_{0};
  std::atomic<std::uint64_t> lost_{0};
  std::atomic<bool> asleep_{false};
  alignas(64) std::atomic<std::size_t> head_{0};  ///< written by the consumer, now and then
  alignas(64) std::size_t tail_seen_ = 0;
  std::size_t front_begin_ = 0;  ///< started_over_, as of front_
  std::size_t front_ =
      0;  ///< the consumer's place, ahead of head_ by what it has not given back yet
  alignas(64) std::atomic<bool> wake_asked_{false};
};

}  // namespace proxy::observe
