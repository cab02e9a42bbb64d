#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/client/emission.hpp"
#include "core/client/socketio_packet.hpp"

namespace core::client {

/// Emissions that wait for their namespace to be connected, in order.
class Outbox {
 public:
  struct Waiting {
    EmissionNumber number;
    Packet packet;
  };

  [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }
  void add(EmissionNumber number, Packet packet) {
    waiting_.push_back({number, std::move(packet)});
  }
  /// Takes out what waits for `ns`, in order.
  [[nodiscard]] std::vector<Waiting> take(std::string_view ns) {
    return take_if([ns](const Waiting& it) { return it.packet.ns == ns; });
  }
  /// Takes out the emission that asked for this ack, if it still waits.
  [[nodiscard]] std::vector<Waiting> take(std::string_view ns, std::uint64_t ack_id) {
    return take_if([&](const Waiting& it) { return it.packet.ns == ns && it.packet.id == ack_id; });
  }
  [[nodiscard]] bool holds(std::string_view ns, std::uint64_t ack_id) const noexcept {
    return std::any_of(waiting_.begin(), waiting_.end(), [&](const Waiting& it) {
      return it.packet.ns == ns && it.packet.id == ack_id;
    });
  }

 private:
  template <class Wanted>
  std::vector<Waiting> take_if(Wanted wanted) {
    std::vector<Waiting> taken;
    std::deque<Waiting> left;
    for (Waiting& it : waiting_)
      (wanted(it) ? taken.push_back(std::move(it)) : left.push_back(std::move(it)));
    waiting_ = std::move(left);
    return taken;
  }

  std::deque<Waiting> waiting_;
};

}  // namespace core::client
