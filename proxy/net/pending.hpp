#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

#include "proxy/net/limits.hpp"

namespace proxy::net {

/// What was read but not yet taken by its receiver: the rest of one read, freed as soon as it is
/// gone.
class Pending {
 public:
  [[nodiscard]] bool empty() const noexcept { return rest_ == nullptr; }
  [[nodiscard]] std::span<const char> bytes() const noexcept {
    if (empty()) return {};
    return {bytes_of(rest_.get()) + rest_->start, std::size_t{rest_->end} - rest_->start};
  }

  /// Copies `bytes`, at least one. Nothing may be pending: its sender should have been paused.
  void keep(std::span<const char> bytes) {
    assert(empty() && !bytes.empty() && bytes.size() <= limits::kPendingBytesMax);
    void* const storage = ::operator new(sizeof(Rest) + bytes.size());
    rest_.reset(::new (storage) Rest{0, static_cast<std::uint32_t>(bytes.size())});
    std::memcpy(bytes_of(rest_.get()), bytes.data(), bytes.size());
  }
  /// The first `count` bytes have been written.
  void taken(std::size_t count) noexcept {
    assert(count <= bytes().size());
    rest_->start += static_cast<std::uint32_t>(count);
    if (rest_->start == rest_->end) drop();
  }
  void drop() noexcept { rest_.reset(); }

 private:
  /// In front of the bytes that it tells of: mostly there are none, and one pointer says so.
  struct Rest {
    std::uint32_t start;
    std::uint32_t end;
  };
  struct Free {
    void operator()(Rest* rest) const noexcept { ::operator delete(rest); }
  };
  [[nodiscard]] static char* bytes_of(Rest* rest) noexcept {
    return reinterpret_cast<char*>(rest + 1);
  }

  std::unique_ptr<Rest, Free> rest_;
};

}  // namespace proxy::net
