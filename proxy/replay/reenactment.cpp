#include "proxy/replay/reenactment.hpp"

#include <uv.h>

#include <algorithm>
#include <memory>

#include "proxy/client/driver.hpp"
#include "proxy/client/stop_signals.hpp"
#include "proxy/observe/clock.hpp"

namespace proxy::replay {
namespace {

using namespace std::chrono_literals;
using core::client::Output;
using PlayerDriver = client::Driver<ObservedPlayer, Output>;

constexpr auto kLook = 100ms;
/// Connections of one player; two never share a number.
constexpr std::uint64_t kLinksEach = std::uint64_t{1} << 32;

/// `10.1.2.3`: one for each player.
std::string address_of(std::size_t number) {
  ++number;
  return "10." + std::to_string(number >> 16 & 0xff) + "." + std::to_string(number >> 8 & 0xff) +
         "." + std::to_string(number & 0xff);
}

void add(core::replay::Performance& total, const core::replay::Performance& one) {
  total.emits += one.emits;
  total.sent += one.sent;
  total.not_sent += one.not_sent;
  total.asked += one.asked;
  total.answered += one.answered;
  total.sessions += one.sessions;
  if (!one.last_error.empty()) total.last_error = one.last_error;
}

class Ensemble {
 public:
  Ensemble(uv_loop_t& loop, ReenactmentOptions options)
      : loop_(loop),
        options_(std::move(options)),
        look_(loop, [this] { look(); }),
        signals_(loop, [this] {
          if (std::exchange(result_.interrupted, true)) return uv_stop(&loop_);
          for (const auto& player : players_)
            player->act(
                [](ObservedPlayer& it, core::Instant now, Output& out) { it.stop(now, out); });
        }) {}

  Reenacted play() {
    for (std::size_t copy = 0; copy < options_.copies; ++copy)
      for (const core::replay::Script& script : options_.scripts) add_player(script);
    for (const auto& player : players_)
      player->act([](ObservedPlayer& it, core::Instant now, Output& out) { it.start(now, out); });
    look();
    uv_run(&loop_, UV_RUN_DEFAULT);
    result_.clients = players_.size();
    for (const auto& player : players_) {
      add(result_.total, player->machine().player().performance());
      if (result_.link_error.empty()) result_.link_error = player->last_end().detail;
    }
    return result_;
  }

 private:
  void add_player(const core::replay::Script& script) {
    const std::size_t number = players_.size();
    ObservedOptions observed{.player = options_.player,
                             .address = address_of(number),
                             .server = options_.remote.text(),
                             .first_connection = (number + 1) * kLinksEach,
                             .see = options_.see};
    observed.player.script = script;
    observed.player.target.host = options_.remote.authority();
    players_.push_back(
        std::make_unique<PlayerDriver>(loop_, std::move(observed), [](const auto&) {}));
    players_.back()->set_remote(options_.remote, options_.tls);
  }
  void look() {
    const auto done = static_cast<std::size_t>(
        std::count_if(players_.begin(), players_.end(),
                      [](const auto& one) { return one->machine().player().done(); }));
    if (options_.progress) options_.progress(done, players_.size());
    if (done == players_.size()) return uv_stop(&loop_);
    look_.set(observe::now() + kLook);
  }

  uv_loop_t& loop_;
  ReenactmentOptions options_;
  std::vector<std::unique_ptr<PlayerDriver>> players_;
  client::Alarm look_;
  client::StopSignals signals_;
  Reenacted result_;
};

}  // namespace

Reenacted reenact(ReenactmentOptions options) {
  uv_loop_t loop;
  uv_loop_init(&loop);
  Reenacted result;
  {
    Ensemble ensemble(loop, std::move(options));
    result = ensemble.play();
  }
  uv_run(&loop, UV_RUN_DEFAULT);  // Handles close.
  uv_loop_close(&loop);
  return result;
}

}  // namespace proxy::replay
