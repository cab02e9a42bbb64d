#include "core/tap/tap.hpp"

#include <xxhash.h>

#include <string>
#include <variant>

#include "core/tap/emitter.hpp"
#include "core/tap/http_phase.hpp"
#include "core/tap/websocket_phase.hpp"

namespace core::tap {
namespace {

struct Off {};

}  // namespace

struct Tap::State {
  State(const Settings& tap_settings, ConnectionId id)
      : settings(tap_settings), connection(id), phase(std::make_unique<HttpPhase>(tap_settings)) {}

  void receive(HttpPhase& http, Direction direction, std::span<char> bytes, Emitter& emit);
  void receive(WebSocketPhase& websocket, Direction direction, std::span<char> bytes,
               Emitter& emit);

  const Settings& settings;
  ConnectionId connection;
  std::uint32_t sequence = 0;  ///< events so far; 0: nothing on the Socket.IO path yet
  std::uint64_t peer = 0;
  std::variant<std::unique_ptr<HttpPhase>, std::unique_ptr<WebSocketPhase>, Off> phase;
};

void Tap::State::receive(HttpPhase& http, Direction direction, std::span<char> bytes,
                         Emitter& emit) {
  switch (http.receive(direction, bytes, peer, emit)) {
    case HttpPhase::Outcome::Http:
      return;
    case HttpPhase::Outcome::Over:
      phase = Off{};
      return;
    case HttpPhase::Outcome::WebSocket:
      break;
  }
  std::unique_ptr<WebSocketPhase> next = http.take_websocket();
  WebSocketPhase& websocket = *next;
  const std::span<char> early = http.early_bytes();
  std::string early_bytes(early.begin(), early.end());
  phase = std::move(next);  // `http` is gone from here on.
  if (!early_bytes.empty()) receive(websocket, Direction::ToServer, early_bytes, emit);
  if (!bytes.empty() && std::holds_alternative<std::unique_ptr<WebSocketPhase>>(phase))
    receive(websocket, direction, bytes, emit);
}

void Tap::State::receive(WebSocketPhase& websocket, Direction direction, std::span<char> bytes,
                         Emitter& emit) {
  if (websocket.receive(direction, bytes, settings, emit) == WebSocketPhase::Outcome::Over)
    phase = Off{};
}

Tap::Tap(const Settings& settings, ConnectionId connection)
    : state_(std::make_unique<State>(settings, connection)) {}
Tap::~Tap() = default;
Tap::Tap(Tap&&) noexcept = default;
Tap& Tap::operator=(Tap&&) noexcept = default;

void Tap::open(std::string_view peer, Instant, EventBuffer&) {
  const std::string_view address =
      peer.substr(0, peer.rfind(':'));  // The port changes with every connection.
  state_->peer = XXH3_64bits(address.data(), address.size());
}

void Tap::receive(Direction direction, std::span<char> bytes, Instant at, EventBuffer& out) {
  Emitter emit(state_->connection, state_->sequence, at, out);
  if (auto* websocket = std::get_if<std::unique_ptr<WebSocketPhase>>(&state_->phase))
    state_->receive(**websocket, direction, bytes, emit);
  else if (auto* http = std::get_if<std::unique_ptr<HttpPhase>>(&state_->phase))
    state_->receive(**http, direction, bytes, emit);
}

void Tap::close(Direction direction, StreamEnd end, Instant at, EventBuffer& out) {
  Emitter emit(state_->connection, state_->sequence, at, out);
  if (auto* http = std::get_if<std::unique_ptr<HttpPhase>>(&state_->phase);
      http != nullptr && end == StreamEnd::Fin &&
      (*http)->finish(direction, state_->peer, emit) == HttpPhase::Outcome::Over)
    state_->phase = Off{};
  if (state_->sequence != 0) emit.add(EventKind::StreamEnded, direction).stream = {end};
}

bool Tap::off() const noexcept { return std::holds_alternative<Off>(state_->phase); }

}  // namespace core::tap
