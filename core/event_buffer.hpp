#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "core/event.hpp"

namespace core {

/// An event where it lies in a buffer or a ring. Borrows both. Hand it on by reference: its three
/// words do not fit into registers, and a copy of what was just stored word by word stalls.
struct EventView {
  const Event& event;
  std::string_view text;
};

/// Bytes that one event and its text take: a multiple of 8.
[[nodiscard]] constexpr std::size_t record_bytes(std::size_t text_bytes) noexcept {
  return sizeof(Event) + ((text_bytes + 7) & ~std::size_t{7});
}

/// Events in the order they happened, each followed by its text, in one piece of memory that is
/// reused: after the first few reads, adding allocates nothing. It may also be lent a piece, where
/// they are to stay: what finds no room there moves to its own.
///
///     | Event (64) | text, padded to 8 | Event (64) | ...
class EventBuffer {
 public:
  EventBuffer() = default;
  EventBuffer(const EventBuffer&) = delete;
  EventBuffer& operator=(const EventBuffer&) = delete;

  /// Begins anew, in `room` as far as that goes: aligned as an Event is, and the buffer's until
  /// clear().
  void begin_in(std::span<std::byte> room) noexcept {
    begin_ = room.data();
    capacity_bytes_ = room.size();
    used_bytes_ = 0;
  }

  /// Adds an event and returns it to be filled. The reference is good until the next add().
  /// `text` is cut at 65,535 bytes; callers keep it under limits::kExcerptBytesMax or so.
  Event& add(EventKind kind, Direction direction, Instant at, std::string_view text = {}) {
    text = text.substr(0, 0xffff);
    const std::size_t start = used_bytes_;
    used_bytes_ += record_bytes(text.size());
    if (used_bytes_ > capacity_bytes_) [[unlikely]]
      grow(start);
    std::byte* const record = begin_ + start;
    Event* const event = ::new (record) Event{};
    event->at = at;
    event->text_bytes = static_cast<std::uint16_t>(text.size());
    event->kind = kind;
    event->direction = direction;
    copy_text(record + sizeof(Event), text);
    return *event;
  }

  /// Begins anew, in its own memory.
  void clear() noexcept { begin_in({own(), storage_.size() * sizeof(Word)}); }
  [[nodiscard]] bool empty() const noexcept { return used_bytes_ == 0; }
  /// Whole records, ready to be copied elsewhere.
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {begin_, used_bytes_}; }

  class Iterator {
   public:
    explicit Iterator(const std::byte* at) : at_(at) {}
    EventView operator*() const noexcept {
      const Event& event = *reinterpret_cast<const Event*>(at_);
      return {event, {reinterpret_cast<const char*>(at_ + sizeof(Event)), event.text_bytes}};
    }
    Iterator& operator++() noexcept {
      at_ += record_bytes(reinterpret_cast<const Event*>(at_)->text_bytes);
      return *this;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const std::byte* at_;
  };
  [[nodiscard]] Iterator begin() const noexcept { return Iterator(bytes().data()); }
  [[nodiscard]] Iterator end() const noexcept { return Iterator(bytes().data() + used_bytes_); }

 private:
  /// A few wide moves for what most texts are, up to a hundred bytes: a call costs more.
  static void copy_text(std::byte* to, std::string_view text) noexcept {
    constexpr std::size_t kMoveBytes = 32;
    const char* from = text.data();
    if (text.size() < kMoveBytes) {
      if (!text.empty()) std::memcpy(to, from, text.size());
      return;
    }
    // The last move may lie over the one before.
    const char* const last = from + (text.size() - kMoveBytes);
    std::byte* const last_to = to + (text.size() - kMoveBytes);
    for (; from < last; from += kMoveBytes, to += kMoveBytes) std::memcpy(to, from, kMoveBytes);
    std::memcpy(last_to, last, kMoveBytes);
  }
  struct alignas(8) Word {
    std::byte bytes[8];
  };
  /// Room for `used_bytes_`, of which the first `kept_bytes` are there already.
  void grow(std::size_t kept_bytes) {
    const bool was_lent = begin_ != own();
    if (storage_.size() * sizeof(Word) < used_bytes_)
      storage_.resize(used_bytes_ / sizeof(Word) * 2);
    if (was_lent && kept_bytes != 0) std::memcpy(storage_.data(), begin_, kept_bytes);
    begin_ = own();
    capacity_bytes_ = storage_.size() * sizeof(Word);
  }
  [[nodiscard]] std::byte* own() noexcept { return reinterpret_cast<std::byte*>(storage_.data()); }

  std::vector<Word> storage_;
  std::byte* begin_ = nullptr;  ///< of storage_, or of what was lent
  std::size_t capacity_bytes_ = 0;
  std::size_t used_bytes_ = 0;
};

}  // namespace core
