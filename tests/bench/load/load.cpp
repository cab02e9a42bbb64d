#include "tests/bench/load/load.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <span>
#include <utility>

namespace tests::bench {
namespace {

/// Nothing moved for this long: something is broken, and says so.
constexpr int kStuckMs = 10'000;

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void no_delay(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

Load::Load(const Options& options)
    : proxy_port_(static_cast<int>(options.number("proxy"))),
      proxy_pid_(static_cast<pid_t>(options.number("pid"))),
      warm_up_(options.number("warm-up")),
      measure_(options.number("measure")),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  if (options.number("tls") != 0)
    tls_ = std::move(proxy::tls::TowardsUpstream::make(
                         {.name = "localhost", .verify = proxy::tls::Verify::Nothing})
                         .value());
  // The clock of another process: all its threads, user and system, in nanoseconds.
  if (clock_getcpuclockid(proxy_pid_, &proxy_cpu_) != 0) fail("--pid names no process");

  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  no_delay(listener_);
  const sockaddr_in address = loopback(static_cast<int>(options.number("upstream")));
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_, 4096) != 0)
    fail("the --upstream port is in use");
  epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};
  epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event);
}

void Load::run() {
  began_ = seconds(CLOCK_MONOTONIC);
  begin();
  epoll_event events[256];
  while (!stopping_ || clients_ > 0) {
    const int count = epoll_wait(epoll_, events, 256, kStuckMs);
    if (count == 0) fail("nothing moves any more");
    for (int i = 0; i < count; ++i) {
      if (events[i].data.ptr == nullptr) {
        accept_all();
      } else if (events[i].data.ptr == &pace_) {
        std::uint64_t times = 0;
        if (::read(pace_, &times, sizeof times) != sizeof times) continue;
        // When we are late, each was due at its own time.
        const double now = seconds(CLOCK_MONOTONIC);
        while (times-- > 0) tick(now - static_cast<double>(times) * interval_);
      } else {
        auto& peer = *static_cast<Peer*>(events[i].data.ptr);
        if ((events[i].events & EPOLLOUT) != 0 && peer.fd >= 0) flush(peer);
        if ((events[i].events & ~EPOLLOUT) != 0 && peer.fd >= 0) readable(peer);
      }
    }
    free_.clear();
    look_at_clock();
  }
  print_life();
  std::printf("\"echoes\":%llu,\"opened\":%llu}\n", static_cast<unsigned long long>(echoes),
              static_cast<unsigned long long>(opened));
}

void Load::look_at_clock() {
  const double now = seconds(CLOCK_MONOTONIC);
  if (!measuring_ && now - began_ >= warm_up_ && steady()) {
    measuring_ = true;
    window_start_ = now;
    cpu_start_ = seconds(proxy_cpu_);
    own_start_ = seconds(CLOCK_PROCESS_CPUTIME_ID);
    messages_start_ = messages;
    sessions_start_ = sessions;
  } else if (measuring_ && !stopping_ && now - window_start_ >= measure_) {
    std::printf(
        "{\"seconds\":%.6f,\"cpu\":%.9f,\"load_cpu\":%.9f,\"messages\":%llu,\"sessions\":%llu,",
        now - window_start_, seconds(proxy_cpu_) - cpu_start_,
        seconds(CLOCK_PROCESS_CPUTIME_ID) - own_start_,
        static_cast<unsigned long long>(messages - messages_start_),
        static_cast<unsigned long long>(sessions - sessions_start_));
    print_window();
    stopping_ = true;
    if (pace_ >= 0) set_pace(0);
    stop();
  }
}

void Load::set_pace(double per_second) {
  if (pace_ < 0) {
    pace_ = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &pace_}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, pace_, &event);
  }
  interval_ = per_second == 0 ? 0 : 1 / per_second;
  const long nanoseconds = per_second == 0 ? 0 : static_cast<long>(1e9 / per_second);
  const itimerspec when{{0, nanoseconds}, {0, nanoseconds}};
  timerfd_settime(pace_, 0, &when, nullptr);
}

Peer& Load::open_client() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  no_delay(fd);
  const sockaddr_in address = loopback(proxy_port_);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    fail(std::string("cannot connect to the proxy: ") + std::strerror(errno));
  fcntl(fd, F_SETFL, O_NONBLOCK);
  Peer& peer = *(peers_[fd] = make_peer());
  peer.fd = fd;
  peer.client = true;
  ++clients_;
  watch(peer, EPOLL_CTL_ADD, EPOLLIN);
  if (tls_) {
    peer.tls = tls_->begin(fd, tls_sessions_);
    (void)secure(peer);
  }
  return peer;
}

/// True when its handshake is done, or there is none to do.
bool Load::secure(Peer& peer) {
  if (!peer.tls || peer.secured) return true;
  using Handshake = proxy::tls::Connection::Handshake;
  const Handshake result = peer.tls->shake_hands();
  if (result == Handshake::Failed) fail("TLS failed, " + peer.tls->failure());
  peer.secured = result == Handshake::Done;
  if (peer.secured && !peer.unsent.empty()) watch(peer, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
  return peer.secured;
}

void Load::accept_all() {
  while (true) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    Peer& peer = *(peers_[fd] = make_peer());
    peer.fd = fd;
    watch(peer, EPOLL_CTL_ADD, EPOLLIN);
  }
}

void Load::readable(Peer& peer) {
  if (!secure(peer)) return;
  bool more = true;
  while (more && peer.fd >= 0) {
    more = false;
    const std::size_t kept = peer.rest.size();
    if (kept > buffer_.size() / 2) fail("a message is larger than this was made for");
    std::memcpy(buffer_.data(), peer.rest.data(), kept);
    const std::span<char> room = std::span(buffer_).subspan(kept);
    std::size_t count = 0;
    bool ended = false;
    if (peer.tls) {
      const auto got = peer.tls->read(room, false);
      using Next = proxy::net::Received::Next;
      count = got.bytes;
      more = got.next == Next::More || got.next == Next::Later;
      ended = got.next == Next::End || got.next == Next::Broken;
    } else {
      const ssize_t received = recv(peer.fd, room.data(), room.size(), 0);
      if (received < 0 && (errno == EAGAIN || errno == EINTR)) return;
      ended = received <= 0;
      if (!ended) count = static_cast<std::size_t>(received);
    }
    if (ended) {
      if (peer.client && !peer.may_end) fail("the proxy ended a connection");
      return close(peer);
    }
    if (count == 0) continue;
    std::string_view bytes(buffer_.data(), kept + count);
    read(peer, bytes);
    if (peer.fd >= 0) peer.rest.assign(bytes);
  }
}

std::size_t Load::send_some(Peer& peer, std::string_view bytes) {
  if (peer.tls) return peer.secured ? peer.tls->write(bytes).bytes : 0;
  const ssize_t sent = send(peer.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent >= 0) return static_cast<std::size_t>(sent);
  if (errno != EAGAIN) fail(std::string("cannot write: ") + std::strerror(errno));
  return 0;
}

void Load::write(Peer& peer, std::string_view bytes) {
  std::size_t sent = 0;
  if (peer.unsent.empty()) {
    sent = send_some(peer, bytes);
    if (sent == bytes.size()) return;
    if (secure(peer)) watch(peer, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
  }
  peer.unsent += bytes.substr(sent);
}

void Load::say_fin(Peer& peer) {
  shutdown(peer.fd, SHUT_WR);
  peer.may_end = true;
}

void Load::flush(Peer& peer) {
  peer.unsent.erase(0, send_some(peer, peer.unsent));
  if (peer.unsent.empty()) watch(peer, EPOLL_CTL_MOD, EPOLLIN);
}

void Load::watch(Peer& peer, int operation, std::uint32_t events) {
  epoll_event event{.events = events, .data = {.ptr = &peer}};
  epoll_ctl(epoll_, operation, peer.fd, &event);
}

void Load::close(Peer& peer) {
  const auto found = peers_.find(peer.fd);
  ::close(std::exchange(peer.fd, -1));
  if (peer.client) --clients_;
  free_.push_back(std::move(found->second));
  peers_.erase(found);
  closed(peer);
}

}  // namespace tests::bench
