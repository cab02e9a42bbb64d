#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/bench/load/load.hpp"
#include "tests/bench/load/payloads.hpp"

namespace tests::bench {

/// Socket.IO over HTTP long-polling, keep-alive, two connections a client as browsers have them: it
/// posts an event, and the server answers the poll that hangs with the echo. A message is one
/// exchange, so an echo is two.
class PollingLoad final : public Load {
 public:
  explicit PollingLoad(const Options& options);

 private:
  struct Client;
  struct HttpPeer final : Peer {
    Client* of = nullptr;  ///< a client's connection
    bool polls = false;    ///< ... the one that polls
  };
  /// One client, or a session as the server knows it.
  struct Client {
    HttpPeer* poll = nullptr;
    HttpPeer* post = nullptr;
    std::string sid;
    bool connected = false;
    bool ok_owed = false, echo_owed = false;
  };
  struct Session {
    HttpPeer* poll = nullptr;  ///< hangs
    std::string waiting;       ///< for the next one
  };

  void begin() override;
  std::unique_ptr<Peer> make_peer() const override { return std::make_unique<HttpPeer>(); }
  void read(Peer& peer, std::string_view& bytes) override;
  void stop() override {}
  bool steady() const override { return ready_ == clients_.size(); }

  void get(Client& client);
  void post(Client& client, std::string_view body);
  void request(HttpPeer& peer, std::string_view head, std::string_view body);
  void response(HttpPeer& peer, std::string_view body);
  void answer(HttpPeer& peer, std::string_view body);
  void go_on(Client& client);

  Payloads payloads_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::map<std::string, Session, std::less<>> sessions_;
  std::string out_;
  std::size_t ready_ = 0;
};

}  // namespace tests::bench
