#pragma once

#include <uv.h>

#include <csignal>
#include <functional>
#include <utility>

#include "proxy/net/uv.hpp"

namespace proxy::client {

[[nodiscard]] inline net::uv::OwnedLoop make_loop() {
  net::uv::OwnedLoop loop(new uv_loop_t);
  uv_loop_init(loop.get());
  return loop;
}

/// Calls `stop` on SIGTERM and SIGINT.
class StopSignals {
 public:
  StopSignals(uv_loop_t& loop, std::function<void()> stop) : stop_(std::move(stop)) {
    start(loop, term_, SIGTERM);
    start(loop, interrupt_, SIGINT);
  }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  void start(uv_loop_t& loop, net::uv::Owned<uv_signal_t>& handle, int number) {
    handle.reset(new uv_signal_t);
    uv_signal_init(&loop, handle.get());
    handle->data = this;
    uv_signal_start(
        handle.get(),
        [](uv_signal_t* signal, int) {
          if (signal->data) static_cast<StopSignals*>(signal->data)->stop_();
        },
        number);
  }

  std::function<void()> stop_;
  net::uv::Owned<uv_signal_t> term_;
  net::uv::Owned<uv_signal_t> interrupt_;
};

}  // namespace proxy::client
