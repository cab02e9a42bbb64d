#include "proxy/net/forwarder.hpp"

#include <netdb.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "proxy/net/listener.hpp"

namespace proxy::net {

tl::expected<std::unique_ptr<Forwarder>, StartError> Forwarder::start(ForwarderSettings settings) {
  assert(!settings.rings.empty() && !settings.upstreams.empty());
  std::vector<Resolved> upstreams;
  std::vector<std::string> names;
  for (const Endpoint& upstream : settings.upstreams) {
    auto addresses = resolve(upstream);
    if (!addresses)
      return tl::unexpected(StartError{"cannot find the upstream " + upstream.text() + ": " +
                                       gai_strerror(addresses.error()) +
                                       "; check the host in --upstream"});
    upstreams.push_back({upstream, std::move(*addresses)});
    names.push_back(upstream.text());
  }
  auto listeners = listen_on(settings.listen, settings.rings.size());
  if (!listeners) return tl::unexpected(listeners.error());

  std::unique_ptr<Forwarder> forwarder(
      new Forwarder(std::move(settings.wake_observer), settings.bounds));
  forwarder->bound_ = listeners->bound;
  forwarder->balance_ = std::make_unique<Balance>(settings.balance, std::move(names));
  for (std::size_t i = 0; i < settings.rings.size(); ++i) {
    auto loop =
        Loop::start({.number = static_cast<std::uint16_t>(i),
                     .listener = std::move(listeners->sockets[i]),
                     .upstreams = upstreams,
                     .balance = *forwarder->balance_,
                     .naming = settings.naming,
                     .tls_clients = settings.tls_clients,
                     .tls_upstream = settings.tls_upstream,
                     .handshake_time = settings.handshake_time,
                     .tap = settings.tap,
                     .ring = *settings.rings[i],
                     .recorder = settings.recorders.empty() ? nullptr : settings.recorders[i],
                     .wake_observer = forwarder->wake_observer_,
                     .bounds = forwarder->bounds_,
                     .loops = settings.rings.size(),
                     .places = forwarder->places_,
                     .log = settings.log});
    if (!loop) return tl::unexpected(loop.error());
    forwarder->loops_.push_back(std::move(*loop));
  }
  return forwarder;
}

Forwarder::~Forwarder() = default;

Totals Forwarder::totals() const noexcept {
  Totals totals;
  for (const auto& loop : loops_) {
    const Counters& counters = loop->counters();
    totals.accepted += counters.accepted.get();
    totals.active += counters.active.get();
    totals.bytes_to_server += counters.bytes_to_server.get();
    totals.bytes_to_client += counters.bytes_to_client.get();
    totals.upstream_failures += counters.upstream_failures.get();
    totals.accept_pauses += counters.accept_pauses.get();
    totals.full += counters.full.get();
    totals.timeouts += counters.timeouts.get();
    totals.stalls += counters.stalls.get();
    totals.pending_bytes_peak =
        std::max(totals.pending_bytes_peak, counters.pending_bytes_peak.get());
    totals.client_handshakes.add(counters.client_handshakes);
    totals.upstream_handshakes.add(counters.upstream_handshakes);
  }
  return totals;
}

std::vector<Balance::Standing> Forwarder::standings() const {
  return balance_->has_choice() ? balance_->standings() : std::vector<Balance::Standing>();
}

core::Instant Forwarder::turned_at() const {
  core::Instant oldest = core::Instant::max();
  for (const auto& loop : loops_)
    if (!loop->ended()) oldest = std::min(oldest, loop->turned_at());
  return oldest;
}

void Forwarder::stop_accepting() {
  for (const auto& loop : loops_) loop->order(Loop::Order::StopAccepting);
}

std::size_t Forwarder::drain(std::chrono::steady_clock::time_point deadline) {
  for (const auto& loop : loops_) loop->order(Loop::Order::StopAccepting);
  bool all_gone = true;
  for (const auto& loop : loops_) all_gone = loop->wait_until(deadline) && all_gone;
  if (all_gone) return 0;
  const std::size_t cut = totals().active;
  for (const auto& loop : loops_) loop->order(Loop::Order::Cut);
  for (const auto& loop : loops_) {
    while (!loop->wait_until(std::chrono::steady_clock::now() + std::chrono::hours(1))) {
    }
  }
  return cut;
}

}  // namespace proxy::net
