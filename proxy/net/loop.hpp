#pragma once

#include <spdlog/logger.h>
#include <uv.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <tl/expected.hpp>
#include <vector>

#include "core/tap/tap.hpp"
#include "proxy/net/address.hpp"
#include "proxy/net/alarm.hpp"
#include "proxy/net/complaint.hpp"
#include "proxy/net/counters.hpp"
#include "proxy/net/descriptor.hpp"
#include "proxy/net/limits.hpp"
#include "proxy/net/poller.hpp"
#include "proxy/net/start_error.hpp"
#include "proxy/net/surroundings.hpp"
#include "proxy/net/uv.hpp"
#include "proxy/observe/event_ring.hpp"

namespace proxy::tls {
class TowardsClients;
class TowardsUpstream;
}  // namespace proxy::tls

namespace proxy::net {

/// What a loop is given. Everything referred to outlives it.
struct LoopSettings {
  std::uint16_t number;             ///< stands in the top bits of its connections' ids
  Descriptor listener;              ///< from listen_on()
  std::vector<Resolved> upstreams;  ///< at least one
  Balance& balance;                 ///< of them, for all loops
  Naming naming = {};
  const tls::TowardsClients* tls_clients = nullptr;    ///< null: clients speak plain
  const tls::TowardsUpstream* tls_upstream = nullptr;  ///< null: upstreams speak plain
  std::chrono::milliseconds handshake_time = limits::kHandshakeTime;
  const core::tap::Settings& tap;
  observe::EventRing& ring;
  capture::Recorder* recorder = nullptr;       ///< where what passes is recorded, if anywhere
  const std::function<void()>& wake_observer;  ///< called on the loop's thread
  const Bounds& bounds;
  std::size_t loops;  ///< that share the bounds
  Places& places;
  spdlog::logger& log;
};

/// One I/O thread: its own listening socket, and the connections that came in through it.
///
/// Sockets are the poller's. What is rare is libuv's, whose loop is one more descriptor of the
/// poller: orders from other threads, and names that are looked up in the background.
///
/// The other threads speak to it through orders, which only ever grow stricter.
class Loop {
 public:
  [[nodiscard]] static tl::expected<std::unique_ptr<Loop>, StartError> start(LoopSettings settings);
  /// Cuts what is left and joins the thread.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  enum class Order : std::uint8_t {
    Serve,
    /// Takes what waits in the listener's queue (kAcceptsPerTurn of it) and closes it. The thread
    /// ends with the last connection.
    StopAccepting,
    /// ... which is now: all are reset.
    Cut,
  };
  /// From any thread. A milder order than the last is ignored.
  void order(Order order);
  /// Waits until the thread has ended; false when `deadline` came first.
  [[nodiscard]] bool wait_until(std::chrono::steady_clock::time_point deadline) const;
  [[nodiscard]] const Counters& counters() const noexcept { return counters_; }
  /// When it last turned, which it does once a second at least.
  [[nodiscard]] core::Instant turned_at() const noexcept {
    return core::Instant(core::Duration(turned_at_.load(std::memory_order_relaxed)));
  }
  [[nodiscard]] bool ended() const { return wait_until({}); }

 private:
  /// A descriptor of the poller that is handed on to a member.
  class Handler final : public Watcher {
   public:
    using Action = void (Loop::*)();
    Handler(Loop& loop, Action action) : loop_(loop), action_(action) {}
    void ready(std::uint32_t) override { (loop_.*action_)(); }

   private:
    Loop& loop_;
    Action action_;
  };

  Loop(LoopSettings settings, uv::OwnedLoop uv_loop, Poller poller);
  /// Returns an errno, or 0.
  [[nodiscard]] int begin();
  void run();
  [[nodiscard]] bool has_work() const noexcept;
  void turn();
  void turn_uv();
  void obey();

  void accept_some();
  void accept_one(Descriptor client, const SocketAddress& peer);
  [[nodiscard]] bool have_spare();
  void rest_accepting(int error);
  void rest_full();
  void rest();
  void accept_again();
  void sweep();

  Counters counters_;
  uv::OwnedLoop uv_loop_;  ///< Outlives everything below that has a handle in it.
  Poller poller_;          ///< ... and this, what is watched by it.
  Surroundings around_;
  std::uint64_t next_id_;
  Descriptor listener_;
  /// The upstream socket of the next connection, opened before that is accepted: it gets both
  /// descriptors or stays queued.
  Descriptor spare_;
  int spare_family_ = 0;
  Complaint descriptors_complaint_;
  Complaint full_complaint_;
  bool resting_ = false;
  bool full_ = false;  ///< rests for want of a place

  Handler accepts_{*this, &Loop::accept_some};
  Handler turns_uv_{*this, &Loop::turn_uv};
  std::unique_ptr<Alarm> rest_alarm_;
  std::unique_ptr<Alarm> sweep_alarm_;
  uv::Owned<uv_async_t> order_async_;
  std::vector<Tunnel*> arrived_before_;  ///< kept for its memory, as the next
  std::vector<Tunnel*> going_on_now_;

  std::atomic<core::Duration::rep> turned_at_{observe::now().time_since_epoch().count()};
  std::atomic<Order> order_{Order::Serve};
  std::promise<void> ended_;
  std::shared_future<void> ended_future_{ended_.get_future().share()};
  std::thread thread_;
};

}  // namespace proxy::net
