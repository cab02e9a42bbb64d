#pragma once

#include <uv.h>

#include <functional>
#include <random>
#include <string_view>
#include <type_traits>
#include <utility>

#include "core/client/client.hpp"
#include "proxy/client/alarm.hpp"
#include "proxy/client/links.hpp"
#include "proxy/observe/clock.hpp"

namespace proxy::client {

/// A seed that nobody can guess.
[[nodiscard]] inline std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

/// A machine of core/client or core/server on real sockets and the real clock. `Machine` is
/// core::client::Client, core::server::Server or what has their surface; `Output` is what it writes
/// to.
///
///     Driver<core::client::Client, core::client::Output> driver(loop, options, told);
///     driver.set_remote({"127.0.0.1", 3000});
///     driver.act([](auto& client, auto now, auto& out) { client.connect(now, out); });
///     uv_run(&loop, UV_RUN_DEFAULT);
///
/// Everything happens on the loop's thread. It must not be destroyed in `told`.
template <class Machine, class Output>
class Driver {
 public:
  using Happening = typename decltype(Output::happenings)::value_type;
  /// Called after the machine's actions were done; it may act() in turn.
  using Told = std::function<void(const Happening&)>;

  template <class Options>
  Driver(uv_loop_t& loop, Options options, Told told)
      : machine_(std::move(options), random_seed()),
        told_(std::move(told)),
        links_(loop, {[this](LinkId link) {
                        act([link](Machine& m, core::Instant now, Output& out) {
                          m.opened(link, now, out);
                        });
                      },
                      [this](LinkId link, std::string_view bytes) {
                        act([link, bytes](Machine& m, core::Instant now, Output& out) {
                          m.receive(link, bytes, now, out);
                        });
                      },
                      [this](LinkId link, const LinkEnd& why) {
                        last_end_ = why;
                        act([link](Machine& m, core::Instant now, Output& out) {
                          m.closed(link, now, out);
                        });
                      }}),
        alarm_(loop, [this] {
          act([](Machine& m, core::Instant now, Output& out) { m.advance(now, out); });
        }) {}

  /// For a client: where its links go. `tls` must outlive this.
  void set_remote(Remote remote, const TlsContext* tls = nullptr) {
    links_.set_remote(std::move(remote), tls);
  }
  /// For a server: takes a connection from a listener.
  void accept(uv_stream_t* listener) { links_.accept(listener); }

  /// Gives the machine a command: `step(machine, now, out)`. Returns what it returns.
  template <class Step>
  auto act(Step step) -> std::invoke_result_t<Step, Machine&, core::Instant, Output&> {
    Output out;
    if constexpr (std::is_void_v<decltype(step(machine_, observe::now(), out))>) {
      step(machine_, observe::now(), out);
      carry_out(out);
    } else {
      auto result = step(machine_, observe::now(), out);
      carry_out(out);
      return result;
    }
  }
  [[nodiscard]] const Machine& machine() const noexcept { return machine_; }
  /// Whether any link is left, be it to say goodbye.
  [[nodiscard]] bool linked() const noexcept { return !links_.empty(); }
  /// How the last link ended that the machine did not end itself.
  [[nodiscard]] const LinkEnd& last_end() const noexcept { return last_end_; }

 private:
  void carry_out(const Output& out) {
    links_.carry_out(out.actions);
    for (const Happening& happening : out.happenings) told_(happening);
    alarm_.set(machine_.deadline());
  }

  Machine machine_;
  Told told_;
  LinkEnd last_end_;
  Links links_;
  Alarm alarm_;
};

using ClientDriver = Driver<core::client::Client, core::client::Output>;

}  // namespace proxy::client
