#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/client/message.hpp"

namespace core::client {

/// One end of a WebSocket connection once the HTTP upgrade is through: bytes in, messages out, over
/// wslay. It answers WebSocket pings and the peer's Close by itself, and refuses what RFC 6455
/// forbids (with 1002, 1007, 1009).
class WebSocketEndpoint {
 public:
  enum class Role : std::uint8_t { Client, Server };
  /// `seed` feeds the masks of a client. A longer message than `message_bytes_max` ends the
  /// connection with 1009.
  WebSocketEndpoint(Role role, std::size_t message_bytes_max, std::uint64_t seed);
  ~WebSocketEndpoint();
  WebSocketEndpoint(WebSocketEndpoint&&) noexcept;
  WebSocketEndpoint& operator=(WebSocketEndpoint&&) noexcept;

  /// Takes bytes from the peer; whole messages are added to `out`.
  void receive(std::string_view bytes, std::vector<Message>& out);
  void send(const Message& message);
  /// Sends a Close frame; `code` 1005 sends none, as `ws.close()` in JavaScript does. Later sends
  /// are dropped.
  void close(std::uint16_t code = 1005);
  /// Bytes for the peer; empty when there are none.
  [[nodiscard]] std::string take_bytes();
  /// A Close frame has come, or was sent because the peer broke the protocol: take_bytes(), then
  /// end the link.
  [[nodiscard]] bool ended() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key`. Source: RFC 6455, 4.2.2.
[[nodiscard]] std::string accept_key(std::string_view key);

}  // namespace core::client
