#pragma once

#include <condition_variable>
#include <mutex>

#include "core/instant.hpp"

namespace proxy::observe {

/// The rest of a thread that drains rings: until a time has gone, it is woken, or it is to stop.
class Sleeper {
 public:
  /// From any thread.
  void wake() noexcept {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    condition_.notify_one();
  }
  /// From any thread: wait() returns false from now on.
  void stop() noexcept {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    condition_.notify_one();
  }
  [[nodiscard]] bool wait(core::Duration at_most) {
    std::unique_lock lock(mutex_);
    condition_.wait_for(lock, at_most, [this] { return woken_ || stopping_; });
    woken_ = false;
    return !stopping_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable condition_;
  bool woken_ = false;
  bool stopping_ = false;
};

}  // namespace proxy::observe
