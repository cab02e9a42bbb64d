#pragma once

#include <uv.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <span>

#include "core/direction.hpp"
#include "core/event.hpp"
#include "core/ids.hpp"
#include "core/tap/tap.hpp"
#include "proxy/net/address.hpp"
#include "proxy/net/descriptor.hpp"
#include "proxy/net/pending.hpp"

namespace proxy::net {

struct Surroundings;

/// One client connection and the one upstream connection that belongs to it, in one allocation.
/// Lives on one loop, in its list of tunnels, and leaves that list by itself.
///
/// Forwarding: when a socket is readable, read once, write at once to the other, then show the same
/// bytes to the tap. What the other did not take is kept (Pending) and the reader pauses until it
/// is gone.
///
/// Ends: a FIN is read behind its bytes, and so passed on behind them, as a half-close; the other
/// direction goes on. A reset of either side resets the other at once. While a side is not read its
/// watch shrinks instead of ending, so that a reset is always heard:
///
///     read                   UV_READABLE      bytes, FIN, reset
///     paused                 UV_DISCONNECT    FIN (stays in the kernel, behind its bytes), reset
///     paused, FIN has come   UV_PRIORITIZED   a condition that does not come: leaves the reset
///     FIN read               UV_PRIORITIZED   likewise
///     FIN come, FIN sent     nothing          the kernel's lasting HUP would spin the loop
///
/// We poll plain sockets rather than uv_tcp_t: one watch can be narrowed like this without a
/// duplicate descriptor, accepting never drops a client for want of descriptors, and a pair weighs
/// less.
class Tunnel {
 public:
  /// `upstream` is not yet connected and of the family of the first upstream address. `around`
  /// outlives this.
  Tunnel(Surroundings& around, core::ConnectionId id, Descriptor client, Descriptor upstream);
  Tunnel(const Tunnel&) = delete;
  Tunnel& operator=(const Tunnel&) = delete;

  /// Begins: `place` is where the tunnel stands in the list, `peer` the client's address. May end
  /// it, too.
  void start(std::list<Tunnel>::iterator place, const SocketAddress& peer);
  /// Resets both sides: the proxy stops. The tap is told nothing, since neither peer did it.
  void cut();

 private:
  enum class Phase : std::uint8_t {
    Connecting,  ///< the client is accepted but not read
    Relaying,
    Refused,  ///< no upstream: the client gets a 502 once it has sent something
    Over,     ///< waiting for libuv to let go of the handles
  };

  struct Side {
    uv_poll_t poll;
    Descriptor socket;
    Pending pending;        ///< for this side, not yet taken by it
    int watched = 0;        ///< the UV_* that `poll` is started with
    bool open = false;      ///< `poll` is initialised and not closed
    bool fin_come = false;  ///< its FIN waits in the kernel behind bytes that we have not read
    bool fin_read = false;  ///< ... was read: nothing more comes from it
    bool fin_sent = false;  ///< nothing more goes to it
  };

  static void on_poll(uv_poll_t* handle, int status, int events);
  void on_connecting(Side& side, int status, int events);
  void on_relaying(Side& side, int status, int events);
  void on_refused(int status);

  void connect();
  [[nodiscard]] int try_address(const SocketAddress& address);
  [[nodiscard]] int replace_upstream_socket(int family);
  [[nodiscard]] bool next_address(int error);
  void connected(int error);
  void refuse();

  void receive(Side& from);
  void flush(Side& to);
  /// Writes to the other side and shows the tap. Returns 0, or the errno that says that the
  /// receiver is gone.
  [[nodiscard]] int forward(Side& from, std::span<char> bytes);
  void note_disconnect(Side& side, int events);
  void end_of_stream(Side& from);
  void aborted_by(Side& side);
  void record_open(const SocketAddress& peer, core::Instant at);
  void tell_tap_end(core::Direction direction, core::StreamEnd end);
  void tell_tap_reset(Side& by);

  /// Brings the watch on `side` in line with the state.
  void watch(Side& side);
  [[nodiscard]] int wanted(const Side& side) const noexcept;
  void close_handle(Side& side);
  enum class Ending : std::uint8_t {
    InOrder,  ///< both sides have said FIN, or there is nobody left to tell
    Reset,
  };
  void finish(Ending ending);

  [[nodiscard]] Side& other(const Side& side) noexcept {
    return &side == &client_ ? upstream_ : client_;
  }
  [[nodiscard]] const Side& other(const Side& side) const noexcept {
    return &side == &client_ ? upstream_ : client_;
  }
  [[nodiscard]] core::Direction direction_from(const Side& side) const noexcept {
    return &side == &client_ ? core::Direction::ToServer : core::Direction::ToClient;
  }

  Surroundings& around_;
  Side client_;
  Side upstream_;
  std::list<Tunnel>::iterator place_;
  std::optional<core::tap::Tap> tap_;
  core::ConnectionId id_;
  std::array<std::uint64_t, 2> streamed_bytes_{};  ///< by direction; counted while recording
  int connect_error_ = 0;      ///< why the last address did not work
  std::uint16_t address_ = 0;  ///< the upstream address being tried
  std::uint8_t handles_ = 0;   ///< that libuv has not let go of
  Phase phase_ = Phase::Connecting;
};

}  // namespace proxy::net
