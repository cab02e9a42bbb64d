#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>

#include "core/limits.hpp"

namespace proxy::net {

/// What the operator lets clients take up. The defaults bound nothing that the system does not.
struct Bounds {
  std::size_t connections_max = 0;  ///< 0: as many as there are descriptors for
  /// How long a client may take for a request's head, the first one's from its connection on; and
  /// how long it may keep a connection on which all was answered. 0: as long as the server lets it,
  /// which sees the same bytes. What is on its way, a poll that hangs, a WebSocket and what we
  /// cannot read have no such bounds.
  std::chrono::milliseconds head_timeout{0};
  std::chrono::milliseconds idle_timeout{0};
  /// What the inflate streams of all taps may take together. Each loop has its part.
  std::size_t inflate_bytes_max = core::limits::kInflateBytesMax;
  /// While true, new sessions are not looked into; read once a second. nullptr: it never is.
  const std::atomic<bool>* short_of_memory = nullptr;
};

/// The connections that may still come, of all loops together.
class Places {
 public:
  /// @param count 0: there are always some.
  explicit Places(std::size_t count) noexcept : bounded_(count != 0), left_(count) {}

  /// Takes one, if there is one.
  [[nodiscard]] bool take() noexcept {
    if (!bounded_) return true;
    std::size_t left = left_.load(std::memory_order_relaxed);
    while (left != 0)
      if (left_.compare_exchange_weak(left, left - 1, std::memory_order_relaxed)) return true;
    return false;
  }
  void give_back() noexcept {
    if (bounded_) left_.fetch_add(1, std::memory_order_relaxed);
  }
  [[nodiscard]] bool any() const noexcept {
    return !bounded_ || left_.load(std::memory_order_relaxed) != 0;
  }

 private:
  const bool bounded_;
  std::atomic<std::size_t> left_;
};

}  // namespace proxy::net
