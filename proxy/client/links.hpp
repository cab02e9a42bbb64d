#pragma once

#include <sys/socket.h>
#include <uv.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/client/link.hpp"
#include "core/instant.hpp"
#include "proxy/client/remote.hpp"
#include "proxy/client/tls.hpp"
#include "proxy/net/uv.hpp"

namespace proxy::client {

using core::client::LinkId;

/// Why a link ended, or could not be had.
struct LinkEnd {
  enum class What : std::uint8_t {
    Closed,         ///< by the peer, or it broke
    NoSuchHost,     ///< the name is not known
    CannotConnect,  ///< refused, unreachable, too slow
    Tls,            ///< the handshake failed
  };
  What what = What::Closed;
  std::string detail = {};  ///< the system's or OpenSSL's words
};

/// The sockets behind a machine's links, on one libuv loop: does its actions, tells it what came of
/// them. Names are looked up without blocking, and again after a connection failed; addresses are
/// tried one after the other.
class Links {
 public:
  struct Handlers {
    std::function<void(LinkId)> opened;  ///< connected and, with TLS, secured; or accepted
    std::function<void(LinkId, std::string_view)> received;
    std::function<void(LinkId, const LinkEnd&)> closed;
  };
  Links(uv_loop_t& loop, Handlers handlers);
  ~Links();
  Links(const Links&) = delete;
  Links& operator=(const Links&) = delete;

  /// Whom an OpenLink connects to. `tls` is for Security::Tls, and must outlive this.
  void set_remote(Remote remote, const TlsContext* tls = nullptr);
  void carry_out(const core::client::Actions& actions);
  /// Whether all links are gone, goodbyes included.
  [[nodiscard]] bool empty() const noexcept { return connections_.empty(); }
  /// Takes a connection from a listener. They are numbered from 1 up, so that one Links either
  /// accepts or connects.
  void accept(uv_stream_t* listener);

 private:
  enum class State : std::uint8_t {
    LookingUp,
    Connecting,
    Securing,
    Open,
    Ending,  ///< CloseLink was done: waits for the peer's FIN, for a moment
  };
  struct Connection {
    Links& owner;
    LinkId link;
    State state = State::LookingUp;
    net::uv::Owned<uv_tcp_t> handle = {};
    std::size_t address = 0;  ///< the one being tried
    std::optional<TlsSession> tls = {};
    core::Instant ending_since{};
  };
  struct Address {
    sockaddr_storage storage{};
  };
  struct LookUp {
    uv_getaddrinfo_t request{};
    Links* owner;  ///< null once it has left
  };

  void open(LinkId link);
  void look_up();
  void looked_up(int status, const addrinfo* list);
  void connect(Connection& connection);
  void connected(Connection& connection, int status);
  void new_handle(Connection& connection);
  void read(Connection& connection);
  void received(Connection& connection, std::string_view bytes);
  void received_tls(LinkId link, std::string_view bytes);
  void send(LinkId link, const std::string& bytes);
  void write(Connection& connection, std::string bytes);
  void end(LinkId link);
  void lost(LinkId link, const LinkEnd& why);
  void sweep();
  [[nodiscard]] Connection* find(LinkId link) noexcept;

  uv_loop_t& loop_;
  Handlers handlers_;
  Remote remote_;
  const TlsContext* tls_ = nullptr;
  std::vector<Address> addresses_;  ///< of remote_; empty until looked up
  LookUp* look_up_ = nullptr;       ///< under way; its callback frees it
  std::map<LinkId, std::unique_ptr<Connection>> connections_;
  net::uv::Owned<uv_timer_t> sweeper_;
  std::array<char, 65536> buffer_{};
  std::uint64_t last_accepted_ = 0;
};

}  // namespace proxy::client
