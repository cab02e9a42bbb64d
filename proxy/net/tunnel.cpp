#include "proxy/net/tunnel.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "proxy/net/bad_gateway.hpp"
#include "proxy/net/surroundings.hpp"

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

Tunnel::Tunnel(Surroundings& around, core::ConnectionId id, Descriptor client, Descriptor upstream)
    : around_(around), tap_(std::in_place, around.tap_settings, id), id_(id) {
  client_.socket = std::move(client);
  upstream_.socket = std::move(upstream);
}

void Tunnel::start(std::list<Tunnel>::iterator place, const SocketAddress& peer) {
  place_ = place;
  around_.counters.accepted.add(1);
  around_.counters.active.add(1);
  for (Side* side : {&client_, &upstream_}) {
    if (uv_poll_init_socket(around_.loop, &side->poll, side->socket.get()) != 0)
      return finish(Ending::Reset);
    side->poll.data = this;
    side->open = true;
    ++handles_;
  }
  const core::Instant at = around_.read_clock();
  if (around_.recorder != nullptr) record_open(peer, at);
  tap_->open(peer.endpoint().text(), at, around_.events);
  around_.publish(at);
  connect();
}

void Tunnel::cut() {
  if (phase_ != Phase::Over) finish(Ending::Reset);
}

void Tunnel::on_poll(uv_poll_t* handle, int status, int events) {
  Tunnel& tunnel = *static_cast<Tunnel*>(handle->data);
  Side& side = handle == &tunnel.client_.poll ? tunnel.client_ : tunnel.upstream_;
  if (status < 0) side.watched = 0;  // An error condition on the socket; libuv stops the watch.
  switch (tunnel.phase_) {
    case Phase::Connecting:
      return tunnel.on_connecting(side, status, events);
    case Phase::Relaying:
      return tunnel.on_relaying(side, status, events);
    case Phase::Refused:
      return tunnel.on_refused(status);
    case Phase::Over:
      return;
  }
}

// --- Connecting ---

void Tunnel::connect() {
  const auto& addresses = around_.upstream.addresses();
  while (address_ < addresses.size()) {
    const int error = try_address(addresses[address_]);
    if (error == EALREADY) {
      watch(client_);
      return watch(upstream_);
    }
    if (was_connected(error)) return connected(error);
    if (!next_address(error)) break;
  }
  refuse();
}

void Tunnel::connected(int error) {
  phase_ = Phase::Relaying;
  if (error != 0) return aborted_by(upstream_);
  watch(upstream_);
  watch(client_);
}

/// Prepares for the address after the one that failed with `error`; false when there is none.
bool Tunnel::next_address(int error) {
  connect_error_ = error;
  const auto& addresses = around_.upstream.addresses();
  if (++address_ >= addresses.size()) return false;
  const int replaced = replace_upstream_socket(addresses[address_].family());
  if (replaced != 0) connect_error_ = replaced;
  return replaced == 0;
}

/// 0 when connected, EALREADY when under way. Asks twice, since over loopback it is done by the
/// second time: that saves a turn of the loop and two changes of the watch.
int Tunnel::try_address(const SocketAddress& address) {
  const int fd = upstream_.socket.get();
  int error = ::connect(fd, address.get(), address.length) == 0 ? 0 : errno;
  if (error == EINPROGRESS) error = ::connect(fd, address.get(), address.length) == 0 ? 0 : errno;
  return error == EISCONN ? 0 : error;
}

/// A socket that failed to connect is spent. The new one takes over its number, and so its handle.
int Tunnel::replace_upstream_socket(int family) {
  uv_poll_stop(&upstream_.poll);
  upstream_.watched = 0;
  const auto fresh = open_upstream_socket(family);
  if (!fresh) return fresh.error();
  return dup3(fresh->get(), upstream_.socket.get(), O_CLOEXEC) < 0 ? errno : 0;
}

void Tunnel::on_connecting(Side& side, int status, int events) {
  if (&side == &client_) {
    if (status < 0) return aborted_by(client_);
    if ((events & (UV_DISCONNECT | UV_PRIORITIZED)) != 0) note_disconnect(client_, events);
    return;
  }
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(upstream_.socket.get(), SOL_SOCKET, SO_ERROR, &error, &length);
  if (was_connected(error)) return connected(error);
  if (!next_address(error)) return refuse();
  connect();
}

// --- No upstream ---

void Tunnel::refuse() {
  phase_ = Phase::Refused;
  close_handle(upstream_);
  upstream_.socket.close();
  around_.counters.upstream_failures.add(1);
  const core::Instant at = around_.read_clock();
  if (const auto swallowed = around_.upstream_complaint.happened(at))
    around_.log.warn(
        "upstream {} cannot be reached: {}; clients get a 502 ({} more since the last message)",
        around_.upstream.endpoint().text(), failure_reason(connect_error_), *swallowed);
  around_.upstream.look_up_again();
  tell_tap_reset(upstream_);
  watch(client_);
}

/// The answer waits for the first bytes of the request: a client that has not asked yet (a
/// preconnecting browser, a pool) would take it for garbage, and closing on unread bytes would
/// reset it away.
void Tunnel::on_refused(int status) {
  if (status < 0) return finish(Ending::InOrder);
  const std::span<char> buffer = around_.buffer();
  const ssize_t count = recv(client_.socket.get(), buffer.data(), buffer.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) return finish(Ending::InOrder);
  if (client_.fin_sent) return;  // The rest of a request that has its answer already.

  const std::string answer = bad_gateway(around_.upstream.endpoint(), connect_error_,
                                         buffer.first(static_cast<std::size_t>(count)));
  // A fresh send buffer takes it whole; if not, the client is past helping.
  send(client_.socket.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
  shutdown(client_.socket.get(), SHUT_WR);
  client_.fin_sent = true;
}

// --- Relaying ---

void Tunnel::on_relaying(Side& side, int status, int events) {
  if (status < 0) [[unlikely]]
    return aborted_by(side);
  if ((events & UV_WRITABLE) != 0) [[unlikely]] {
    flush(side);
    if (phase_ == Phase::Over) return;
  }
  if ((events & UV_READABLE) != 0) return receive(side);
  if ((events & (UV_DISCONNECT | UV_PRIORITIZED)) != 0) note_disconnect(side, events);
}

void Tunnel::receive(Side& from) {
  const std::span<char> buffer = around_.buffer();
  const ssize_t count = recv(from.socket.get(), buffer.data(), buffer.size(), 0);
  if (count > 0) [[likely]] {
    if (forward(from, buffer.first(static_cast<std::size_t>(count))) != 0) aborted_by(other(from));
    return;
  }
  if (count == 0) return end_of_stream(from);
  if (errno != EAGAIN && errno != EINTR) aborted_by(from);
}

int Tunnel::forward(Side& from, std::span<char> bytes) {
  Side& to = other(from);
  const bool watched_by_tap = !tap_->off();
  const bool recorded = around_.recorder != nullptr;
  const core::Instant at = watched_by_tap || recorded ? around_.read_clock() : core::Instant{};

  int error = 0;
  ssize_t taken = send(to.socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (taken < 0) [[unlikely]] {
    if (errno != EAGAIN && errno != EINTR) error = errno;
    taken = 0;
  }
  const std::size_t taken_bytes = static_cast<std::size_t>(taken);
  if (taken_bytes < bytes.size() && error == 0) [[unlikely]] {
    to.pending.keep(bytes.subspan(taken_bytes));  // Before the tap, which overwrites.
    around_.counters.stalls.add(1);
    around_.counters.pending_bytes_peak.raise_to(to.pending.bytes().size());
    watch(to);
    watch(from);
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
  if (watched_by_tap) {
    tap_->receive(direction, bytes, at, around_.events);
    around_.publish(at);
  }
  return error;
}

void Tunnel::flush(Side& to) {
  const std::span<const char> bytes = to.pending.bytes();
  const ssize_t taken = send(to.socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (taken < 0) {
    if (errno != EAGAIN && errno != EINTR) aborted_by(to);
    return;
  }
  to.pending.taken(static_cast<std::size_t>(taken));
  if (!to.pending.empty()) return;
  watch(to);
  watch(other(to));
}

/// Something happened to a side that is not being read, and it is not an error: a FIN, or a stray
/// urgent byte.
void Tunnel::note_disconnect(Side& side, int events) {
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(side.socket.get(), SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) return aborted_by(side);
  if ((events & UV_DISCONNECT) != 0) {
    side.fin_come = true;
    return watch(side);
  }
  // Urgent data: it would wake us for ever. Rather deaf until this side is read again.
  if ((side.watched & UV_PRIORITIZED) == 0) return;
  uv_poll_stop(&side.poll);
  side.watched = 0;
}

/// The FIN of `from` was read. Nothing is pending for the other side, or we would not have read.
void Tunnel::end_of_stream(Side& from) {
  Side& to = other(from);
  from.fin_read = from.fin_come = true;
  tell_tap_end(direction_from(from), StreamEnd::Fin);
  if (to.fin_read) return finish(Ending::InOrder);  // Closing sends the FIN.
  shutdown(to.socket.get(),
           SHUT_WR);  // If it fails the receiver is gone, and its own watch will tell.
  to.fin_sent = true;
  watch(from);
  watch(to);
}

/// `side` was reset, or cannot be written to any more. What it sent before goes first, as far as
/// the other takes it at once; then the other is reset as well.
void Tunnel::aborted_by(Side& side) {
  const std::span<char> buffer = around_.buffer();
  while (phase_ == Phase::Relaying && !side.fin_read && other(side).pending.empty()) {
    const ssize_t count = recv(side.socket.get(), buffer.data(), buffer.size(), 0);
    if (count <= 0 || forward(side, buffer.first(static_cast<std::size_t>(count))) != 0) break;
  }
  tell_tap_reset(side);
  finish(Ending::Reset);
}

void Tunnel::record_open(const SocketAddress& peer, core::Instant at) {
  SocketAddress own;
  own.length = sizeof own.storage;
  if (getsockname(client_.socket.get(), own.get(), &own.length) != 0) own = peer;
  around_.recorder->opened(id_, peer.endpoint().text(), own.endpoint().text(), at);
}

void Tunnel::tell_tap_end(Direction direction, StreamEnd end) {
  const core::Instant at = around_.read_clock();
  if (around_.recorder != nullptr) around_.recorder->ended(id_, direction, end, at);
  tap_->close(direction, end, at, around_.events);
  around_.publish(at);
}

void Tunnel::tell_tap_reset(Side& by) {
  tell_tap_end(direction_from(by), StreamEnd::Reset);
  tell_tap_end(direction_from(other(by)), StreamEnd::Reset);
}

// --- Watching and ending ---

int Tunnel::wanted(const Side& side) const noexcept {
  const int ends = !side.fin_come ? UV_DISCONNECT : !side.fin_sent ? UV_PRIORITIZED : 0;
  switch (phase_) {
    case Phase::Connecting:
      return &side == &client_ ? ends : UV_WRITABLE;
    case Phase::Refused:
      return UV_READABLE;
    case Phase::Over:
      return 0;
    case Phase::Relaying:
      break;
  }
  const bool reads = !side.fin_read && other(side).pending.empty();
  return (reads ? int{UV_READABLE} : ends) | (side.pending.empty() ? 0 : int{UV_WRITABLE});
}

void Tunnel::watch(Side& side) {
  const int events = wanted(side);
  if (events == side.watched) return;
  side.watched = events;
  uv_poll_start(&side.poll, events, on_poll);
}

void Tunnel::close_handle(Side& side) {
  if (!std::exchange(side.open, false)) return;
  uv_close(reinterpret_cast<uv_handle_t*>(&side.poll), [](uv_handle_t* closed) {
    Tunnel& tunnel = *static_cast<Tunnel*>(closed->data);
    if (--tunnel.handles_ == 0 && tunnel.phase_ == Phase::Over)
      tunnel.around_.tunnels.erase(tunnel.place_);
  });
}

/// Frees everything now, but for the memory of the tunnel itself, which libuv holds until the end
/// of this turn.
void Tunnel::finish(Ending ending) {
  phase_ = Phase::Over;
  around_.counters.active.subtract(1);
  for (Side* side : {&client_, &upstream_}) {
    close_handle(*side);  // Before its descriptor.
    if (ending == Ending::Reset) side->socket.reset();
    side->socket.close();
    side->pending.drop();
  }
  tap_.reset();
  if (handles_ == 0) around_.tunnels.erase(place_);
}

}  // namespace proxy::net
