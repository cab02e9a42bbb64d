#pragma once

#include <cstdint>
#include <utility>

#include "core/client/engine_packet.hpp"
#include "core/client/websocket_transport.hpp"
#include "core/instant.hpp"

namespace core::client {

/// From polling to WebSocket, the client's side:
///
///     probe link up ► 2probe ► 3probe ► (the engine lets polling come to rest) ► finish(): 5
///
/// Whatever goes wrong before `5` leaves the session on polling as if nothing had been.
/// Source: Engine.IO protocol v4, "Upgrade".
class Upgrade {
 public:
  enum class State : std::uint8_t { Connecting, Probing, Probed, Failed };

  Upgrade(WebSocketTransport probe, Instant until) : probe_(std::move(probe)), until_(until) {}

  [[nodiscard]] State state() const noexcept { return state_; }
  [[nodiscard]] LinkId link() const noexcept { return probe_.link(); }
  [[nodiscard]] Instant deadline() const noexcept { return until_; }

  void opened(Actions& out) { probe_.opened(out); }
  void receive(std::string_view bytes, Actions& out) {
    std::vector<Message> in;
    probe_.receive(bytes, out, in);
    if (probe_.state() == WebSocketTransport::State::Ended) state_ = State::Failed;
    if (probe_.state() == WebSocketTransport::State::Open && state_ == State::Connecting) {
      probe_.send({false, "2probe"}, out);
      state_ = State::Probing;
    }
    for (const Message& message : in) {
      if (state_ != State::Probing) break;
      const bool answered = !message.binary && message.data == "3probe";
      if (answered)
        state_ = State::Probed;
      else
        abort(out);
    }
  }
  void closed() {
    probe_.closed();
    state_ = State::Failed;
  }
  /// Only while Probed, and with polling at rest: ends the switch. The transport is the session's
  /// now.
  [[nodiscard]] WebSocketTransport finish(Actions& out) {
    probe_.send({false, "5"}, out);
    return std::move(probe_);
  }
  void abort(Actions& out) {
    probe_.close(out);
    state_ = State::Failed;
  }

 private:
  WebSocketTransport probe_;
  Instant until_;
  State state_ = State::Connecting;
};

}  // namespace core::client
