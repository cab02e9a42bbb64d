// Both ends of a proxy in one process: Socket.IO clients that connect to it, and the server behind
// it that echoes. One thread, one epoll, as few system calls as it takes, so that it stays out of
// the way of what is measured: the CPU time that the proxy's process spends meanwhile.
//
//     bench_load --proxy PORT --upstream PORT --pid PID [--mode echo|sessions] [--connections N]
//                [--in-flight N] [--bytes N] [--warm-up SECONDS] [--measure SECONDS]
//
// Prints one line of JSON. `messages` counts WebSocket messages that the proxy passed on, so an
// echo is two. The window opens after the warm-up and closes while the load still runs; everything
// in flight is then collected, so that `echoes` is exact over the whole life.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/bench/frames.hpp"

namespace tests::bench {
namespace {

/// Nothing moved for this long: something is broken, and says so.
constexpr int kStuckMs = 10'000;
/// Different messages that a client sends in turn.
constexpr std::size_t kVariants = 16;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "bench_load: %s\n", what.c_str());
  std::exit(1);
}

struct Options {
  std::map<std::string, std::string> values{{"mode", "echo"},   {"connections", "64"},
                                            {"in-flight", "1"}, {"bytes", "60"},
                                            {"warm-up", "0.5"}, {"measure", "3"}};
  [[nodiscard]] double number(const std::string& name) const {
    const auto found = values.find(name);
    if (found == values.end()) fail("--" + name + " is missing");
    return std::atof(found->second.c_str());
  }
};

double seconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// One TCP connection of ours, at either end of the proxy.
struct Peer {
  enum class State { Http, Greeting, Ready, Over };
  int fd = -1;
  bool client = false;
  State state = State::Http;
  std::size_t owed = 0;  ///< client: echoes that have not come back
  std::size_t next = 0;  ///< client: which variant goes next
  std::string rest;      ///< the start of a frame or head whose end has not come yet
  std::string unsent;    ///< what the kernel did not take
};

class Load {
 public:
  explicit Load(const Options& options);
  void run();

 private:
  void open_client();
  void accept_all();
  void readable(Peer& peer);
  /// Each takes what it understands off the front of `bytes`.
  void read_head(Peer& peer, std::string_view& bytes);
  void read_client(Peer& peer, std::string_view& bytes);
  void read_server(Peer& peer, std::string_view& bytes);
  void send_events(Peer& peer, std::size_t count);
  void leave(Peer& peer);
  void write(Peer& peer, std::string_view bytes);
  void flush(Peer& peer);
  void watch(Peer& peer, int operation, std::uint32_t events);
  void close(Peer& peer);

  bool sessions_mode_;
  int proxy_port_;
  std::size_t connections_, in_flight_, bytes_;
  double warm_up_, measure_;
  clockid_t proxy_cpu_{};

  int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  int listener_ = -1;
  std::vector<std::unique_ptr<Peer>> free_;  ///< closed ones, until the next turn is over
  std::map<int, std::unique_ptr<Peer>> peers_;
  std::vector<std::string> variants_;  ///< client frames
  std::string buffer_ = std::string(256 << 10, '\0');
  std::string out_;
  std::size_t ready_ = 0;
  bool stopping_ = false;
  std::uint64_t messages_ = 0, echoes_ = 0, sessions_ = 0, opened_ = 0;
};

Load::Load(const Options& options)
    : sessions_mode_(options.values.at("mode") == "sessions"),
      proxy_port_(static_cast<int>(options.number("proxy"))),
      connections_(static_cast<std::size_t>(options.number("connections"))),
      in_flight_(static_cast<std::size_t>(options.number("in-flight"))),
      bytes_(static_cast<std::size_t>(options.number("bytes"))),
      warm_up_(options.number("warm-up")),
      measure_(options.number("measure")) {
  // The clock of another process: all its threads, user and system, in nanoseconds.
  if (clock_getcpuclockid(static_cast<pid_t>(options.number("pid")), &proxy_cpu_) != 0)
    fail("--pid names no process");

  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(listener_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const sockaddr_in address = loopback(static_cast<int>(options.number("upstream")));
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_, 4096) != 0)
    fail("the --upstream port is in use");
  epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};
  epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event);

  std::mt19937 random(4919);
  constexpr std::string_view kStart = "42[\"echo\",\"", kEnd = "\"]";
  for (std::size_t i = 0; i < kVariants; ++i) {
    std::string event_packet(kStart);
    while (event_packet.size() + kEnd.size() < bytes_)
      event_packet += static_cast<char>('a' + random() % 26);
    event_packet += kEnd;
    append_client_frame(variants_.emplace_back(), kText, event_packet,
                        static_cast<std::uint32_t>(random()));
  }
}

void Load::run() {
  double window_start = 0, cpu_start = 0, own_start = 0;
  std::uint64_t messages_start = 0, sessions_start = 0;
  bool measuring = false;
  for (std::size_t i = 0; i < connections_; ++i) open_client();

  const double began = seconds(CLOCK_MONOTONIC);
  epoll_event events[256];
  while (!stopping_ || !peers_.empty()) {
    const int count = epoll_wait(epoll_, events, 256, kStuckMs);
    if (count == 0) fail("nothing moves any more");
    for (int i = 0; i < count; ++i) {
      Peer* const peer = static_cast<Peer*>(events[i].data.ptr);
      if (peer == nullptr) {
        accept_all();
        continue;
      }
      if ((events[i].events & EPOLLOUT) != 0 && peer->fd >= 0) flush(*peer);
      if ((events[i].events & ~EPOLLOUT) != 0 && peer->fd >= 0) readable(*peer);
    }
    free_.clear();

    const double now = seconds(CLOCK_MONOTONIC);
    if (!measuring && now - began >= warm_up_) {
      measuring = true;
      window_start = now;
      cpu_start = seconds(proxy_cpu_);
      own_start = seconds(CLOCK_PROCESS_CPUTIME_ID);
      messages_start = messages_;
      sessions_start = sessions_;
    } else if (measuring && !stopping_ && now - window_start >= measure_) {
      std::printf(
          "{\"seconds\":%.6f,\"cpu\":%.9f,\"load_cpu\":%.9f,\"messages\":%llu,\"sessions\":%llu,",
          now - window_start, seconds(proxy_cpu_) - cpu_start,
          seconds(CLOCK_PROCESS_CPUTIME_ID) - own_start,
          static_cast<unsigned long long>(messages_ - messages_start),
          static_cast<unsigned long long>(sessions_ - sessions_start));
      stopping_ = true;
      for (auto& [fd, peer] : peers_)
        if (peer->client && peer->state == Peer::State::Ready && peer->owed == 0) leave(*peer);
    }
  }
  std::printf("\"echoes\":%llu,\"opened\":%llu}\n", static_cast<unsigned long long>(echoes_),
              static_cast<unsigned long long>(opened_));
}

void Load::open_client() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const sockaddr_in address = loopback(proxy_port_);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    fail(std::string("cannot connect to the proxy: ") + std::strerror(errno));
  fcntl(fd, F_SETFL, O_NONBLOCK);
  Peer& peer = *(peers_[fd] = std::make_unique<Peer>());
  peer.fd = fd;
  peer.client = true;
  watch(peer, EPOLL_CTL_ADD, EPOLLIN);
  // The key and its answer are RFC 6455's own example.
  write(peer,
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
        "User-Agent: bench\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
}

void Load::accept_all() {
  while (true) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    Peer& peer = *(peers_[fd] = std::make_unique<Peer>());
    peer.fd = fd;
    watch(peer, EPOLL_CTL_ADD, EPOLLIN);
  }
}

void Load::readable(Peer& peer) {
  const std::size_t kept = peer.rest.size();
  if (kept > buffer_.size() / 2) fail("a message is larger than this was made for");
  std::memcpy(buffer_.data(), peer.rest.data(), kept);
  const ssize_t count = recv(peer.fd, buffer_.data() + kept, buffer_.size() - kept, 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {
    if (peer.client && peer.state != Peer::State::Over) fail("the proxy ended a connection");
    return close(peer);
  }
  std::string_view bytes(buffer_.data(), kept + static_cast<std::size_t>(count));
  if (peer.state == Peer::State::Http) read_head(peer, bytes);
  if (peer.state != Peer::State::Http) {
    if (peer.client)
      read_client(peer, bytes);
    else
      read_server(peer, bytes);
  }
  if (peer.fd >= 0) peer.rest.assign(bytes);
}

void Load::read_head(Peer& peer, std::string_view& bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return;
  if (peer.client && !bytes.starts_with("HTTP/1.1 101")) fail("no 101: " + std::string(bytes));
  bytes.remove_prefix(end + 4);
  peer.state = Peer::State::Greeting;
  if (peer.client) return;

  char open[160];
  std::snprintf(open, sizeof open,
                "0{\"sid\":\"%020llu\",\"upgrades\":[],\"pingInterval\":25000,"
                "\"pingTimeout\":20000,\"maxPayload\":1000000}",
                static_cast<unsigned long long>(++opened_ + static_cast<unsigned>(getpid()) *
                                                                1'000'000'000ULL));
  out_ =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzhZRbK+xOo=\r\n\r\n";
  append_server_frame(out_, kText, open);
  write(peer, out_);
}

void Load::read_client(Peer& peer, std::string_view& bytes) {
  std::size_t echoed = 0;
  while (const auto frame = read_frame(bytes)) {
    bytes.remove_prefix(frame->bytes);
    if (frame->payload.size() == bytes_ && frame->payload.starts_with("42[")) {
      ++echoed;
    } else if (frame->payload.starts_with("0{")) {
      out_.clear();
      append_client_frame(out_, kText, "40", 0x1234'5678);
      write(peer, out_);
    } else if (frame->payload.starts_with("40{")) {
      peer.state = Peer::State::Ready;
      ++ready_;
      if (sessions_mode_)
        send_events(peer, 1);
      else if (ready_ == connections_)
        for (auto& [fd, other] : peers_)
          if (other->client) send_events(*other, in_flight_);
    } else if (frame->opcode != kClose) {
      fail("an unexpected frame came back: " + std::string(frame->payload));
    }
  }
  if (echoed == 0) return;
  if (echoed > peer.owed) fail("more came back than was sent");
  peer.owed -= echoed;
  echoes_ += echoed;
  messages_ += 2 * echoed;
  if (!stopping_ && !sessions_mode_)
    send_events(peer, echoed);
  else if (peer.owed == 0)
    leave(peer);
}

void Load::read_server(Peer& peer, std::string_view& bytes) {
  out_.clear();
  bool leaving = false;
  while (const auto frame = read_frame(bytes)) {
    bytes.remove_prefix(frame->bytes);
    if (peer.state == Peer::State::Greeting) {  // `40`
      peer.state = Peer::State::Ready;
      char connect[64];
      std::snprintf(connect, sizeof connect, "40{\"sid\":\"%020d\"}", peer.fd);
      append_server_frame(out_, kText, connect);
      continue;
    }
    leaving = leaving || frame->opcode == kClose;
    append_echo(out_, *frame);  // A Close frame, too.
  }
  if (!out_.empty()) write(peer, out_);
  if (leaving) {
    shutdown(peer.fd, SHUT_WR);
    peer.state = Peer::State::Over;
  }
}

void Load::send_events(Peer& peer, std::size_t count) {
  if (count == 1) {
    write(peer, variants_[peer.next++ % kVariants]);
  } else {
    out_.clear();
    for (std::size_t i = 0; i < count; ++i) out_ += variants_[peer.next++ % kVariants];
    write(peer, out_);
  }
  peer.owed += count;
}

/// As `ws` does it: a Close frame each way, then the server ends the connection.
void Load::leave(Peer& peer) {
  peer.state = Peer::State::Over;
  out_.clear();
  append_client_frame(out_, kClose, std::string_view("\x03\xe8", 2), 0x1234'5678);
  write(peer, out_);
}

void Load::write(Peer& peer, std::string_view bytes) {
  ssize_t sent = 0;
  if (peer.unsent.empty()) {
    sent = send(peer.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno != EAGAIN) fail(std::string("cannot write: ") + std::strerror(errno));
      sent = 0;
    }
    if (static_cast<std::size_t>(sent) == bytes.size()) return;
    watch(peer, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
  }
  peer.unsent += bytes.substr(static_cast<std::size_t>(sent));
}

void Load::flush(Peer& peer) {
  const ssize_t sent = send(peer.fd, peer.unsent.data(), peer.unsent.size(), MSG_NOSIGNAL);
  if (sent > 0) peer.unsent.erase(0, static_cast<std::size_t>(sent));
  if (peer.unsent.empty()) watch(peer, EPOLL_CTL_MOD, EPOLLIN);
}

void Load::watch(Peer& peer, int operation, std::uint32_t events) {
  epoll_event event{.events = events, .data = {.ptr = &peer}};
  epoll_ctl(epoll_, operation, peer.fd, &event);
}

void Load::close(Peer& peer) {
  const bool client = peer.client;
  if (client) ++sessions_;
  const auto found = peers_.find(peer.fd);
  ::close(std::exchange(peer.fd, -1));
  free_.push_back(std::move(found->second));
  peers_.erase(found);
  if (client && sessions_mode_ && !stopping_) open_client();
}

}  // namespace
}  // namespace tests::bench

int main(int argc, char** argv) {
  tests::bench::Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (!std::string_view(argv[i]).starts_with("--")) tests::bench::fail("options come in pairs");
    options.values[argv[i] + 2] = argv[i + 1];
  }
  tests::bench::Load(options).run();
}
