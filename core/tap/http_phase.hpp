#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/http/exchanges.hpp"
#include "core/tap/emitter.hpp"
#include "core/tap/ends.hpp"
#include "core/tap/polling_body.hpp"
#include "core/tap/request.hpp"
#include "core/tap/tap.hpp"
#include "core/tap/websocket_phase.hpp"

namespace core::tap {

/// A connection while it speaks HTTP: requests on the Socket.IO path, their responses, and the
/// payloads in both.
class HttpPhase {
 public:
  /// What becomes of the connection.
  enum class Outcome : std::uint8_t {
    Http,       ///< It goes on; the input is used up.
    WebSocket,  ///< A session's WebSocket from here on; see take_websocket().
    Over,       ///< Nothing more to decode.
  };

  /// Borrows `settings` for its whole life.
  explicit HttpPhase(const Settings& settings) noexcept
      : settings_(settings), exchanges_(settings.http) {}

  [[nodiscard]] Outcome receive(Direction direction, std::span<char>& bytes, const Ends& ends,
                                Emitter& emit);
  /// The direction's stream ended.
  [[nodiscard]] Outcome finish(Direction direction, const Ends& ends, Emitter& emit);

  /// Whether a request has come, or its start.
  [[nodiscard]] bool has_begun() const noexcept { return exchanges_.has_begun(); }
  /// Whether the client's next byte begins a request.
  [[nodiscard]] bool between_requests() const noexcept { return exchanges_.between_requests(); }

  [[nodiscard]] Tap::Idle idle() const noexcept {
    using State = Tap::Idle::State;
    const std::uint32_t requests = exchanges_.requests();
    if (exchanges_.unanswered() != 0) return {State::Busy, requests};
    if (exchanges_.in_request_head()) return {State::InHead, requests};
    if (!exchanges_.between_requests()) return {State::Busy, requests};
    return {requests == 0 ? State::InHead : State::BetweenRequests, requests};
  }

  /// After Outcome::WebSocket.
  [[nodiscard]] std::unique_ptr<WebSocketPhase> take_websocket() noexcept {
    return std::move(websocket_);
  }
  /// After Outcome::WebSocket: what the client had sent ahead of the 101. Owned here.
  [[nodiscard]] std::span<char> early_bytes() noexcept { return exchanges_.early_bytes(); }

 private:
  /// What of a request its response needs.
  struct Awaited {
    std::uint32_t exchange;
    EngineRequest request;
  };

  [[nodiscard]] Outcome handle(const http::Item& item, const Ends& ends, Emitter& emit);
  [[nodiscard]] Outcome upgraded(const http::Upgraded& upgraded, Emitter& emit);
  [[nodiscard]] Outcome request_head(const http::RequestHead& head, const Ends& ends,
                                     Emitter& emit);
  void response_head(const http::ResponseHead& head, Emitter& emit);
  void response_end(std::uint32_t exchange, Emitter& emit);
  void body(const http::Body& body, Emitter& emit);
  [[nodiscard]] bool is_asked(std::uint32_t exchange) const noexcept;
  [[nodiscard]] bool is_answered(std::uint32_t exchange) const noexcept;

  const Settings& settings_;
  http::Exchanges exchanges_;
  std::vector<Awaited> awaited_;  ///< Engine.IO requests without their whole response, oldest first
  std::array<PollingBody, 2> bodies_;  ///< by Direction
  std::string refusal_;                ///< the body of a response that refuses, or its start
  Event::Response response_{};         ///< the one being read
  std::unique_ptr<WebSocketPhase> websocket_;
};

}  // namespace core::tap
