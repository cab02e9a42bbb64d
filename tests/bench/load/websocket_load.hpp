#pragma once

#include <deque>
#include <string>
#include <vector>

#include "tests/bench/load/load.hpp"
#include "tests/bench/load/payloads.hpp"

namespace tests::bench {

/// Socket.IO over WebSocket: handshake, CONNECT, then
///
///     echo       each client keeps `--in-flight` events under way, and the server echoes them
///     sessions   each client sends one event, gets its echo, says good-bye, and another comes
///     push       each client is sent an event, and the next when it has come
///     paced      `--rate` echoes a second, over all clients in turn, however long they take
///     idle       nothing: what do sessions weigh that say nothing? With `--deflate`, each has
///                said something once, so that there is a window each way
class WebSocketLoad final : public Load {
 public:
  explicit WebSocketLoad(const Options& options);

 private:
  enum class Mode { Echo, Sessions, Push, Paced, Idle };
  struct WebSocketPeer final : Peer {
    enum class State { Http, Greeting, Ready };
    State state = State::Http;
    int server_fd = -1;    ///< client: of its other end
    std::size_t owed = 0;  ///< client: echoes that have not come back
    bool left = false;
    std::deque<double> asked;  ///< client, paced: when each was due
  };

  void begin() override;
  std::unique_ptr<Peer> make_peer() const override { return std::make_unique<WebSocketPeer>(); }
  void read(Peer& peer, std::string_view& bytes) override;
  void stop() override;
  void closed(Peer& peer) override;
  void tick(double due) override;
  bool steady() const override { return ready_ >= connections_ && settled_at_ > 0; }
  void print_window() override;

  void open();
  [[nodiscard]] std::string_view extension() const noexcept;
  void read_head(WebSocketPeer& peer, std::string_view& bytes);
  void read_client(WebSocketPeer& peer, std::string_view& bytes);
  void read_server(WebSocketPeer& peer, std::string_view& bytes);
  void all_are_ready();
  void came_back(WebSocketPeer& peer, std::size_t count);
  void send_events(WebSocketPeer& peer, std::size_t count);
  void push(int server_fd);
  void leave(WebSocketPeer& peer);

  Mode mode_;
  std::size_t connections_, in_flight_;
  double rate_;
  Payloads payloads_;
  std::string out_;
  std::size_t asked_for_ = 0, ready_ = 0;
  double settled_at_ = 0;
  std::vector<WebSocketPeer*> clients_;  ///< paced: in turn
  std::size_t turn_ = 0;
  std::vector<float> latencies_;  ///< in microseconds
  long memory_before_ = 0;
};

}  // namespace tests::bench
