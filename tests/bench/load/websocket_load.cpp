#include "tests/bench/load/websocket_load.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "tests/bench/load/frames.hpp"

namespace tests::bench {
namespace {

/// Handshakes under way at once: fewer than any backlog.
constexpr std::size_t kAtOnce = 256;

/// Bytes of a process that no file backs, from the kernel's own books.
long anonymous_bytes(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("RssAnon:")) return std::atol(line.c_str() + 8) * 1024;
  fail("cannot read the memory of the proxy");
}

}  // namespace

WebSocketLoad::WebSocketLoad(const Options& options)
    : Load(options),
      connections_(options.count("connections")),
      in_flight_(options.count("in-flight")),
      rate_(options.number("rate")),
      payloads_(options) {
  const std::string& mode = options.values.at("mode");
  if (mode == "echo")
    mode_ = Mode::Echo;
  else if (mode == "sessions")
    mode_ = Mode::Sessions;
  else if (mode == "push")
    mode_ = Mode::Push;
  else if (mode == "paced")
    mode_ = Mode::Paced;
  else if (mode == "idle")
    mode_ = Mode::Idle;
  else
    fail("--mode " + mode + " is unknown");
}

void WebSocketLoad::begin() {
  memory_before_ = anonymous_bytes(proxy_pid());
  if (mode_ == Mode::Sessions) settled_at_ = 1;
  while (asked_for_ < std::min(connections_, kAtOnce)) open();
}

void WebSocketLoad::open() {
  ++asked_for_;
  // The key and its answer are RFC 6455's own example.
  write(open_client(),
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
        "User-Agent: bench\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
            std::string(extension()) + "\r\n");
}

/// Stock windows, and each message may refer to earlier ones.
std::string_view WebSocketLoad::extension() const noexcept {
  return payloads_.deflated ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "";
}

void WebSocketLoad::read(Peer& base, std::string_view& bytes) {
  auto& peer = static_cast<WebSocketPeer&>(base);
  if (peer.state == WebSocketPeer::State::Http) read_head(peer, bytes);
  if (peer.state == WebSocketPeer::State::Http) return;
  if (peer.client)
    read_client(peer, bytes);
  else
    read_server(peer, bytes);
}

void WebSocketLoad::read_head(WebSocketPeer& peer, std::string_view& bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return;
  if (peer.client && !bytes.starts_with("HTTP/1.1 101")) fail("no 101: " + std::string(bytes));
  bytes.remove_prefix(end + 4);
  peer.state = WebSocketPeer::State::Greeting;
  if (peer.client) return;

  char open[160];
  std::snprintf(open, sizeof open,
                "0{\"sid\":\"%020llu\",\"upgrades\":[],\"pingInterval\":25000,"
                "\"pingTimeout\":20000,\"maxPayload\":1000000}",
                static_cast<unsigned long long>(++opened + static_cast<unsigned>(getpid()) *
                                                               1'000'000'000ULL));
  out_ =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzhZRbK+xOo=\r\n";
  out_ += extension();
  out_ += "\r\n";
  append_server_frame(out_, kText, open);
  write(peer, out_);
}

void WebSocketLoad::read_client(WebSocketPeer& peer, std::string_view& bytes) {
  std::size_t count = 0;
  while (const auto frame = read_frame(bytes)) {
    bytes.remove_prefix(frame->bytes);
    if (payloads_.is_it(*frame)) {
      ++count;
    } else if (frame->payload.starts_with("0{")) {
      out_.clear();
      append_client_frame(out_, kText, "40", 0x1234'5678);
      write(peer, out_);
    } else if (frame->payload.starts_with("40{")) {
      constexpr std::string_view kBefore = "40{\"sid\":\"";
      peer.server_fd = std::atoi(std::string(frame->payload.substr(kBefore.size())).c_str());
      peer.state = WebSocketPeer::State::Ready;
      ++ready_;
      clients_.push_back(&peer);
      if (mode_ == Mode::Sessions)
        send_events(peer, 1);
      else if (ready_ == connections_)
        all_are_ready();
      else if (asked_for_ < connections_)
        open();
    } else if (frame->opcode != kClose && !frame->payload.starts_with("451-")) {
      fail("an unexpected frame came back: " + std::string(frame->payload));
    }
  }
  if (count > 0) came_back(peer, count);
}

void WebSocketLoad::all_are_ready() {
  settled_at_ = seconds(CLOCK_MONOTONIC);
  if (mode_ == Mode::Paced) return set_pace(rate_);
  if (mode_ == Mode::Idle) {
    set_pace(10);  // Only so that the clock is looked at.
    if (payloads_.deflated)
      for (WebSocketPeer* const peer : clients_) send_events(*peer, 1);
    return;
  }
  for (WebSocketPeer* const peer : clients_) {
    if (mode_ == Mode::Push)
      push(peer->server_fd);
    else
      send_events(*peer, in_flight_);
  }
}

void WebSocketLoad::came_back(WebSocketPeer& peer, std::size_t count) {
  echoes += count;
  if (mode_ == Mode::Push) {
    messages += count;
    if (stopping())
      leave(peer);
    else
      push(peer.server_fd);
    return;
  }
  if (count > peer.owed) fail("more came back than was sent");
  peer.owed -= count;
  messages += 2 * count;
  if (mode_ == Mode::Paced) {
    const double now = seconds(CLOCK_MONOTONIC);
    for (std::size_t i = 0; i < count; ++i, peer.asked.pop_front())
      if (measuring() && !stopping())
        latencies_.push_back(static_cast<float>((now - peer.asked.front()) * 1e6));
  }
  if (mode_ == Mode::Echo && !stopping())
    send_events(peer, count);
  else if (peer.owed == 0 && (stopping() || mode_ == Mode::Sessions))
    leave(peer);
}

void WebSocketLoad::read_server(WebSocketPeer& peer, std::string_view& bytes) {
  out_.clear();
  bool leaving = false;
  while (const auto frame = read_frame(bytes)) {
    bytes.remove_prefix(frame->bytes);
    if (peer.state == WebSocketPeer::State::Greeting) {  // `40`
      peer.state = WebSocketPeer::State::Ready;
      char connect[64];
      std::snprintf(connect, sizeof connect, "40{\"sid\":\"%020d\"}", peer.fd);
      append_server_frame(out_, kText, connect);
      continue;
    }
    leaving = leaving || frame->opcode == kClose;
    append_echo(out_, *frame);  // A Close frame, too.
  }
  if (!out_.empty()) write(peer, out_);
  if (leaving) say_fin(peer);
}

void WebSocketLoad::send_events(WebSocketPeer& peer, std::size_t count) {
  if (count == 1) {
    write(peer, payloads_.next_packet());
  } else {
    out_.clear();
    for (std::size_t i = 0; i < count; ++i) out_ += payloads_.next_packet();
    write(peer, out_);
  }
  peer.owed += count;
}

void WebSocketLoad::push(int server_fd) {
  auto& peer = static_cast<WebSocketPeer&>(*peers().at(server_fd));
  write(peer, payloads_.next_for_client());
}

void WebSocketLoad::tick(double due) {
  if (mode_ != Mode::Paced || stopping()) return;
  WebSocketPeer& peer = *clients_[turn_++ % clients_.size()];
  peer.asked.push_back(due);
  send_events(peer, 1);
}

/// As `ws` does it: a Close frame each way, then the server ends the connection.
void WebSocketLoad::leave(WebSocketPeer& peer) {
  if (std::exchange(peer.left, true)) return;
  peer.may_end = true;
  out_.clear();
  append_client_frame(out_, kClose, std::string_view("\x03\xe8", 2), 0x1234'5678);
  write(peer, out_);
}

void WebSocketLoad::stop() {
  // Of a push, one is always under way, and the client leaves when it has come.
  if (mode_ == Mode::Push) return;
  for (auto& [fd, base] : peers()) {
    auto& peer = static_cast<WebSocketPeer&>(*base);
    if (peer.client && peer.state == WebSocketPeer::State::Ready && peer.owed == 0) leave(peer);
  }
}

void WebSocketLoad::closed(Peer& peer) {
  if (!peer.client) return;
  ++sessions;
  if (mode_ == Mode::Sessions && !stopping()) open();
}

void WebSocketLoad::print_window() {
  if (mode_ == Mode::Paced && !latencies_.empty()) {
    std::sort(latencies_.begin(), latencies_.end());
    const auto at = [&](double share) {
      return static_cast<double>(
          latencies_[static_cast<std::size_t>(share * static_cast<double>(latencies_.size() - 1))]);
    };
    std::printf("\"p50\":%.1f,\"p99\":%.1f,\"p999\":%.1f,", at(0.5), at(0.99), at(0.999));
  }
  if (mode_ == Mode::Idle)
    std::printf("\"memory_before\":%ld,\"memory\":%ld,", memory_before_,
                anonymous_bytes(proxy_pid()));
}

}  // namespace tests::bench
