#include "core/tap/tap.hpp"

#include <xxhash.h>

#include <array>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/engineio/payload.hpp"
#include "core/http/exchanges.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/tap/emitter.hpp"
#include "core/tap/messages.hpp"
#include "core/tap/request.hpp"
#include "core/websocket/reader.hpp"

namespace core::tap {
namespace {

/// An engine error body, `{"code":1,"message":"Session ID unknown"}`, is this long at most.
constexpr std::size_t kErrorBodyBytesMax = 256;

/// What of a request its response needs.
struct Awaited {
  std::uint32_t exchange;
  EngineRequest request;
};

/// While the connection speaks HTTP.
struct HttpPhase {
  explicit HttpPhase(const http::Settings& settings) : exchanges(settings) {}

  http::Exchanges exchanges;
  std::vector<Awaited> awaited;  ///< Engine.IO requests without their whole response, oldest first
  engineio::PayloadStream to_server{limits::kMessageBytesMax};
  engineio::PayloadStream to_client{limits::kMessageBytesMax};
  std::uint16_t status = 0;  ///< of the response being read
  bool payload = false;      ///< its body is a polling payload
  std::string error_body;    ///< of a response that refuses
};

/// After the 101.
struct WebSocketPhase {
  explicit WebSocketPhase(const std::optional<websocket::PerMessageDeflate>& deflate)
      : readers{reader(Direction::ToServer, deflate), reader(Direction::ToClient, deflate)} {}

  static websocket::Reader reader(Direction direction,
                                  const std::optional<websocket::PerMessageDeflate>& deflate) {
    std::optional<websocket::DeflateParameters> parameters;
    if (deflate) parameters = (*deflate)[direction];
    return {direction, parameters, limits::kMessageBytesMax};
  }

  std::array<websocket::Reader, 2> readers;  ///< by Direction
};

struct Off {};

std::int8_t engine_error_code(std::string_view body) noexcept {
  const auto shape = json::inspect(body);
  if (!shape || shape->kind != json::Kind::Object) return -1;
  const auto code = json::find_member(body, "code");
  if (!code || code->kind != json::Kind::Number || code->raw.size() != 1) return -1;
  return static_cast<std::int8_t>(code->raw[0] - '0');
}

}  // namespace

struct Tap::State {
  State(const Settings& tap_settings, ConnectionId id)
      : settings(tap_settings),
        connection(id),
        phase(std::make_unique<HttpPhase>(tap_settings.http)) {}

  void http(HttpPhase& http, Direction direction, std::span<char> bytes, Instant at,
            EventBuffer& out);
  void handle(HttpPhase& http, const http::Item& item, Emitter& emit);
  void request_body(HttpPhase& http, std::string_view bytes, Emitter& emit);
  void request_end(HttpPhase& http, std::uint32_t exchange, Emitter& emit);
  void response_head(HttpPhase& http, const http::ResponseHead& head, Emitter& emit);
  void response_end(HttpPhase& http, std::uint32_t exchange, Emitter& emit);
  void answer(std::uint32_t exchange, std::uint16_t status, std::int8_t engine_error,
              Emitter& emit);
  void payload(engineio::PayloadStream& stream, Direction direction, Emitter& emit);
  void websocket(WebSocketPhase& phase, Direction direction, std::span<char> bytes, Emitter& emit);
  void turn_off(Direction direction, Unobserved reason, Emitter& emit);

  const Settings& settings;
  ConnectionId connection;
  std::uint32_t sequence = 0;  ///< events so far; 0: nothing on the Socket.IO path yet
  std::uint64_t peer = 0;
  std::variant<std::unique_ptr<HttpPhase>, std::unique_ptr<WebSocketPhase>, Off> phase;
};

// --- HTTP ---

void Tap::State::http(HttpPhase& http, Direction direction, std::span<char> bytes, Instant at,
                      EventBuffer& out) {
  Emitter emit(connection, sequence, at, out);
  while (true) {
    const http::Item item = http.exchanges.next(direction, bytes);
    if (std::holds_alternative<http::NeedMore>(item)) return;
    if (const auto* upgraded = std::get_if<http::Upgraded>(&item)) {
      const bool ours = !http.awaited.empty() &&
                        http.awaited.front().exchange == upgraded->exchange &&
                        http.awaited.front().request.eio == 4 && upgraded->websocket;
      if (!ours) {
        phase = Off{};
        return;
      }
      const auto deflate = websocket::decode_extensions(upgraded->extensions);
      if (!deflate) return turn_off(Direction::ToClient, Unobserved::MessageDeflate, emit);
      auto next = std::make_unique<WebSocketPhase>(*deflate);
      const std::span<char> early = http.exchanges.early_bytes();
      std::string early_bytes(early.begin(), early.end());
      WebSocketPhase& websocket_phase = *next;
      phase = std::move(next);  // `http` is gone from here on.
      if (!early_bytes.empty()) websocket(websocket_phase, Direction::ToServer, early_bytes, emit);
      if (!bytes.empty() && std::holds_alternative<std::unique_ptr<WebSocketPhase>>(phase))
        websocket(websocket_phase, direction, bytes, emit);
      return;
    }
    handle(http, item, emit);
    if (std::holds_alternative<Off>(phase)) return;
  }
}

void Tap::State::handle(HttpPhase& http, const http::Item& item, Emitter& emit) {
  if (const auto* request = std::get_if<http::RequestHead>(&item)) {
    if (!request->of_interest) return;
    const EngineRequest engine = read_request(*request, settings, peer, emit);
    if (engine.engine) http.awaited.push_back({request->exchange, engine});
  } else if (const auto* body = std::get_if<http::Body>(&item)) {
    if (http.awaited.empty()) return;
    if (body->direction == Direction::ToServer) {
      if (http.awaited.back().exchange == body->exchange) request_body(http, body->bytes, emit);
    } else if (http.awaited.front().exchange == body->exchange) {
      if (http.payload) {
        http.to_client.receive(body->bytes);
        payload(http.to_client, Direction::ToClient, emit);
      } else if (http.error_body.size() < kErrorBodyBytesMax) {
        http.error_body += body->bytes.substr(0, kErrorBodyBytesMax - http.error_body.size());
      }
    }
  } else if (const auto* request_ended = std::get_if<http::RequestEnd>(&item)) {
    request_end(http, request_ended->exchange, emit);
  } else if (const auto* response = std::get_if<http::ResponseHead>(&item)) {
    if (!http.awaited.empty() && http.awaited.front().exchange == response->exchange)
      response_head(http, *response, emit);
  } else if (const auto* ended = std::get_if<http::ResponseEnd>(&item)) {
    if (!http.awaited.empty() && http.awaited.front().exchange == ended->exchange)
      response_end(http, ended->exchange, emit);
  } else if (const auto* error = std::get_if<http::Error>(&item)) {
    // A message cut off in the middle is no news: the end of its stream says all there is to say.
    if (error->code == http::ExchangeErrc::EndInsideMessage) {
      phase = Off{};
      return;
    }
    turn_off(error->direction,
             error->code == http::ExchangeErrc::TooManyPipelined    ? Unobserved::PipelineLimit
             : error->code == http::ExchangeErrc::TooManyEarlyBytes ? Unobserved::EarlyBytes
                                                                    : Unobserved::BrokenHttp,
             emit);
  } else if (const auto* leftover = std::get_if<http::Leftover>(&item)) {
    if (sequence != 0) emit.unobserved(leftover->direction, Unobserved::BrokenHttp);
  } else if (std::holds_alternative<http::Tunnel>(item)) {
    phase = Off{};
  }
}

void Tap::State::request_body(HttpPhase& http, std::string_view bytes, Emitter& emit) {
  if (!http.awaited.back().request.carries_payload(Direction::ToServer)) return;
  http.to_server.receive(bytes);
  payload(http.to_server, Direction::ToServer, emit);
}

void Tap::State::request_end(HttpPhase& http, std::uint32_t exchange, Emitter& emit) {
  if (http.awaited.empty() || http.awaited.back().exchange != exchange) return;
  if (!http.awaited.back().request.carries_payload(Direction::ToServer)) return;
  http.to_server.finish();
  payload(http.to_server, Direction::ToServer, emit);
}

void Tap::State::response_head(HttpPhase& http, const http::ResponseHead& head, Emitter& emit) {
  http.status = head.status;
  http.payload = false;
  http.error_body.clear();
  if (head.status == 200 && http.awaited.front().request.carries_payload(Direction::ToClient)) {
    const std::string_view encoding = head.headers[http::Header::ContentEncoding];
    if (encoding.empty() || encoding == "identity")
      http.payload = true;
    else
      emit.unobserved(Direction::ToClient, Unobserved::ContentEncoding);
  }
  // What refuses says why in its body, so it is told when that has come.
  if (head.status < 400) answer(head.exchange, head.status, -1, emit);
}

void Tap::State::response_end(HttpPhase& http, std::uint32_t exchange, Emitter& emit) {
  if (http.payload) {
    http.to_client.finish();
    payload(http.to_client, Direction::ToClient, emit);
    http.payload = false;
  }
  if (http.status >= 400) answer(exchange, http.status, engine_error_code(http.error_body), emit);
  http.error_body.clear();
  emit.add(EventKind::ExchangeEnded, Direction::ToClient).exchange = {exchange};
  http.awaited.erase(http.awaited.begin());
}

void Tap::State::answer(std::uint32_t exchange, std::uint16_t status, std::int8_t engine_error,
                        Emitter& emit) {
  Event& event = emit.add(EventKind::Response, Direction::ToClient);
  event.response.exchange = exchange;
  event.response.status = status;
  event.response.engine_error = engine_error;
}

void Tap::State::payload(engineio::PayloadStream& stream, Direction direction, Emitter& emit) {
  while (const auto packet = stream.next()) {
    if (*packet)
      read_text(**packet, direction, settings, emit);
    else
      emit.unobserved(direction, Unobserved::OversizeMessage);
  }
}

// --- WebSocket ---

void Tap::State::websocket(WebSocketPhase& websocket_phase, Direction direction,
                           std::span<char> bytes, Emitter& emit) {
  websocket::Reader& reader = websocket_phase.readers[static_cast<std::size_t>(direction)];
  while (true) {
    const websocket::Item item = reader.next(bytes);
    if (std::holds_alternative<websocket::NeedMore>(item)) return;
    if (const auto* message = std::get_if<websocket::Message>(&item)) {
      if (message->type == websocket::MessageType::Text)
        read_text(message->payload, direction, settings, emit);
      else
        read_binary(message->payload, direction, emit);
    } else if (const auto* control = std::get_if<websocket::Control>(&item)) {
      if (control->type == websocket::ControlType::Close)
        emit.add(EventKind::WebSocketClosed, direction).close = {control->close_code};
    } else if (std::holds_alternative<websocket::SkippedMessage>(item)) {
      emit.unobserved(direction, Unobserved::OversizeMessage);
    } else {
      const bool ours = websocket::is_ours(std::get<websocket::Error>(item).code);
      return turn_off(direction, ours ? Unobserved::MessageDeflate : Unobserved::BrokenWebSocket,
                      emit);
    }
  }
}

void Tap::State::turn_off(Direction direction, Unobserved reason, Emitter& emit) {
  if (sequence != 0) emit.unobserved(direction, reason);
  phase = Off{};
}

// --- The surface ---

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
  if (auto* websocket = std::get_if<std::unique_ptr<WebSocketPhase>>(&state_->phase)) {
    Emitter emit(state_->connection, state_->sequence, at, out);
    state_->websocket(**websocket, direction, bytes, emit);
  } else if (auto* http = std::get_if<std::unique_ptr<HttpPhase>>(&state_->phase)) {
    state_->http(**http, direction, bytes, at, out);
  }
}

void Tap::close(Direction direction, StreamEnd end, Instant at, EventBuffer& out) {
  Emitter emit(state_->connection, state_->sequence, at, out);
  if (auto* http = std::get_if<std::unique_ptr<HttpPhase>>(&state_->phase);
      http != nullptr && end == StreamEnd::Fin)
    state_->handle(**http, (*http)->exchanges.finish(direction), emit);
  if (state_->sequence != 0) emit.add(EventKind::StreamEnded, direction).stream = {end};
}

bool Tap::off() const noexcept { return std::holds_alternative<Off>(state_->phase); }

}  // namespace core::tap
