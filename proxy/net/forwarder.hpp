#pragma once

#include <spdlog/logger.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <tl/expected.hpp>
#include <vector>

#include "core/tap/tap.hpp"
#include "proxy/net/address.hpp"
#include "proxy/net/bounds.hpp"
#include "proxy/net/counters.hpp"
#include "proxy/net/limits.hpp"
#include "proxy/net/loop.hpp"
#include "proxy/net/start_error.hpp"
#include "proxy/observe/event_ring.hpp"

namespace proxy::tls {
class TowardsClients;
class TowardsUpstream;
}  // namespace proxy::tls

namespace proxy::net {

/// What to forward, and what the loops are given to tell what they saw. Everything referred to
/// outlives the forwarder.
struct ForwarderSettings {
  Endpoint listen;  ///< port 0: the system picks one
  /// One, or several to choose from. Their names are looked up now, and again after a failure.
  std::vector<Endpoint> upstreams;
  BalancePolicy balance = BalancePolicy::Sticky;
  Naming naming = {};
  const tls::TowardsClients* tls_clients = nullptr;    ///< null: clients speak plain
  const tls::TowardsUpstream* tls_upstream = nullptr;  ///< null: upstreams speak plain
  std::chrono::milliseconds handshake_time = limits::kHandshakeTime;
  const core::tap::Settings& tap;
  std::span<observe::EventRing* const> rings;  ///< one I/O thread for each, at least one
  std::function<void()> wake_observer;         ///< called on I/O threads when a ring wants_wake()
  std::vector<capture::Recorder*> recorders = {};  ///< one for each too, or none
  Bounds bounds = {};
  spdlog::logger& log;  ///< thread-safe
};

/// The forwarding part of the proxy: N I/O threads that share one listening address. Bytes pass
/// unchanged, one client connection to one upstream connection; taps watch them and the rings carry
/// what they saw.
class Forwarder {
 public:
  /// Listens and serves from here on. An upstream that does not answer is no error, one whose name
  /// is unknown is.
  [[nodiscard]] static tl::expected<std::unique_ptr<Forwarder>, StartError> start(
      ForwarderSettings settings);
  /// Cuts what is left, as drain() does with a deadline that has passed.
  ~Forwarder();
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  /// Numeric, with the real port.
  [[nodiscard]] const Endpoint& bound() const noexcept { return bound_; }
  /// From any thread.
  [[nodiscard]] Totals totals() const noexcept;
  /// Of several upstreams, from any thread; empty where there is one.
  [[nodiscard]] std::vector<Balance::Standing> standings() const;
  /// When the loop that did so longest ago last turned: they all do once a second at least. Those
  /// that have ended do not count.
  [[nodiscard]] core::Instant turned_at() const;
  /// Closes the listening sockets; connections go on.
  void stop_accepting();
  /// Stops accepting and waits until all connections have ended; at the deadline the rest is reset,
  /// so that nobody takes a stream that we cut for one that ended. Then the threads are gone and
  /// the rings hold all there is. Returns how many were reset.
  std::size_t drain(std::chrono::steady_clock::time_point deadline);

 private:
  Forwarder(std::function<void()> wake_observer, const Bounds& bounds)
      : wake_observer_(std::move(wake_observer)),
        bounds_(bounds),
        places_(bounds.connections_max) {}

  std::function<void()> wake_observer_;
  Bounds bounds_;
  Places places_;
  Endpoint bound_;
  std::unique_ptr<Balance> balance_;  ///< outlives the loops
  std::vector<std::unique_ptr<Loop>> loops_;
};

}  // namespace proxy::net
