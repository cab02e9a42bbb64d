#include "proxy/net/loop.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "proxy/net/bad_gateway.hpp"

namespace proxy::net {
namespace {

/// The loops' threads leave signals to the main thread.
class SignalsBlocked {
 public:
  SignalsBlocked() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

tl::expected<std::unique_ptr<Loop>, StartError> Loop::start(LoopSettings settings) {
  const auto refuse = [](const char* why) {
    return tl::unexpected(
        StartError{std::string("cannot start an I/O thread: ") + why +
                   "; raise the limit of file descriptors (ulimit -n) or use fewer --threads"});
  };
  auto poller = Poller::open();
  if (!poller) return refuse(std::strerror(poller.error()));
  auto raw = std::make_unique<uv_loop_t>();
  if (const int error = uv_loop_init(raw.get()); error != 0) return refuse(uv_strerror(error));
  std::unique_ptr<Loop> loop(
      new Loop(std::move(settings), uv::OwnedLoop(raw.release()), std::move(*poller)));
  if (const int error = loop->begin(); error != 0) return refuse(std::strerror(error));

  const SignalsBlocked blocked;
  loop->thread_ = std::thread([running = loop.get()] { running->run(); });
  return loop;
}

Loop::Loop(LoopSettings settings, uv::OwnedLoop uv_loop, Poller poller)
    : uv_loop_(std::move(uv_loop)),
      poller_(std::move(poller)),
      around_{.poller = poller_,
              .upstreams{uv_loop_.get(), settings.upstreams, settings.balance},
              .naming = settings.naming,
              .inflate_budget =
                  core::inflate::Budget(settings.bounds.inflate_bytes_max / settings.loops),
              .known_events = core::tap::KnownEvents(settings.tap.hash_key),
              .tap_settings = settings.tap,
              .bounds = settings.bounds,
              .places = settings.places,
              .ring = settings.ring,
              .recorder = settings.recorder,
              .wake_observer = settings.wake_observer,
              .log = settings.log,
              .counters = counters_,
              .encryption = nullptr,
              .reads{},
              .events{},
              .rewritten{},
              .upstream_complaint{},
              .naming_complaint{},
              .tunnels{},
              .over{},
              .arrived{},
              .going_on{}},
      next_id_((std::uint64_t{settings.number} << 48) + 1),
      listener_(std::move(settings.listener)) {
  around_.tap_settings.inflate_budget = &around_.inflate_budget;
  around_.tap_settings.known_events = &around_.known_events;
  if (settings.tls_clients != nullptr || settings.tls_upstream != nullptr)
    around_.encryption = std::make_unique<Encryption>(
        Encryption{.clients = settings.tls_clients,
                   .upstream = settings.tls_upstream,
                   .handshakes = Handshakes(settings.handshake_time),
                   .sessions = std::vector<tls::Sessions>(settings.upstreams.size())});
}

Loop::~Loop() {
  if (!thread_.joinable()) return;
  order(Order::Cut);
  thread_.join();
}

int Loop::begin() {
  auto async = std::make_unique<uv_async_t>();
  const int error = uv_async_init(uv_loop_.get(), async.get(), [](uv_async_t* handle) {
    if (handle->data != nullptr) static_cast<Loop*>(handle->data)->obey();
  });
  if (error != 0) return -error;
  async->data = this;
  order_async_ = uv::Owned<uv_async_t>(async.release());
  turn_uv();  // Only now does its descriptor tell of anything.

  auto alarm = Alarm::open(poller_, [this] { accept_again(); });
  if (!alarm) return alarm.error();
  rest_alarm_ = std::move(*alarm);
  auto sweeps = Alarm::open(poller_, [this] { sweep(); });
  if (!sweeps) return sweeps.error();
  sweep_alarm_ = std::move(*sweeps);
  sweep_alarm_->ring_every(limits::kSweepInterval);
  if (around_.encryption) {
    const int unopened = around_.encryption->handshakes.open(poller_);
    if (unopened != 0) return unopened;
  }
  if (const int unwatched = poller_.watch_input(uv_backend_fd(uv_loop_.get()), turns_uv_);
      unwatched != 0)
    return unwatched;
  return poller_.watch_input(listener_.get(), accepts_);
}

void Loop::run() {
  const core::Instant begin = observe::now();
  around_.ring.set_low_water(begin);
  if (around_.recorder != nullptr) around_.recorder->set_low_water(begin);
  while (has_work()) turn();
  around_.falls_asleep();  // Nothing more will come.
  ended_.set_value();
}

/// The thread ends with the listener and the last connection.
bool Loop::has_work() const noexcept { return listener_ || !around_.tunnels.empty(); }

void Loop::turn() {
  arrived_before_.swap(around_.arrived);
  if (around_.going_on.empty() && arrived_before_.empty()) {
    around_.falls_asleep();
    poller_.turn(Poller::Wait::UntilReady);
  } else {
    going_on_now_.swap(around_.going_on);
    for (Tunnel* const tunnel : going_on_now_) tunnel->go_on();
    going_on_now_.clear();
    poller_.turn(Poller::Wait::None);
  }
  for (Tunnel* const tunnel : arrived_before_) tunnel->set_out();
  arrived_before_.clear();
  around_.catch_up();
  around_.over.clear();
  if (full_ && around_.places.any()) [[unlikely]] {
    full_ = false;
    rest_alarm_->ring_in(std::chrono::milliseconds(1));  // Rather than when it would.
  }
}

void Loop::turn_uv() { uv_run(uv_loop_.get(), UV_RUN_NOWAIT); }

// --- Orders ---

void Loop::order(Order wanted) {
  Order current = order_.load();
  while (current < wanted && !order_.compare_exchange_weak(current, wanted)) {
  }
  if (current < wanted) uv_async_send(order_async_.get());
}

bool Loop::wait_until(std::chrono::steady_clock::time_point deadline) const {
  return ended_future_.wait_until(deadline) == std::future_status::ready;
}

void Loop::obey() {
  const Order wanted = order_.load();
  if (wanted >= Order::StopAccepting && listener_) {
    accept_some();
    listener_.close();
    spare_.close();
  }
  if (wanted == Order::Cut)
    while (!around_.tunnels.empty()) around_.tunnels.front().cut();
}

// --- Accepting ---

void Loop::accept_again() {
  full_ = false;  // Who rings here has waited long enough.
  if (!listener_) return;
  if (poller_.watch_input(listener_.get(), accepts_) != 0)
    rest_alarm_->ring_in(limits::kAcceptPause);
}

void Loop::accept_some() {
  for (int accepted = 0; accepted < limits::kAcceptsPerTurn; ++accepted) {
    if (!listener_ || !have_spare()) return;
    if (!around_.places.take()) return rest_full();
    SocketAddress peer;
    peer.length = sizeof peer.storage;
    Descriptor client(
        accept4(listener_.get(), peer.get(), &peer.length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (client) {
      accept_one(std::move(client), peer);
      continue;
    }
    const int error = errno;
    around_.places.give_back();
    switch (error) {
      case EAGAIN:
        return;
      case EMFILE:
      case ENFILE:
      case ENOBUFS:
      case ENOMEM:
        return rest_accepting(error);
      default:
        break;  // This one was gone before we took it.
    }
  }
}

void Loop::accept_one(Descriptor client, const SocketAddress& peer) {
  if (resting_) {
    resting_ = false;
    around_.log.info("accepting connections again");
  }
  const auto place =
      around_.tunnels.emplace(around_.tunnels.end(), around_, core::ConnectionId{next_id_++},
                              std::move(client), std::move(spare_), spare_family_);
  place->start(place, peer);
}

bool Loop::have_spare() {
  const int family = around_.upstreams[0].addresses().front().family();  // Mostly all are of one.
  if (spare_ && spare_family_ == family) return true;
  auto socket = open_upstream_socket(family);
  if (!socket) {
    rest_accepting(socket.error());
    return false;
  }
  spare_ = std::move(*socket);
  spare_family_ = family;
  return true;
}

void Loop::rest_accepting(int error) {
  counters_.accept_pauses.add(1);
  if (const auto swallowed = descriptors_complaint_.happened(observe::now());
      swallowed && !resting_)
    around_.log.warn(
        "cannot accept connections: {}; new clients wait until others leave (raise ulimit -n)",
        failure_reason(error));
  rest();
}

/// As many connections as there may be: new ones wait in the kernel's queue, and are not refused.
void Loop::rest_full() {
  counters_.full.add(1);
  if (const auto swallowed = full_complaint_.happened(observe::now()); swallowed && !resting_)
    around_.log.warn(
        "{} connections are open, as many as --max-connections allows; new clients wait until "
        "others leave",
        around_.bounds.connections_max);
  full_ = true;
  rest();
}

void Loop::rest() {
  resting_ = true;
  poller_.forget(listener_.get());
  rest_alarm_->ring_in(limits::kAcceptPause);
}

// --- Once a second ---

void Loop::sweep() {
  around_.catch_up();  // What a connection waits for, its tap must have seen.
  const core::Instant now = observe::now();
  turned_at_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
  const Bounds& bounds = around_.bounds;
  if (bounds.short_of_memory != nullptr)
    around_.tap_settings.short_of_memory = bounds.short_of_memory->load(std::memory_order_relaxed);
  if (bounds.head_timeout.count() == 0 && bounds.idle_timeout.count() == 0) return;
  for (auto next = around_.tunnels.begin(); next != around_.tunnels.end();) {
    Tunnel& tunnel = *next++;  // It may leave the list.
    tunnel.look(now);
  }
}

}  // namespace proxy::net
