#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <tl/expected.hpp>

#include "proxy/net/descriptor.hpp"
#include "proxy/net/poller.hpp"

namespace proxy::net {

/// A timer that a Poller watches: it costs nothing until it rings.
class Alarm final : private Watcher {
 public:
  /// `poller` outlives this. `rings` is called in the poller's turn. The error is an errno.
  [[nodiscard]] static tl::expected<std::unique_ptr<Alarm>, int> open(Poller& poller,
                                                                      std::function<void()> rings);
  ~Alarm() { poller_.forget(timer_.get()); }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  /// Rings once, that much later. An earlier order is forgotten.
  void ring_in(std::chrono::milliseconds delay) noexcept;
  /// Rings that often.
  void ring_every(std::chrono::milliseconds interval) noexcept;

 private:
  Alarm(Poller& poller, Descriptor timer, std::function<void()> rings)
      : poller_(poller), timer_(std::move(timer)), rings_(std::move(rings)) {}
  void ready(std::uint32_t events) override;
  void set(std::chrono::milliseconds first, std::chrono::milliseconds interval) noexcept;

  Poller& poller_;
  Descriptor timer_;
  std::function<void()> rings_;
};

}  // namespace proxy::net
