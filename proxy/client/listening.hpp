#pragma once

#include <unistd.h>
#include <uv.h>

#include <tl/expected.hpp>

#include "core/server/server.hpp"
#include "proxy/client/driver.hpp"
#include "proxy/net/listener.hpp"
#include "proxy/net/uv.hpp"

namespace proxy::client {

/// A server's driver that also listens.
template <class Machine>
class Listening : public Driver<Machine, core::server::Output> {
 public:
  using Base = Driver<Machine, core::server::Output>;
  template <class Options>
  Listening(uv_loop_t& loop, Options options, typename Base::Told told)
      : Base(loop, std::move(options), std::move(told)), loop_(loop) {}

  /// Returns the address with the port that was picked.
  [[nodiscard]] tl::expected<net::Endpoint, net::StartError> listen(const net::Endpoint& endpoint) {
    auto listeners = net::listen_on(endpoint, 1);
    if (!listeners) return tl::unexpected(listeners.error());
    listener_.reset(new uv_tcp_t);
    uv_tcp_init(&loop_, listener_.get());
    listener_->data = this;
    const int fd = dup(listeners->sockets.front().get());  // libuv closes what it opens.
    if (fd < 0 || uv_tcp_open(listener_.get(), fd) != 0 ||
        uv_listen(reinterpret_cast<uv_stream_t*>(listener_.get()), SOMAXCONN,
                  [](uv_stream_t* server, int status) {
                    if (status == 0 && server->data)
                      static_cast<Listening*>(server->data)->accept(server);
                  }) != 0)
      return tl::unexpected(net::StartError{"cannot listen on " + listeners->bound.text() +
                                            "; close other programs or raise their limits"});
    return listeners->bound;
  }

 private:
  uv_loop_t& loop_;
  net::uv::Owned<uv_tcp_t> listener_;
};


}  // namespace proxy::client
