#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/tls/towards_upstream.hpp"
#include "tests/bench/load/options.hpp"

namespace tests::bench {

/// One TCP connection of ours, at either end of the proxy.
struct Peer {
  virtual ~Peer() = default;
  int fd = -1;
  bool client = false;
  bool may_end = false;  ///< an end is no surprise any more
  std::string rest;      ///< the start of something whose end has not come yet
  std::string unsent;    ///< what the kernel did not take
  std::unique_ptr<proxy::tls::Connection> tls;  ///< null: plain
  bool secured = false;                         ///< its handshake is done
};

/// Both ends of a proxy in one process: clients that connect to it, and the server behind it. One
/// thread, one epoll, as few system calls as it takes, so that it stays out of the way of what is
/// measured: the CPU time that the proxy's process spends meanwhile.
///
/// The window opens after the warm-up and closes while the load still runs; everything in flight is
/// then collected, so that what is counted is exact over the whole life.
class Load {
 public:
  explicit Load(const Options& options);
  virtual ~Load() = default;
  /// Runs it all and prints one line of JSON.
  void run();

 protected:
  virtual void begin() = 0;
  [[nodiscard]] virtual std::unique_ptr<Peer> make_peer() const = 0;
  /// Takes what it understands off the front of `bytes`.
  virtual void read(Peer& peer, std::string_view& bytes) = 0;
  /// No more: what is in flight is collected, and everybody leaves.
  virtual void stop() = 0;
  virtual void closed(Peer&) {}
  /// `--rate` times a second, once set_pace() was called.
  virtual void tick(double /*due*/) {}
  /// Whether the warm-up may end.
  [[nodiscard]] virtual bool steady() const { return true; }
  /// `"name":number` with commas between, of the window.
  virtual void print_window() {}
  /// ... and of the whole life.
  virtual void print_life() {}

  Peer& open_client();
  void write(Peer& peer, std::string_view bytes);
  void say_fin(Peer& peer);
  void set_pace(double per_second);
  [[nodiscard]] std::map<int, std::unique_ptr<Peer>>& peers() noexcept { return peers_; }
  [[nodiscard]] bool stopping() const noexcept { return stopping_; }
  [[nodiscard]] bool measuring() const noexcept { return measuring_; }
  [[nodiscard]] pid_t proxy_pid() const noexcept { return proxy_pid_; }

  std::uint64_t messages = 0;  ///< that the proxy passed on: an echo is two
  std::uint64_t sessions = 0;  ///< that ended
  std::uint64_t echoes = 0;    ///< that reached a client
  std::uint64_t opened = 0;    ///< sessions

 private:
  void accept_all();
  void readable(Peer& peer);
  [[nodiscard]] bool secure(Peer& peer);
  /// Returns the bytes that were taken.
  [[nodiscard]] std::size_t send_some(Peer& peer, std::string_view bytes);
  void flush(Peer& peer);
  void watch(Peer& peer, int operation, std::uint32_t events);
  void close(Peer& peer);
  void look_at_clock();

  std::unique_ptr<proxy::tls::TowardsUpstream> tls_;  ///< `--tls 1`: clients speak it
  proxy::tls::Sessions tls_sessions_;                 ///< ... and come back with the last session
  int proxy_port_;
  pid_t proxy_pid_;
  double warm_up_, measure_;
  clockid_t proxy_cpu_{};

  int epoll_;
  int listener_;
  int pace_ = -1;
  double interval_ = 0;                      ///< between two ticks, in seconds
  std::vector<std::unique_ptr<Peer>> free_;  ///< closed ones, until the next turn is over
  std::map<int, std::unique_ptr<Peer>> peers_;
  std::size_t clients_ = 0;  ///< of them
  std::string buffer_ = std::string(512 << 10, '\0');
  bool stopping_ = false, measuring_ = false;
  double began_ = 0, window_start_ = 0, cpu_start_ = 0, own_start_ = 0;
  std::uint64_t messages_start_ = 0, sessions_start_ = 0;
};

}  // namespace tests::bench
