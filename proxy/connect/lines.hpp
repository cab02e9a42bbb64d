#pragma once

#include <unistd.h>
#include <uv.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "proxy/net/uv.hpp"

namespace proxy::connect {

/// Lines from standard input, on a libuv loop, and its end.
class Lines {
 public:
  Lines(uv_loop_t& loop, std::function<void(std::string_view)> line, std::function<void()> end)
      : line_(std::move(line)), end_(std::move(end)) {
    // A file is always readable, and cannot be polled for: a timer reads it bit by bit.
    poll_.reset(new uv_poll_t);
    if (uv_poll_init(&loop, poll_.get(), STDIN_FILENO) == 0) {
      poll_->data = this;
      uv_poll_start(poll_.get(), UV_READABLE, [](uv_poll_t* poll, int, int) {
        if (poll->data) static_cast<Lines*>(poll->data)->read();
      });
      return;
    }
    delete poll_.release();
    timer_.reset(new uv_timer_t);
    uv_timer_init(&loop, timer_.get());
    timer_->data = this;
    uv_timer_start(
        timer_.get(),
        [](uv_timer_t* timer) {
          if (timer->data) static_cast<Lines*>(timer->data)->read();
        },
        0, 1);
  }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

 private:
  void read() {
    char buffer[4096];
    const ssize_t count = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (count <= 0) {
      if (poll_) uv_poll_stop(poll_.get());
      if (timer_) uv_timer_stop(timer_.get());
      if (const std::string last = std::exchange(waiting_, {}); !last.empty()) line_(last);
      return end_();
    }
    waiting_.append(buffer, static_cast<std::size_t>(count));
    for (auto end = waiting_.find('\n'); end != std::string::npos; end = waiting_.find('\n')) {
      const std::string line = waiting_.substr(0, end);
      waiting_.erase(0, end + 1);
      line_(line);
    }
  }

  std::function<void(std::string_view)> line_;
  std::function<void()> end_;
  net::uv::Owned<uv_poll_t> poll_;
  net::uv::Owned<uv_timer_t> timer_;
  std::string waiting_;
};

}  // namespace proxy::connect
