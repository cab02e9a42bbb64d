#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/client/http_reader.hpp"
#include "core/client/link.hpp"
#include "core/client/url.hpp"
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

  /// Asks for the link. A `sid` makes it the probe of that session's upgrade. `seed` makes key and
  /// masks.
  WebSocketTransport(const Target& target, std::string_view sid, LinkId link, std::uint64_t seed,
                     Actions& out);

  [[nodiscard]] LinkId link() const noexcept { return link_; }
  [[nodiscard]] State state() const noexcept { return state_; }
  [[nodiscard]] std::string_view reason() const noexcept { return reason_; }

  void opened(Actions& out);
  void receive(std::string_view bytes, Actions& out, std::vector<Message>& in);
  void closed() noexcept;
  /// Dropped unless Open.
  void send(const Message& message, Actions& out);
  /// Sends a Close frame without a code, as browsers do, and ends the link behind it.
  void close(Actions& out);

 private:
  void take_answer(Actions& out);
  void end(std::string_view reason, Actions& out);
  void flush(Actions& out);

  LinkId link_;
  std::string request_;
  std::string key_;
  HttpReader reader_;
  WebSocketEndpoint endpoint_;
  State state_ = State::Connecting;
  std::string_view reason_;
};

}  // namespace core::client
