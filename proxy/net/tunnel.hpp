#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/address/proxy_protocol.hpp"
#include "core/direction.hpp"
#include "core/event.hpp"
#include "core/ids.hpp"
#include "core/tap/tap.hpp"
#include "proxy/net/address.hpp"
#include "proxy/net/balance.hpp"
#include "proxy/net/descriptor.hpp"
#include "proxy/net/handshakes.hpp"
#include "proxy/net/naming.hpp"
#include "proxy/net/pending.hpp"
#include "proxy/net/poller.hpp"
#include "proxy/net/reads.hpp"
#include "proxy/net/stream.hpp"

namespace proxy::net {

struct Surroundings;
class Upstream;

/// One client connection and the one upstream connection that belongs to it, in one allocation.
/// Lives on one loop, in its list of tunnels, and leaves that list by itself.
///
/// Forwarding: when a side has bytes, read once, write at once to the other, then show the same
/// bytes to the tap, when all that was ready is on its way (Reads). What the other did not take is
/// kept (Pending), and the reader rests until it is gone.
///
/// Begins: the client gets one turn to say its first bytes, so that the last packet of the
/// upstream's handshake can travel with them; then the upstream is connected to, bytes or not.
///
/// Ends: a FIN is read behind its bytes, and so passed on behind them, as a half-close, in one
/// packet with the last of them where both were there; the other direction goes on. A reset of
/// either side resets the other at once, whether it is being read or rests: the poller tells every
/// change of a socket once, and a side remembers what it has not used up (`readable`, `told`).
///
/// Names (tunnel_client.cpp): bytes pass unchanged but for what was asked for. A PROXY preamble of
/// a trusted peer is for us, and comes before everything else; our own comes before everything else
/// that its upstream gets, and so do header lines that are added to requests. What is recorded and
/// what the tap sees is what the client sent, behind its preamble.
/// TLS (tunnel_tls.cpp): the client's handshake comes before anything else, so that who speaks no
/// TLS never reaches the upstream; the upstream's belongs to connecting, so that its failure is a
/// 502. From then on the streams hide it. close_notify stands for FIN; a FIN without it is passed
/// on without it.
class Tunnel {
 public:
  /// `upstream` is not yet connected, and of `family`. `around` outlives this.
  Tunnel(Surroundings& around, core::ConnectionId id, Descriptor client, Descriptor upstream,
         int family);
  Tunnel(const Tunnel&) = delete;
  Tunnel& operator=(const Tunnel&) = delete;

  /// Begins: `place` is where the tunnel stands in the list, `peer` the client's address. May end
  /// it, too.
  void start(std::list<Tunnel>::iterator place, const SocketAddress& peer);
  /// The client has had a turn to say its first bytes: connects now, if it did not say any.
  void set_out();
  /// Reads on where the last turn left off, to give others theirs.
  void go_on();
  /// Shows its tap what it forwarded in this turn.
  void show(const Reads::Read& read);
  /// Once in a while: ends the connection when its client keeps it open without asking for
  /// anything, beyond the bounds.
  void look(core::Instant now);
  /// The TLS handshake that is under way took too long.
  void handshake_overdue();
  /// Resets both sides: the proxy stops. The tap is told nothing, since neither peer did it.
  void cut();

 private:
  enum class Phase : std::uint8_t {
    Introducing,  ///< the client is trusted, and may begin with a PROXY preamble
    Greeting,     ///< TLS with the client begins
    Arriving,     ///< the client is accepted; its first bytes may come along
    Connecting,   ///< the client is accepted but not read
    Securing,     ///< ... the upstream connected, and TLS with it begins
    Relaying,
    Refused,  ///< no upstream: the client gets a 502 once it has sent something
    Over,     ///< gone at the end of this turn
  };

  struct Side final : Watcher {
    explicit Side(Tunnel& owner, Descriptor socket) : tunnel(owner), stream(std::move(socket)) {}
    void ready(std::uint32_t events) override { tunnel.on_ready(*this, events); }

    Tunnel& tunnel;
    Stream stream;
    Pending pending;            ///< for this side, not yet taken by it
    bool readable = false;      ///< it may have bytes, or a FIN, that we have not read
    Told told = Told::Bytes;    ///< ... and what of them
    bool fin_read = false;      ///< its FIN was read: nothing more comes from it
    bool fin_sent = false;      ///< nothing more goes to it
    bool owes_goodbye = false;  ///< ... but for a close_notify that found no room
  };

  /// What it takes until bytes pass. An idle connection is the lighter for being without.
  struct Opening {
    core::address::SocketEnd client{};  ///< its socket's address, or as a preamble says
    std::optional<core::address::SocketEnd> reached{};  ///< where a preamble says it meant to go
    Balance::Way way{};                                 ///< through the upstreams
    Handshakes::Place handshake{};                      ///< while Greeting or Securing
    int family;                                         ///< of the upstream socket; 0: it is spent
    int connect_error = 0;                              ///< why the last address did not work
    std::uint16_t address = 0;                          ///< the one being tried, of its upstream
  };

  void on_ready(Side& side, std::uint32_t events);
  void on_greeting(std::uint32_t events);
  void on_connecting(Side& side, std::uint32_t events);
  void on_relaying(Side& side, std::uint32_t events);

  // tunnel_client.cpp
  void introduce();
  void introduced(const core::address::Preamble& preamble);
  void opened();
  void record_open(core::Instant at);
  [[nodiscard]] bool send_preamble();
  [[nodiscard]] std::span<const char> named(std::span<char> bytes);
  [[nodiscard]] std::span<const char> heard(std::span<char> bytes);
  void stop_naming_when_over();

  // tunnel_tls.cpp
  [[nodiscard]] bool secures_clients() const noexcept;
  [[nodiscard]] bool secures_upstreams() const noexcept;
  void greet();
  void turn_away(const std::string& reason);
  void secure_upstream();
  void go_on_securing();
  void leave_handshake();
  void complain_of_broken_tls(const Side& side);

  [[nodiscard]] Upstream& upstream() noexcept;
  void connect();
  [[nodiscard]] int try_address(const SocketAddress& address);
  [[nodiscard]] int replace_upstream_socket(int family);
  [[nodiscard]] bool next_address(int error);
  [[nodiscard]] bool next_upstream();
  void tell_of_choice();
  void connected(int error);
  void relay();
  [[nodiscard]] std::string why_refused() const;
  void refuse();
  void answer_refused();

  void receive(Side& from);
  void come_back_later();
  void flush(Side& to);
  /// Writes to the other side, and keeps for the tap what is in the front of the buffer. Returns 0,
  /// or the errno that says that the receiver is gone.
  [[nodiscard]] int forward(Side& from, std::span<char> bytes, Follows follows);
  void end_of_stream(Side& from);
  [[nodiscard]] bool say_goodbye(Side& to);
  void say_goodbye_again(Side& to);
  void aborted_by(Side& side);
  /// @param at When it was read: before it was passed on.
  void tell_tap_end(core::Direction direction, core::StreamEnd end, core::Instant at);
  void tell_tap_reset(Side& by);

  [[nodiscard]] core::tap::Tap::Idle idle() const noexcept;

  enum class Ending : std::uint8_t {
    InOrder,  ///< both sides have said FIN, or there is nobody left to tell
    Reset,
  };
  void hang_up(Ending ending);
  void finish(Ending ending);

  [[nodiscard]] Side& other(const Side& side) noexcept {
    return &side == &client_ ? upstream_ : client_;
  }
  [[nodiscard]] core::Direction direction_from(const Side& side) const noexcept {
    return &side == &client_ ? core::Direction::ToServer : core::Direction::ToClient;
  }

  Surroundings& around_;
  Side client_;
  Side upstream_;
  std::list<Tunnel>::iterator place_;
  core::tap::Tap tap_;
  core::ConnectionId id_;
  core::tap::Tap::Idle idle_{};                    ///< when look() was last called
  core::Instant idle_since_{};                     ///< ... and since when it is so
  std::array<std::uint64_t, 2> streamed_bytes_{};  ///< by direction; counted while recording
  std::unique_ptr<Named> named_;      ///< nullptr: its upstream is told nothing of it, or no more
  std::unique_ptr<Opening> opening_;  ///< until it relays; with TLS also to say who it was
  std::uint8_t number_ = 0;           ///< its upstream
  bool goes_on_ = false;  ///< in the list of those that have more to read than one turn took
  Phase phase_ = Phase::Connecting;
};

}  // namespace proxy::net
