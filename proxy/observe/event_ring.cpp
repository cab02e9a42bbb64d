#include "proxy/observe/event_ring.hpp"

#include <sys/mman.h>

#include <cassert>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace proxy::observe {
namespace {

/// The observer gives room back in portions, so that the two sides seldom touch the same line.
constexpr std::size_t kGiveBackBytes = 16 << 10;
/// What the loop wrote is no longer close by: a few events ahead are fetched meanwhile. (To fetch
/// past the end of the ring does nothing.)
constexpr std::size_t kPrefetchBytes = 512;

std::size_t bytes_of(const std::byte* record) noexcept {
  std::uint16_t text_bytes;
  std::memcpy(&text_bytes, record + offsetof(core::Event, text_bytes), sizeof text_bytes);
  return core::record_bytes(text_bytes);
}

/// In huge pages where the system gives them on request: a thousand small ones, gone through over
/// and over, crowd everything else out of the TLB.
std::byte* allocate(std::size_t bytes) {
  constexpr std::size_t kHugePageBytes = std::size_t{2} << 20, kLineBytes = 64;
  void* const storage =
      std::aligned_alloc(bytes % kHugePageBytes == 0 ? kHugePageBytes : kLineBytes, bytes);
  if (storage == nullptr) throw std::bad_alloc();
  if (bytes % kHugePageBytes == 0) madvise(storage, bytes, MADV_HUGEPAGE);  // Only a wish.
  return static_cast<std::byte*>(storage);
}

}  // namespace

EventRing::EventRing(std::size_t bytes) : storage_(allocate(bytes)), mask_(bytes - 1) {
  assert((bytes & mask_) == 0 && "a power of two");
}

bool EventRing::publish(std::span<const std::byte> records) noexcept {
  const std::size_t start = tail_.load(std::memory_order_relaxed);
  const auto fits = [&](std::size_t end) {
    if (end - head_seen_ <= mask_ + 1) return true;
    head_seen_ = head_.load(std::memory_order_acquire);
    return end - head_seen_ <= mask_ + 1;
  };

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
      const std::size_t gap = size > room_to_end(tail) ? room_to_end(tail) : 0;
      if (!fits(tail + gap + size)) break;
      if (gap != 0) std::memset(storage_.get() + (tail & mask_), 0, sizeof(core::Instant));
      tail += gap;
      std::memcpy(storage_.get() + (tail & mask_), rest.data(), size);
      tail += size;
      rest = rest.subspan(size);
    }
    if (rest.empty()) {
      tail_.store(tail, std::memory_order_release);
      return true;
    }
  }

  std::uint64_t events = 0;
  for (; !records.empty(); ++events) records = records.subspan(bytes_of(records.data()));
  lost_.fetch_add(events, std::memory_order_relaxed);
  return false;
}

bool EventRing::wants_wake() noexcept {
  if (wake_asked_.load(std::memory_order_relaxed))
    return wake_asked_.exchange(false, std::memory_order_relaxed);
  const std::size_t half = (mask_ + 1) / 2;
  const std::size_t tail = tail_.load(std::memory_order_relaxed);
  if (tail - head_seen_ > half) head_seen_ = head_.load(std::memory_order_acquire);
  const bool was_half_full = std::exchange(half_full_, tail - head_seen_ > half);
  return half_full_ && !was_half_full;
}

const core::Event* EventRing::front() noexcept {
  while (true) {
    if (front_ == tail_seen_) {
      tail_seen_ = tail_.load(std::memory_order_acquire);
      if (front_ == tail_seen_) {
        head_.store(front_, std::memory_order_release);
        return nullptr;
      }
    }
    const auto* event = reinterpret_cast<const core::Event*>(storage_.get() + (front_ & mask_));
    __builtin_prefetch(reinterpret_cast<const std::byte*>(event) + kPrefetchBytes);
    __builtin_prefetch(reinterpret_cast<const std::byte*>(event) + kPrefetchBytes + 64);
    if (event->at != core::Instant{}) return event;
    front_ += room_to_end(front_);
  }
}

std::string_view EventRing::front_text() const noexcept {
  const auto* event = reinterpret_cast<const core::Event*>(storage_.get() + (front_ & mask_));
  return {reinterpret_cast<const char*>(event + 1), event->text_bytes};
}

void EventRing::pop() noexcept {
  front_ += bytes_of(storage_.get() + (front_ & mask_));
  if (front_ - head_.load(std::memory_order_relaxed) >= kGiveBackBytes)
    head_.store(front_, std::memory_order_release);
}

core::Instant EventRing::low_water(core::Instant now) const noexcept {
  if (asleep_.load(std::memory_order_seq_cst)) return now;
  return core::Instant(core::Duration(low_water_.load(std::memory_order_acquire)));
}

}  // namespace proxy::observe
