#pragma once

#include <uv.h>

#include <functional>
#include <random>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "core/client/client.hpp"
#include "core/server/server.hpp"
#include "proxy/demo/alarm.hpp"
#include "proxy/demo/tcp.hpp"
#include "proxy/observe/clock.hpp"

namespace proxy::demo {

/// A seed that nobody can guess.
[[nodiscard]] inline std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

/// A machine of core/client or core/server on real sockets and the real clock. `Machine` is
/// client::Client, server::Server or what has their surface; `Output` is what it writes to.
template <class Machine, class Output>
class Runner {
 public:
  using Happening = typename decltype(Output::happenings)::value_type;
  /// Called after the machine's actions were done; it may act() in turn.
  using Told = std::function<void(const Happening&)>;

  template <class Options>
  Runner(uv_loop_t& loop, Options options, Told told)
      : machine_(std::move(options), random_seed()),
        told_(std::move(told)),
        tcp_(loop, {[this](LinkId link) {
                      act([link](Machine& m, core::Instant now, Output& out) {
                        m.opened(link, now, out);
                      });
                    },
                    [this](LinkId link, std::string_view bytes) {
                      act([link, bytes](Machine& m, core::Instant now, Output& out) {
                        m.receive(link, bytes, now, out);
                      });
                    },
                    [this](LinkId link) {
                      act([link](Machine& m, core::Instant now, Output& out) {
                        m.closed(link, now, out);
                      });
                    }}),
        alarm_(loop, [this] {
          act([](Machine& m, core::Instant now, Output& out) { m.advance(now, out); });
        }) {}

  /// For a server.
  [[nodiscard]] tl::expected<net::Endpoint, net::StartError> listen(const net::Endpoint& endpoint) {
    return tcp_.listen(endpoint);
  }
  /// For a client: where its links go.
  void set_peer(const net::SocketAddress& peer) { peer_ = peer; }

  /// Gives the machine a command: `step(machine, now, out)`.
  template <class Step>
  void act(Step step) {
    Output out;
    step(machine_, observe::now(), out);
    tcp_.carry_out(out.actions, peer_);
    for (const Happening& happening : out.happenings) told_(happening);
    alarm_.set(machine_.deadline());
  }
  [[nodiscard]] const Machine& machine() const noexcept { return machine_; }

 private:
  Machine machine_;
  Told told_;
  net::SocketAddress peer_;
  Tcp tcp_;
  Alarm alarm_;
};

using ServerRunner = Runner<core::server::Server, core::server::Output>;

}  // namespace proxy::demo
