#pragma once

#include <uv.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include "core/instant.hpp"
#include "proxy/net/uv.hpp"
#include "proxy/observe/clock.hpp"

namespace proxy::client {

/// Rings once at an instant, on a libuv loop.
class Alarm {
 public:
  Alarm(uv_loop_t& loop, std::function<void()> ring) : ring_(std::move(ring)) {
    timer_.reset(new uv_timer_t);
    uv_timer_init(&loop, timer_.get());
    timer_->data = this;
  }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  /// Nothing: never.
  void set(std::optional<core::Instant> at) {
    if (!at) {
      uv_timer_stop(timer_.get());
      return;
    }
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*at - observe::now());
    uv_update_time(timer_->loop);
    uv_timer_start(
        timer_.get(),
        [](uv_timer_t* timer) {
          if (timer->data) static_cast<Alarm*>(timer->data)->ring_();
        },
        static_cast<std::uint64_t>(std::max<std::int64_t>(wait.count(), 0)), 0);
  }

 private:
  std::function<void()> ring_;
  net::uv::Owned<uv_timer_t> timer_;
};

}  // namespace proxy::client
