#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/client/answer.hpp"
#include "core/client/engine_packet.hpp"
#include "core/client/http_reader.hpp"
#include "core/client/limits.hpp"
#include "core/client/link.hpp"
#include "core/client/request.hpp"

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

  /// What is given by reference must outlive it.
  PollingTransport(Requests& requests, Revision revision, const Limits& limits,
                   LinkNumbers& numbers)
      : requests_(requests), revision_(revision), limits_(limits), numbers_(numbers) {}

  /// The first GET: the handshake.
  void start(Actions& out) { poll(out); }
  /// The handshake was read, and requests_ knows the sid. Polls again.
  void set_session(std::optional<std::uint64_t> payload_bytes_max, Actions& out);
  void send(const EnginePacket& packet, Actions& out);

  [[nodiscard]] bool owns(LinkId link) const noexcept;
  void opened(LinkId link, Actions& out);
  /// What the server sent is added to `in`, one message a packet.
  void receive(LinkId link, std::string_view bytes, Actions& out, std::vector<Message>& in);
  /// The link ended, which also ends a response that has no length.
  void closed(LinkId link, Actions& out, std::vector<Message>& in);

  /// No further GET, so that an upgrade can be finished; posts go on.
  void pause() noexcept { paused_ = true; }
  /// Sends packet `1` and polls no more. From here on nothing can fail, only come to rest: a broken
  /// poll must not keep the goodbye from going out.
  void say_goodbye(Actions& out);
  /// The upgrade failed: polls on.
  void resume(Actions& out);
  /// Paused, and nothing is in flight or waits to be.
  [[nodiscard]] bool idle() const noexcept { return !get_ && !post_ && outbox_.empty(); }
  /// Drops all links as they are.
  void abandon(Actions& out);

  [[nodiscard]] State state() const noexcept { return state_; }
  [[nodiscard]] std::string_view reason() const noexcept { return reason_; }
  /// The last response to a GET that came before the session did, or the one that made it fail.
  [[nodiscard]] const std::optional<Answer>& answer() const noexcept { return answer_; }

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
  void take_response(Exchange& exchange, std::string_view bytes, Actions& out,
                     std::vector<Message>& in);
  void fail(LinkId link, std::string_view reason, Actions& out);

  Requests& requests_;
  Revision revision_;
  const Limits& limits_;
  LinkNumbers& numbers_;
  std::uint64_t payload_bytes_max_ = 1'000'000;
  std::optional<Exchange> get_;
  std::optional<Exchange> post_;
  std::vector<std::string> outbox_;  ///< encoded packets
  bool paused_ = false;
  bool leaving_ = false;
  bool has_session_ = false;
  State state_ = State::Running;
  std::string_view reason_;
  std::optional<Answer> answer_;
};

}  // namespace core::client
