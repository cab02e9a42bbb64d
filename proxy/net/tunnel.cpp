#include "proxy/net/tunnel.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "proxy/net/bad_gateway.hpp"
#include "proxy/net/surroundings.hpp"
#include "proxy/tls/connection.hpp"

namespace proxy::net {

using core::Direction;
using core::StreamEnd;

namespace {

/// Whether a connect() that ended with `error` did connect: a server that accepts and resets at
/// once leaves these, one that is not there ECONNREFUSED.
bool was_connected(int error) noexcept {
  return error == 0 || error == ECONNRESET || error == EPIPE;
}

}  // namespace

Tunnel::Tunnel(Surroundings& around, core::ConnectionId id, Descriptor client, Descriptor upstream,
               int family)
    : around_(around),
      client_(*this, std::move(client)),
      upstream_(*this, std::move(upstream)),
      tap_(around.tap_settings, id),
      id_(id),
      opening_(std::make_unique<Opening>(Opening{.family = family})) {}

void Tunnel::start(std::list<Tunnel>::iterator place, const SocketAddress& peer) {
  place_ = place;
  around_.counters.accepted.add(1);
  around_.counters.active.add(1);
  opening_->client = peer.socket_end();
  const bool introduces = around_.tap_settings.trust.hold(opening_->client.address);
  if (introduces)
    phase_ = Phase::Introducing;
  else if (!secures_clients())
    opened();
  if (around_.poller.watch_socket(client_.stream.fd(), client_) != 0) return finish(Ending::Reset);
  if (introduces) return;
  if (secures_clients()) return greet();
  phase_ = Phase::Arriving;
  around_.arrived.push_back(this);
}

void Tunnel::set_out() {
  if (phase_ == Phase::Arriving) connect();
}

void Tunnel::cut() {
  if (phase_ != Phase::Over) finish(Ending::Reset);
}

core::tap::Tap::Idle Tunnel::idle() const noexcept {
  switch (phase_) {
    case Phase::Relaying:  // What its receiver has not taken is on its way yet.
      if (client_.pending.empty() && upstream_.pending.empty()) return tap_.idle();
      break;
    case Phase::Introducing:
    case Phase::Refused:
      return {core::tap::Tap::Idle::State::InHead, 0};
    case Phase::Greeting:  // Handshakes have a time of their own.
    case Phase::Arriving:
    case Phase::Connecting:
    case Phase::Securing:
    case Phase::Over:
      break;
  }
  return {};
}

void Tunnel::look(core::Instant now) {
  using State = core::tap::Tap::Idle::State;
  const core::tap::Tap::Idle was = std::exchange(idle_, idle());
  if (idle_ != was) idle_since_ = now;
  if (idle_ != was || idle_.state == State::Busy) return;
  const auto timeout =
      idle_.state == State::InHead ? around_.bounds.head_timeout : around_.bounds.idle_timeout;
  if (timeout.count() == 0 || now - idle_since_ < timeout) return;
  around_.counters.timeouts.add(1);
  if (phase_ == Phase::Relaying)
    for (const Direction direction : {Direction::ToServer, Direction::ToClient})
      tell_tap_end(direction, StreamEnd::Fin, around_.read_clock());
  finish(Ending::InOrder);
}

void Tunnel::on_ready(Side& side, std::uint32_t events) {
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLPRI)) != 0) side.readable = true;
  if ((events & EPOLLPRI) != 0) [[unlikely]]
    side.told = Told::Urgent;
  else if ((events & EPOLLRDHUP) != 0 && side.told == Told::Bytes) [[unlikely]]
    side.told = Told::Fin;
  switch (phase_) {
    case Phase::Relaying:
      return on_relaying(side, events);
    case Phase::Greeting:
      return on_greeting(events);
    case Phase::Arriving:
      if ((events & EPOLLERR) != 0 && side.stream.take_error() != 0) return aborted_by(side);
      return connect();
    case Phase::Connecting:
    case Phase::Securing:
      return on_connecting(side, events);
    case Phase::Introducing:
      if ((events & EPOLLERR) != 0 && side.stream.take_error() != 0) return finish(Ending::Reset);
      return introduce();
    case Phase::Refused:
      if ((events & EPOLLERR) != 0 && side.stream.take_error() != 0) return finish(Ending::InOrder);
      return answer_refused();
    case Phase::Over:
      return;
  }
}

// --- Connecting ---

Upstream& Tunnel::upstream() noexcept { return around_.upstreams[number_]; }

void Tunnel::connect() {
  const bool has_bytes = (phase_ == Phase::Arriving && client_.readable) || secures_upstreams() ||
                         (named_ && !named_->preamble.empty());
  phase_ = Phase::Connecting;
  int error = 0;
  do {
    const SocketAddress& address = upstream().addresses()[opening_->address];
    if (opening_->family != address.family()) {
      opening_->connect_error = replace_upstream_socket(address.family());
      if (opening_->connect_error != 0) break;
    }
    if (has_bytes) expect_bytes(upstream_.stream.fd());
    error = try_address(address);
    if (error == EALREADY || was_connected(error)) {
      const int unwatched = around_.poller.watch_socket(upstream_.stream.fd(), upstream_);
      if (unwatched != 0) return finish(Ending::Reset);
      if (error != EALREADY) connected(error);
      return;
    }
  } while (next_address(error));
  refuse();
}

void Tunnel::connected(int error) {
  tell_of_choice();
  if (error == 0 && !send_preamble()) return aborted_by(upstream_);
  if (secures_upstreams()) return secure_upstream();
  relay();
  if (error != 0) return aborted_by(upstream_);
  if (client_.readable) receive(client_);
  // What it said with the end of its handshake has had its edge already.
  if (phase_ == Phase::Relaying && upstream_.readable) receive(upstream_);
}

void Tunnel::relay() {
  phase_ = Phase::Relaying;
  if (!secures_clients()) opening_.reset();
}

/// Turns to the address after the one that failed with `error`, maybe another upstream's; false
/// when there is none.
bool Tunnel::next_address(int error) {
  opening_->connect_error = error;
  opening_->family = 0;
  return ++opening_->address < upstream().addresses().size() || next_upstream();
}

bool Tunnel::next_upstream() {
  Balance& balance = around_.upstreams.balance();
  if (!balance.has_choice()) return false;
  const core::Instant now = observe::now();
  if (balance.failed(number_, now) == Balance::News::WentDown)
    around_.log.warn("upstream {} cannot be reached: {}; its clients go to others until it can",
                     upstream().endpoint().text(), failure_reason(opening_->connect_error));
  upstream().look_up_again();
  const auto next = balance.next(opening_->way, now);
  if (!next) return false;
  number_ = *next;
  opening_->address = 0;
  return true;
}

/// Which of several upstreams it is, and whether that one is back.
void Tunnel::tell_of_choice() {
  Balance& balance = around_.upstreams.balance();
  if (!balance.has_choice()) return;
  if (balance.reached(number_) == Balance::News::CameUp)
    around_.log.warn("upstream {} can be reached again", upstream().endpoint().text());
  const std::uint8_t wanted = balance.first_choice(opening_->way);
  const auto counted = [](std::uint8_t upstream) {
    return static_cast<std::uint8_t>(upstream + 1);
  };
  tap_.routed(counted(number_), wanted == number_ ? std::uint8_t{0} : counted(wanted));
}

/// 0 when connected, EALREADY when under way. Asks twice, since over loopback it is done by the
/// second time: that saves a turn of the loop.
int Tunnel::try_address(const SocketAddress& address) {
  const int fd = upstream_.stream.fd();
  int error = ::connect(fd, address.get(), address.length) == 0 ? 0 : errno;
  if (error == EINPROGRESS) error = ::connect(fd, address.get(), address.length) == 0 ? 0 : errno;
  if (error == EALREADY) bound_connecting(fd);
  return error == EISCONN ? 0 : error;
}

/// A socket that failed to connect is spent.
int Tunnel::replace_upstream_socket(int family) {
  auto fresh = open_upstream_socket(family);
  if (!fresh) return fresh.error();
  upstream_.stream = Stream(std::move(*fresh));
  opening_->family = family;
  return 0;
}

void Tunnel::on_connecting(Side& side, std::uint32_t events) {
  if (&side == &client_) {
    if ((events & EPOLLERR) != 0 && client_.stream.take_error() != 0) aborted_by(client_);
    return;  // What it has sent waits until there is somebody to send it to.
  }
  if (phase_ == Phase::Securing) return go_on_securing();
  const int error = upstream_.stream.take_error();
  if (was_connected(error)) return connected(error);
  if (!next_address(error)) return refuse();
  connect();
}

// --- No upstream ---

std::string Tunnel::why_refused() const {
  const tls::Connection* const secured = upstream_.stream.secured();
  if (secured != nullptr && opening_->connect_error == EPROTO)
    return "TLS failed, " + secured->failure();
  const std::string reason = failure_reason(opening_->connect_error);
  const bool tried_others = secured == nullptr && around_.upstreams.balance().has_choice();
  return tried_others ? reason + "; no other upstream can be reached either" : reason;
}

void Tunnel::refuse() {
  leave_handshake();
  phase_ = Phase::Refused;
  upstream_.stream.close();
  around_.counters.upstream_failures.add(1);
  const core::Instant at = around_.read_clock();
  if (const auto swallowed = around_.upstream_complaint.happened(at))
    around_.log.warn(
        "upstream {} cannot be reached: {}; clients get a 502 ({} more since the last message)",
        upstream().endpoint().text(), why_refused(), *swallowed);
  upstream().look_up_again();
  tell_tap_reset(upstream_);
  if (client_.readable) answer_refused();
}

/// The answer waits for the first bytes of the request: a client that has not asked yet (a
/// preconnecting browser, a pool) would take it for garbage, and closing on unread bytes would
/// reset it away.
void Tunnel::answer_refused() {
  const std::span<char> buffer = around_.buffer();
  while (client_.readable) {
    const Received got = client_.stream.read(buffer, client_.told);
    if (got.next == Received::Next::Broken || (got.next == Received::Next::End && got.bytes == 0))
      return finish(Ending::InOrder);
    client_.readable = got.next != Received::Next::Edge;
    // Behind the answer comes the rest of a request that has it already.
    if (got.bytes > 0 && !std::exchange(client_.fin_sent, true)) {
      const std::string answer =
          bad_gateway(upstream().endpoint(), why_refused(), buffer.first(got.bytes));
      // A fresh send buffer takes it whole; if not, the client is past helping.
      (void)client_.stream.write(answer);
      (void)client_.stream.say_goodbye();
      client_.stream.end();
    }
    if (got.next == Received::Next::Later) return come_back_later();
  }
}

// --- Relaying ---

void Tunnel::on_relaying(Side& side, std::uint32_t events) {
  if ((events & EPOLLERR) != 0 && side.stream.take_error() != 0) [[unlikely]]
    return aborted_by(side);
  if ((events & EPOLLOUT) != 0 && (!side.pending.empty() || side.owes_goodbye)) [[unlikely]] {
    flush(side);
    if (phase_ == Phase::Over) return;
  }
  if (side.readable) receive(side);
}

/// Reads `from` until it has no more or the other side takes no more; after a read that filled the
/// buffer, or says so itself, others come first.
void Tunnel::receive(Side& from) {
  while (other(from).pending.empty() && !from.fin_read) {
    const std::span<char> buffer = around_.buffer();
    const Received got = from.stream.read(buffer, from.told);
    const bool later = got.next == Received::Next::Later;
    from.readable = got.next != Received::Next::Edge;
    if (got.bytes > 0) [[likely]] {
      const bool last = got.next == Received::Next::End;
      if (forward(from, buffer.first(got.bytes), last ? Follows::Fin : Follows::Nothing) != 0)
        return aborted_by(other(from));
      if (!from.readable) [[likely]]
        return;
      if (last && other(from).pending.empty()) return end_of_stream(from);
      if (got.bytes == buffer.size() || later) return come_back_later();
      continue;
    }
    switch (got.next) {
      case Received::Next::More:
        continue;
      case Received::Next::Later:
        return come_back_later();
      case Received::Next::Edge:
        from.told = Told::Bytes;
        return;
      case Received::Next::End:
        return end_of_stream(from);
      case Received::Next::Broken:
        return aborted_by(from);
    }
  }
}

void Tunnel::come_back_later() {
  if (!std::exchange(goes_on_, true)) around_.going_on.push_back(this);
}

void Tunnel::go_on() {
  goes_on_ = false;
  if (phase_ == Phase::Refused && client_.readable) return answer_refused();
  for (Side* side : {&client_, &upstream_})
    if (phase_ == Phase::Relaying && side->readable) receive(*side);
}

int Tunnel::forward(Side& from, std::span<char> bytes, Follows follows) {
  Side& to = other(from);
  const bool watched_by_tap = !tap_.off();
  const bool recorded = around_.recorder != nullptr;
  const core::Instant at = watched_by_tap || recorded ? around_.read_clock() : core::Instant{};

  std::span<const char> out = bytes;
  if (named_) [[unlikely]]
    out = &from == &client_ ? named(bytes) : heard(bytes);
  const Sent sent = out.empty() ? Sent{} : to.stream.write(out, follows);
  if (sent.bytes < out.size() && sent.error == 0) [[unlikely]] {
    to.pending.keep(out.subspan(sent.bytes));  // Before the tap, which overwrites.
    around_.counters.stalls.add(1);
    around_.counters.pending_bytes_peak.raise_to(to.pending.bytes().size());
  }

  const Direction direction = direction_from(from);
  (direction == Direction::ToServer ? around_.counters.bytes_to_server
                                    : around_.counters.bytes_to_client)
      .add(bytes.size());
  if (recorded) [[unlikely]] {  // Before the tap, which overwrites.
    std::uint64_t& streamed = streamed_bytes_[core::index_of(direction)];
    around_.recorder->bytes(id_, direction, streamed, bytes, at);
    streamed += bytes.size();
  }
  if (watched_by_tap) around_.show_later({this, direction, at, bytes});
  return sent.error;
}

void Tunnel::show(const Reads::Read& read) {
  around_.events.begin_in(around_.ring.room());
  if (read.end) [[unlikely]]
    tap_.close(read.direction, *read.end, read.at, around_.events);
  else
    tap_.receive(read.direction, read.bytes, read.at, around_.events);
  around_.publish();
}

void Tunnel::flush(Side& to) {
  if (to.owes_goodbye) return say_goodbye_again(to);
  const Sent sent = to.stream.write(to.pending.bytes());
  if (sent.error != 0) return aborted_by(to);
  to.pending.taken(sent.bytes);
  if (to.pending.empty() && other(to).readable) receive(other(to));
}

/// The FIN of `from` was read. Nothing is pending for the other side, or we would not have read.
/// It goes on first, as bytes do: what was last sent may wait for it.
void Tunnel::end_of_stream(Side& from) {
  const core::Instant at = around_.read_clock();
  from.fin_read = true;
  Side& to = other(from);
  if (named_ && named_->forwarded_for && &from == &client_)
    if (const std::string_view held = named_->forwarded_for->finish(); !held.empty())
      (void)to.stream.write(held);  // A byte: there is room.
  to.fin_sent = true;
  const bool said = say_goodbye(to);
  const bool was_last = said && to.fin_read;
  if (was_last)
    hang_up(Ending::InOrder);  // Closing sends the FIN.
  else if (said)
    to.stream.end();
  tell_tap_end(direction_from(from), StreamEnd::Fin, at);
  if (was_last) finish(Ending::InOrder);
}

/// What comes before a FIN. False: it found no room, and an edge tells when to try again.
bool Tunnel::say_goodbye(Side& to) {
  to.owes_goodbye = !other(to).stream.truncated() && !to.stream.say_goodbye();
  return !to.owes_goodbye;
}

void Tunnel::say_goodbye_again(Side& to) {
  if (!say_goodbye(to)) return;
  if (to.fin_read) return finish(Ending::InOrder);
  to.stream.end();
}

/// `side` was reset, or cannot be written to any more. What it sent before goes first, as far as
/// the other takes it at once; then the other is reset as well.
void Tunnel::aborted_by(Side& side) {
  while (phase_ == Phase::Relaying && !side.fin_read && other(side).pending.empty()) {
    const std::span<char> buffer = around_.buffer();
    const Received got = side.stream.read(buffer, Told::Urgent);
    if (got.bytes == 0 || forward(side, buffer.first(got.bytes), Follows::Nothing) != 0) break;
  }
  complain_of_broken_tls(side);
  tell_tap_reset(side);
  finish(Ending::Reset);
}

void Tunnel::tell_tap_end(Direction direction, StreamEnd end, core::Instant at) {
  if (around_.recorder != nullptr) around_.recorder->ended(id_, direction, end, at);
  around_.show_later({this, direction, at, {}, end});
}

void Tunnel::tell_tap_reset(Side& by) {
  tell_tap_end(direction_from(by), StreamEnd::Reset, around_.read_clock());
  tell_tap_end(direction_from(other(by)), StreamEnd::Reset, around_.read_clock());
}

// --- Ending ---

void Tunnel::hang_up(Ending ending) {
  for (Side* side : {&client_, &upstream_}) {
    if (side->stream.fd() < 0) continue;
    if (ending == Ending::Reset)
      side->stream.reset();
    else if (!side->fin_sent)  // Closing says FIN, and this what comes before it, if there is room.
      (void)side->stream.say_goodbye();
    side->stream.close();
  }
}

/// Frees everything now, but for the tunnel itself, and its tap: this turn may still have something
/// to tell them.
void Tunnel::finish(Ending ending) {
  hang_up(ending);
  leave_handshake();
  if (phase_ == Phase::Arriving) std::erase(around_.arrived, this);
  phase_ = Phase::Over;
  around_.counters.active.subtract(1);
  around_.places.give_back();
  for (Side* side : {&client_, &upstream_}) side->pending.drop();
  named_.reset();
  opening_.reset();
  if (std::exchange(goes_on_, false)) std::erase(around_.going_on, this);
  around_.over.splice(around_.over.end(), around_.tunnels, place_);
}

}  // namespace proxy::net
