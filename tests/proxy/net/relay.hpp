#pragma once

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "core/tap/tap.hpp"
#include "proxy/net/forwarder.hpp"
#include "proxy/net/limits.hpp"
#include "proxy/observe/event_ring.hpp"
#include "proxy/tls/towards_clients.hpp"
#include "proxy/tls/towards_upstream.hpp"
#include "tests/proxy/net/peer.hpp"

namespace tests::net {

/// TLS of a relay: none, unless a test says otherwise.
struct RelayTls {
  const proxy::tls::TowardsClients* clients = nullptr;
  const proxy::tls::TowardsUpstream* upstream = nullptr;
  std::chrono::milliseconds handshake_time = proxy::net::limits::kHandshakeTime;
};

/// A forwarder in front of one server, with nobody reading its rings.
struct Relay {
  /// What else there may be, beyond one upstream that nothing is told.
  struct Further {
    std::vector<proxy::net::Endpoint> upstreams = {};
    proxy::net::BalancePolicy balance = proxy::net::BalancePolicy::Sticky;
    proxy::net::Naming naming = {};
    std::vector<std::string> trust = {};
    std::vector<proxy::capture::Recorder*> recorders = {};  ///< outlive it
  };

  explicit Relay(const proxy::net::Endpoint& upstream,
                 proxy::net::Endpoint listen = {"127.0.0.1", 0}, std::size_t threads = 1,
                 const RelayTls& tls = {}, const proxy::net::Bounds& bounds = {})
      : Relay(upstream, Further{}, std::move(listen), threads, tls, bounds) {}
  Relay(const proxy::net::Endpoint& upstream, Further further,
        proxy::net::Endpoint listen = {"127.0.0.1", 0}, std::size_t threads = 1,
        const RelayTls& tls = {}, const proxy::net::Bounds& bounds = {}) {
    for (const std::string& network : further.trust)
      tap.trust.add(core::address::network_of(network).value());
    further.upstreams.insert(further.upstreams.begin(), upstream);
    log.set_pattern("%l %v");
    for (std::size_t i = 0; i < threads; ++i)
      ring_list.push_back(
          rings.emplace_back(std::make_unique<proxy::observe::EventRing>(1 << 20)).get());
    auto started = proxy::net::Forwarder::start({.listen = std::move(listen),
                                                 .upstreams = std::move(further.upstreams),
                                                 .balance = further.balance,
                                                 .naming = further.naming,
                                                 .tls_clients = tls.clients,
                                                 .tls_upstream = tls.upstream,
                                                 .handshake_time = tls.handshake_time,
                                                 .tap = tap,
                                                 .rings = ring_list,
                                                 .wake_observer = [] {},
                                                 .recorders = std::move(further.recorders),
                                                 .bounds = bounds,
                                                 .log = log});
    if (started)
      forwarder = std::move(*started);
    else
      refusal = started.error().sentence;
  }

  [[nodiscard]] Peer connect() const { return Peer::connect(forwarder->bound()); }
  [[nodiscard]] std::uint64_t active() const { return forwarder->totals().active; }
  /// Ends the forwarder, so that nobody writes to the log any more, and returns it.
  [[nodiscard]] std::string log_text() {
    forwarder.reset();
    return log_stream.str();
  }

  std::ostringstream log_stream;
  spdlog::logger log{"test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_stream, true)};
  core::tap::Settings tap;
  std::vector<std::unique_ptr<proxy::observe::EventRing>> rings;
  std::vector<proxy::observe::EventRing*> ring_list;
  std::unique_ptr<proxy::net::Forwarder> forwarder;  ///< Empty when it refused to start.
  std::string refusal;
};

/// A server, the relay before it, and one connection through both.
struct Line {
  explicit Line(const proxy::net::Endpoint& at = {"127.0.0.1", 0})
      : server(at), relay(server.endpoint()), client(relay.connect()), upstream(server.accept()) {}

  [[nodiscard]] bool gone() const {
    return eventually([this] { return relay.active() == 0; });
  }

  Server server;
  Relay relay;
  Peer client;
  Peer upstream;
};

/// Bytes that tell where they belong.
inline std::string pattern(std::size_t bytes) {
  std::string text(bytes, '\0');
  std::uint32_t state = 12345;
  for (char& c : text) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 24);
  }
  return text;
}

inline std::size_t occurrences(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
  return count;
}

/// More than any kernel buffers hold between two peers that do not read.
inline constexpr std::size_t kFlood = std::size_t{256} << 20;

}  // namespace tests::net
