#pragma once

#include <chrono>
#include <list>
#include <memory>

#include "core/instant.hpp"
#include "proxy/net/alarm.hpp"
#include "proxy/net/poller.hpp"

namespace proxy::net {

class Tunnel;

/// The tunnels of one loop that are in a TLS handshake, oldest first. Who takes longer than
/// they may is told so.
///
/// One alarm serves all: it is set when it rests, to the oldest deadline, and never taken back, so
/// that a handshake costs no call to the kernel.
class Handshakes {
 public:
  struct Due {
    Tunnel* tunnel;
    core::Instant deadline;
  };
  using Place = std::list<Due>::iterator;

  explicit Handshakes(std::chrono::milliseconds at_most) : at_most_(at_most) {}
  /// Before the first enter(). `poller` outlives this. Returns 0 or an errno.
  [[nodiscard]] int open(Poller& poller);
  /// `tunnel` leaves before it ends.
  [[nodiscard]] Place enter(Tunnel& tunnel, core::Instant now);
  void leave(Place place) { due_.erase(place); }

 private:
  void ring();
  void set(core::Instant now);

  std::chrono::milliseconds at_most_;
  std::list<Due> due_;
  std::unique_ptr<Alarm> alarm_;
  bool set_ = false;
};

}  // namespace proxy::net
