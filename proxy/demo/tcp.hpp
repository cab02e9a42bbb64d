#pragma once

#include <uv.h>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "core/client/link.hpp"
#include "core/instant.hpp"
#include "proxy/net/address.hpp"
#include "proxy/net/start_error.hpp"
#include "proxy/net/uv.hpp"

namespace proxy::demo {

using core::client::LinkId;

/// The sockets behind a machine's links, on one libuv loop: does its actions, tells it what came of
/// them. Links that it accepts are numbered from 1 up, so one Tcp either listens or connects.
class Tcp {
 public:
  struct Handlers {
    std::function<void(LinkId)> opened;  ///< connected, or accepted
    std::function<void(LinkId, std::string_view)> received;
    std::function<void(LinkId)> closed;  ///< by the peer, or it could not be had
  };
  Tcp(uv_loop_t& loop, Handlers handlers);
  ~Tcp();
  Tcp(const Tcp&) = delete;
  Tcp& operator=(const Tcp&) = delete;

  /// Returns the address with the port that was picked.
  [[nodiscard]] tl::expected<net::Endpoint, net::StartError> listen(const net::Endpoint& endpoint);
  /// `peer` is whom an OpenLink connects to.
  void carry_out(const core::client::Actions& actions, const net::SocketAddress& peer);

 private:
  struct Connection {
    Tcp& owner;
    LinkId link;
    net::uv::Owned<uv_tcp_t> handle;
    bool open = false;
    bool ending = false;  ///< CloseLink was done: waits for the peer's FIN, for a moment
    core::Instant ending_since{};
  };

  Connection& add(LinkId link);
  void connect(LinkId link, const net::SocketAddress& peer);
  void accept();
  void read(Connection& connection);
  void send(LinkId link, const std::string& bytes);
  void end(LinkId link);
  void lost(LinkId link);
  void sweep();

  uv_loop_t& loop_;
  Handlers handlers_;
  std::map<LinkId, std::unique_ptr<Connection>> connections_;
  net::uv::Owned<uv_tcp_t> listener_;
  net::uv::Owned<uv_timer_t> sweeper_;
  std::array<char, 65536> buffer_{};
  std::uint64_t last_accepted_ = 0;
};

}  // namespace proxy::demo
