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
  [[nodiscard]] bool empty() const noexcept { return storage_ == nullptr; }
  [[nodiscard]] std::span<const char> bytes() const noexcept {
    return {storage_.get() + start_, static_cast<std::size_t>(end_ - start_)};
  }

  /// Copies `bytes`, at least one. Nothing may be pending: its sender should have been paused.
  void keep(std::span<const char> bytes) {
    assert(empty() && !bytes.empty() && bytes.size() <= limits::kPendingBytesMax);
    storage_.reset(new char[bytes.size()]);
    std::memcpy(storage_.get(), bytes.data(), bytes.size());
    start_ = 0;
    end_ = static_cast<std::uint32_t>(bytes.size());
  }
  /// The first `count` bytes have been written.
  void taken(std::size_t count) noexcept {
    assert(count <= bytes().size());
    start_ += static_cast<std::uint32_t>(count);
    if (start_ == end_) drop();
  }
  void drop() noexcept {
    storage_.reset();
    start_ = end_ = 0;
  }

 private:
  std::unique_ptr<char[]> storage_;
  std::uint32_t start_ = 0;
  std::uint32_t end_ = 0;
};

}  // namespace proxy::net
