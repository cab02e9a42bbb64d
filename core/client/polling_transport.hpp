#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/client/engine_packet.hpp"
#include "core/client/http_reader.hpp"
#include "core/client/link.hpp"
#include "core/client/url.hpp"

namespace core::client {

/// Numbers for links, one source for all engines of a client.
class LinkNumbers {
 public:
  [[nodiscard]] LinkId next() noexcept { return static_cast<LinkId>(++last_); }

 private:
  std::uint64_t last_ = 0;
};

/// HTTP long-polling, the client's side: at most one GET and one POST in flight, each on a link of
/// its own that ends with it, so that no request can meet a kept-alive link that the server just
/// closed.
///
///     start() ► GET ► packets ► GET ► packets ...
///     send()  ► POST when none is in flight, with what has gathered up to maxPayload
///
/// Source: Engine.IO protocol v4, "HTTP long-polling".
class PollingTransport {
 public:
  enum class State : std::uint8_t {
    Running,
    Failed,  ///< a request failed; `reason()` says how. Nothing is in flight any more.
  };

  PollingTransport(const Target& target, LinkNumbers& numbers)
      : target_(target), numbers_(numbers) {}

  /// The first GET: the handshake.
  void start(Actions& out);
  /// The handshake was read: from now on requests carry the sid. Polls again.
  void set_session(std::string sid, std::optional<std::uint64_t> payload_bytes_max, Actions& out);
  void send(const EnginePacket& packet, Actions& out);

  [[nodiscard]] bool owns(LinkId link) const noexcept;
  void opened(LinkId link, Actions& out);
  /// What the server sent is added to `in`, one text message a packet.
  void receive(LinkId link, std::string_view bytes, Actions& out, std::vector<Message>& in);
  void closed(LinkId link, Actions& out);

  /// No further GET, so that an upgrade can be finished; posts go on.
  void pause() noexcept { paused_ = true; }
  /// The upgrade failed: polls on.
  void resume(Actions& out);
  /// Paused, and nothing is in flight or waits to be.
  [[nodiscard]] bool idle() const noexcept { return !get_ && !post_ && outbox_.empty(); }
  /// Drops all links as they are.
  void abandon(Actions& out);

  [[nodiscard]] State state() const noexcept { return state_; }
  [[nodiscard]] std::string_view reason() const noexcept { return reason_; }

 private:
  struct Exchange {
    LinkId link;
    std::string request;  ///< bytes, sent once the link is open
    HttpReader reader;
  };

  [[nodiscard]] Exchange open_exchange(std::string_view method, std::string_view body,
                                       Actions& out);
  void poll(Actions& out);
  void post(Actions& out);
  void fail(std::string_view reason, Actions& out);

  const Target& target_;
  LinkNumbers& numbers_;
  std::string sid_;
  std::uint64_t payload_bytes_max_ = 1'000'000;
  std::optional<Exchange> get_;
  std::optional<Exchange> post_;
  std::vector<std::string> outbox_;  ///< encoded packets
  bool paused_ = false;
  State state_ = State::Running;
  std::string_view reason_;
};

}  // namespace core::client
