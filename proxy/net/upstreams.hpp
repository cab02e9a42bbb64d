#pragma once

#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "proxy/net/balance.hpp"
#include "proxy/net/upstream.hpp"

namespace proxy::net {

/// An upstream and what its name came to, at start.
struct Resolved {
  Endpoint endpoint;
  std::vector<SocketAddress> addresses;  ///< at least one
};

/// The upstreams as one loop has them, each with its addresses, and the balance that all loops
/// share. Belongs to the loop; used on its thread only.
class Upstreams {
 public:
  /// `balance` counts the same upstreams in the same order. It and `loop` outlive this.
  Upstreams(uv_loop_t* loop, const std::vector<Resolved>& all, Balance& balance)
      : balance_(balance), random_(std::random_device()()) {
    for (const Resolved& one : all) members_.emplace_back(loop, one.endpoint, one.addresses);
  }

  [[nodiscard]] Upstream& operator[](std::uint8_t upstream) noexcept { return members_[upstream]; }
  [[nodiscard]] Balance& balance() noexcept { return balance_; }
  [[nodiscard]] Balance::Way begin(const core::address::IpAddress& client) {
    return balance_.has_choice() ? balance_.begin(client, random_()) : Balance::Way{};
  }

 private:
  std::deque<Upstream> members_;  // They do not move.
  Balance& balance_;
  std::mt19937_64 random_;
};

}  // namespace proxy::net
