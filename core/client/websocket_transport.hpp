#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/client/answer.hpp"
#include "core/client/http_reader.hpp"
#include "core/client/limits.hpp"
#include "core/client/link.hpp"
#include "core/client/request.hpp"
#include "core/client/websocket_endpoint.hpp"

namespace core::client {

/// WebSocket, the client's side, from the HTTP request that begins it to the Close. It has one link
/// for life.
class WebSocketTransport {
 public:
  enum class State : std::uint8_t {
    Connecting,
    Open,
    Ended,  ///< by either side, or it never came about; the link is gone. `reason()` says why.
  };

  /// Asks for the link. Once `requests` knows a sid this is the probe of that session's upgrade.
  /// `seed` makes key and masks.
  WebSocketTransport(const Requests& requests, const Limits& limits, LinkId link,
                     std::uint64_t seed, Actions& out);

  [[nodiscard]] LinkId link() const noexcept { return link_; }
  [[nodiscard]] State state() const noexcept { return state_; }
  [[nodiscard]] std::string_view reason() const noexcept { return reason_; }
  /// What the server answered in place of a WebSocket.
  [[nodiscard]] const std::optional<Answer>& answer() const noexcept { return answer_; }

  void opened(Actions& out);
  void receive(std::string_view bytes, Actions& out, std::vector<Message>& in);
  void closed();
  /// Dropped unless Open.
  void send(const Message& message, Actions& out);
  /// Sends a Close frame without a code, as browsers do, and ends the link behind it.
  void close(Actions& out);

 private:
  void take_answer(std::string_view bytes, Actions& out);
  void end(std::string_view reason, Actions& out);
  void flush(Actions& out);

  LinkId link_;
  std::string request_;
  std::string key_;
  HttpReader reader_;
  WebSocketEndpoint endpoint_;
  State state_ = State::Connecting;
  std::string_view reason_;
  std::optional<Answer> answer_;
};

}  // namespace core::client
