#include "proxy/net/handshakes.hpp"

#include <algorithm>
#include <iterator>

#include "proxy/net/tunnel.hpp"
#include "proxy/observe/clock.hpp"

namespace proxy::net {

int Handshakes::open(Poller& poller) {
  auto alarm = Alarm::open(poller, [this] { ring(); });
  if (!alarm) return alarm.error();
  alarm_ = std::move(*alarm);
  return 0;
}

Handshakes::Place Handshakes::enter(Tunnel& tunnel, core::Instant now) {
  due_.push_back({&tunnel, now + at_most_});
  if (!set_) set(now);
  return std::prev(due_.end());
}

void Handshakes::ring() {
  set_ = false;
  const core::Instant now = observe::now();
  // Each leaves as it is told.
  while (!due_.empty() && due_.front().deadline <= now) due_.front().tunnel->handshake_overdue();
  if (!due_.empty()) set(now);
}

void Handshakes::set(core::Instant now) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(due_.front().deadline - now);
  alarm_->ring_in(std::max(left, std::chrono::milliseconds(1)));
  set_ = true;
}

}  // namespace proxy::net
