#include "core/tap/tap.hpp"

#include <string>
#include <variant>

#include "core/address/ip_address.hpp"
#include "core/tap/emitter.hpp"
#include "core/tap/ends.hpp"
#include "core/tap/http_phase.hpp"
#include "core/tap/lost_phase.hpp"
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
  void receive(LostPhase& lost, Direction direction, std::span<char> bytes, Emitter& emit);

  const Settings& settings;
  ConnectionId connection;
  std::uint32_t sequence = 0;  ///< events so far; 0: nothing on the Socket.IO path yet
  Ends ends;
  std::variant<std::unique_ptr<HttpPhase>, std::unique_ptr<WebSocketPhase>,
               std::unique_ptr<LostPhase>, Off>
      phase;
};

void Tap::State::receive(HttpPhase& http, Direction direction, std::span<char> bytes,
                         Emitter& emit) {
  switch (http.receive(direction, bytes, ends, emit)) {
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

void Tap::State::receive(LostPhase& lost, Direction direction, std::span<char> bytes,
                         Emitter& emit) {
  switch (lost.receive(direction, bytes, emit)) {
    case LostPhase::Outcome::Lost:
      return;
    case LostPhase::Outcome::Over:
      phase = Off{};
      return;
    case LostPhase::Outcome::Http:
      break;
  }
  std::string request(lost.held().begin(), lost.held().end());
  request.append(bytes.begin(), bytes.end());
  phase = std::make_unique<HttpPhase>(settings);  // `lost` is gone from here on.
  receive(*std::get<std::unique_ptr<HttpPhase>>(phase), direction, request, emit);
}

Tap::Tap(const Settings& settings, ConnectionId connection)
    : state_(std::make_unique<State>(settings, connection)) {}
Tap::~Tap() = default;
Tap::Tap(Tap&&) noexcept = default;
Tap& Tap::operator=(Tap&&) noexcept = default;

void Tap::open(std::string_view peer, Instant, EventBuffer&) {
  // The port changes with every connection.
  if (const auto end = address::socket_end_of(peer))
    open(end->address);
  else
    state_->ends = {hash_of(peer.substr(0, peer.rfind(':')))};
}

void Tap::open(const address::IpAddress& peer) noexcept {
  state_->ends = {address_hash(peer), state_->settings.trust.hold(peer)};
}

void Tap::routed(std::uint8_t upstream, std::uint8_t instead_of) noexcept {
  state_->ends.upstream = upstream;
  state_->ends.instead_of = instead_of;
}

void Tap::receive(Direction direction, std::span<char> bytes, Instant at, EventBuffer& out) {
  Emitter emit(state_->connection, state_->sequence, at, out);
  if (auto* websocket = std::get_if<std::unique_ptr<WebSocketPhase>>(&state_->phase))
    state_->receive(**websocket, direction, bytes, emit);
  else if (auto* http = std::get_if<std::unique_ptr<HttpPhase>>(&state_->phase))
    state_->receive(**http, direction, bytes, emit);
  else if (auto* lost = std::get_if<std::unique_ptr<LostPhase>>(&state_->phase))
    state_->receive(**lost, direction, bytes, emit);
}

void Tap::close(Direction direction, StreamEnd end, Instant at, EventBuffer& out) {
  Emitter emit(state_->connection, state_->sequence, at, out);
  if (auto* http = std::get_if<std::unique_ptr<HttpPhase>>(&state_->phase);
      http != nullptr && end == StreamEnd::Fin &&
      (*http)->finish(direction, state_->ends, emit) == HttpPhase::Outcome::Over)
    state_->phase = Off{};
  if (state_->sequence != 0) emit.add(EventKind::StreamEnded, direction).stream = {end};
}

void Tap::missing(Direction direction, std::uint64_t, Instant at, EventBuffer& out) {
  if (off() || std::holds_alternative<std::unique_ptr<LostPhase>>(state_->phase)) return;
  Emitter emit(state_->connection, state_->sequence, at, out);
  auto* const http = std::get_if<std::unique_ptr<HttpPhase>>(&state_->phase);
  const bool ours = emit.has_told();
  const bool spoke = http == nullptr || (*http)->has_begun();
  // Of a connection that had nothing of ours, a response cannot be either.
  const bool tells = ours || (spoke && direction == Direction::ToServer);
  if (tells) emit.unobserved(direction, Unobserved::CaptureHole);
  if (tells) ++state_->sequence;  // So everybody sees that events are missing.
  if (http == nullptr) {
    state_->phase = Off{};
    return;
  }
  const bool owes = !tells && !spoke;
  const bool resumes = direction == Direction::ToServer || (*http)->between_requests();
  if (resumes)
    state_->phase = std::make_unique<LostPhase>(
        direction, owes ? LostPhase::Told::NotYet : LostPhase::Told::Already);
  else
    state_->phase = Off{};
}

void Tap::joined(Instant at, EventBuffer& out) {
  Emitter emit(state_->connection, state_->sequence, at, out);
  emit.unobserved(Direction::ToServer, Unobserved::JoinedMidStream);
  state_->phase = Off{};
}

Tap::Idle Tap::idle() const noexcept {
  const auto* const http = std::get_if<std::unique_ptr<HttpPhase>>(&state_->phase);
  return http == nullptr ? Idle{} : (*http)->idle();
}

bool Tap::off() const noexcept { return std::holds_alternative<Off>(state_->phase); }

}  // namespace core::tap
