#include "proxy/net/loop.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#include <cerrno>
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

/// Initialises a handle and owns it; empty when `init` fails, with the libuv error in `error`.
template <class Handle, class Init>
uv::Owned<Handle> open_handle(int& error, Loop* owner, Init init) {
  if (error != 0) return nullptr;
  auto handle = std::make_unique<Handle>();
  error = init(handle.get());
  if (error != 0) return nullptr;
  handle->data = owner;
  return uv::Owned<Handle>(handle.release());
}

Loop* owner_of(const void* data) { return static_cast<Loop*>(const_cast<void*>(data)); }

}  // namespace

tl::expected<std::unique_ptr<Loop>, StartError> Loop::start(LoopSettings settings) {
  auto raw = std::make_unique<uv_loop_t>();
  int error = uv_loop_init(raw.get());
  if (error == 0) {
    std::unique_ptr<Loop> loop(new Loop(std::move(settings), uv::OwnedLoop(raw.release())));
    error = loop->open_handles();
    if (error == 0) {
      const SignalsBlocked blocked;
      loop->thread_ = std::thread([running = loop.get()] { running->run(); });
      return loop;
    }
  }
  return tl::unexpected(
      StartError{std::string("cannot start an I/O thread: ") + uv_strerror(error) +
                 "; raise the limit of file descriptors (ulimit -n) or use fewer --threads"});
}

Loop::Loop(LoopSettings settings, uv::OwnedLoop loop)
    : loop_(std::move(loop)),
      around_{.loop = loop_.get(),
              .upstream{loop_.get(), std::move(settings.upstream),
                        std::move(settings.upstream_addresses)},
              .tap_settings = settings.tap,
              .ring = settings.ring,
              .recorder = settings.recorder,
              .wake_observer = settings.wake_observer,
              .log = settings.log,
              .counters = counters_,
              .read_buffer = std::make_unique<char[]>(limits::kReadBytes),
              .events{},
              .upstream_complaint{},
              .tunnels{}},
      next_id_((std::uint64_t{settings.number} << 48) + 1),
      listener_(std::move(settings.listener)) {}

Loop::~Loop() {
  if (!thread_.joinable()) return;
  order(Order::Cut);
  thread_.join();
}

int Loop::open_handles() {
  int error = 0;
  listener_poll_ = open_handle<uv_poll_t>(error, this, [this](uv_poll_t* handle) {
    return uv_poll_init_socket(loop_.get(), handle, listener_.get());
  });
  rest_timer_ = open_handle<uv_timer_t>(
      error, this, [this](uv_timer_t* handle) { return uv_timer_init(loop_.get(), handle); });
  order_async_ = open_handle<uv_async_t>(error, this, [this](uv_async_t* handle) {
    return uv_async_init(loop_.get(), handle, [](uv_async_t* async) {
      if (async->data != nullptr) owner_of(async->data)->obey();
    });
  });
  before_poll_ = open_handle<uv_prepare_t>(
      error, this, [this](uv_prepare_t* handle) { return uv_prepare_init(loop_.get(), handle); });
  if (error != 0) return error;

  // Neither is a reason to go on: the thread ends with the listener and the last connection.
  uv_unref(reinterpret_cast<uv_handle_t*>(order_async_.get()));
  uv_unref(reinterpret_cast<uv_handle_t*>(before_poll_.get()));
  accept_again();
  return uv_prepare_start(before_poll_.get(), [](uv_prepare_t* prepare) {
    owner_of(prepare->data)->around_.falls_asleep();
  });
}

void Loop::run() {
  const core::Instant begin = observe::now();
  around_.ring.set_low_water(begin);
  if (around_.recorder != nullptr) around_.recorder->set_low_water(begin);
  uv_run(loop_.get(), UV_RUN_DEFAULT);
  around_.falls_asleep();  // Nothing more will come.
  ended_.set_value();
}

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
  if (wanted >= Order::StopAccepting && listener_poll_) {
    accept_some();
    listener_poll_.reset();
    listener_.close();
    rest_timer_.reset();
    spare_.close();
  }
  if (wanted == Order::Cut)
    for (Tunnel& tunnel : around_.tunnels) tunnel.cut();
}

// --- Accepting ---

void Loop::accept_again() {
  uv_poll_start(listener_poll_.get(), UV_READABLE, [](uv_poll_t* poll, int, int) {
    if (poll->data != nullptr) owner_of(poll->data)->accept_some();
  });
}

void Loop::accept_some() {
  for (int accepted = 0; accepted < limits::kAcceptsPerTurn; ++accepted) {
    if (!have_spare()) return;
    SocketAddress peer;
    peer.length = sizeof peer.storage;
    Descriptor client(
        accept4(listener_.get(), peer.get(), &peer.length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (client) {
      accept_one(std::move(client), peer);
      continue;
    }
    switch (errno) {
      case EAGAIN:
        return;
      case EMFILE:
      case ENFILE:
      case ENOBUFS:
      case ENOMEM:
        return rest_accepting(errno);
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
                              std::move(client), std::move(spare_));
  place->start(place, peer);
}

bool Loop::have_spare() {
  const int family = around_.upstream.addresses().front().family();
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
  resting_ = true;
  uv_poll_stop(listener_poll_.get());
  uv_timer_start(
      rest_timer_.get(),
      [](uv_timer_t* timer) {
        if (timer->data != nullptr) owner_of(timer->data)->accept_again();
      },
      limits::kAcceptPause.count(), 0);
}

}  // namespace proxy::net
