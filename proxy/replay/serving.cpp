#include "proxy/replay/serving.hpp"

#include <uv.h>

#include <csignal>

#include "proxy/client/listening.hpp"
#include "proxy/client/stop_signals.hpp"
#include "proxy/net/uv.hpp"

namespace proxy::replay {
namespace {

using StageListening = client::Listening<core::replay::Stage>;

}  // namespace

struct Serving::Loop {
  net::uv::OwnedLoop loop = client::make_loop();
  std::atomic<std::size_t> sessions = 0;
  std::unique_ptr<StageListening> stage;
  net::uv::Owned<uv_async_t> stop;
};

Serving::Serving() : loop_(std::make_unique<Loop>()) {}

tl::expected<std::unique_ptr<Serving>, net::StartError> Serving::start(
    const net::Endpoint& listen, core::replay::StageOptions stage) {
  std::unique_ptr<Serving> serving(new Serving);
  Loop& own = *serving->loop_;
  own.stage = std::make_unique<StageListening>(
      *own.loop, std::move(stage), [&own](const core::server::Happening& told) {
        if (std::holds_alternative<core::server::SessionOpened>(told)) ++own.sessions;
      });
  auto bound = own.stage->listen(listen);
  if (!bound) return tl::unexpected(bound.error());
  serving->bound_ = *bound;
  own.stop.reset(new uv_async_t);
  own.stop->data = own.loop.get();
  uv_async_init(own.loop.get(), own.stop.get(), [](uv_async_t* async) {
    if (async->data != nullptr) uv_stop(static_cast<uv_loop_t*>(async->data));
  });
  serving->thread_ = std::thread([&own] {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);  // The main thread's.
    uv_run(own.loop.get(), UV_RUN_DEFAULT);
  });
  return serving;
}

Serving::~Serving() {
  if (!thread_.joinable()) return;
  uv_async_send(loop_->stop.get());
  thread_.join();
}

std::size_t Serving::sessions() const noexcept { return loop_->sessions; }

}  // namespace proxy::replay
