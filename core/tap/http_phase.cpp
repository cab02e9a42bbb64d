#include "core/tap/http_phase.hpp"

#include <charconv>
#include <cstdint>
#include <iterator>
#include <utility>
#include <variant>

#include "core/json/json.hpp"

namespace core::tap {
namespace {

/// An engine error body, `{"code":1,"message":"Session ID unknown"}`, is this long at most.
constexpr std::size_t kRefusalBytesMax = 256;

/// What servers write instead where an upgrade is refused, by code. Source: engine.io 3.6 to 6,
/// lib/server, abortUpgrade() (abortConnection()).
constexpr std::string_view kErrorMessages[] = {
    "Transport unknown", "Session ID unknown", "Bad handshake method",
    "Bad request",       "Forbidden",          "Unsupported protocol version"};

std::int8_t engine_error_code(std::string_view body) noexcept {
  for (std::size_t code = 0; code < std::size(kErrorMessages); ++code)
    if (body == kErrorMessages[code]) return static_cast<std::int8_t>(code);
  const auto shape = json::inspect(body);
  if (!shape || shape->kind != json::Kind::Object) return -1;
  const auto code = json::find_member(body, "code");
  if (!code || code->kind != json::Kind::Number || code->raw.size() != 1) return -1;
  return static_cast<std::int8_t>(code->raw[0] - '0');
}

/// 0 for what is none.
std::uint64_t number_of(std::string_view digits) noexcept {
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

Event::Response response_of(const http::ResponseHead& head) noexcept {
  Event::Response response{};
  response.exchange = head.exchange;
  response.status = head.status;
  response.engine_error = -1;
  const std::string_view origin = head.headers[http::Header::AccessControlAllowOrigin];
  if (!origin.empty())
    response.allow_origin = origin == "*" ? AllowOrigin::Anybody : AllowOrigin::One;
  response.allows_credentials = head.headers[http::Header::AccessControlAllowCredentials] == "true";
  response.html = head.headers[http::Header::ContentType].starts_with("text/html");
  return response;
}

/// Member by member: events are compared and stored as bytes, and a whole struct brings its
/// padding.
void answer(const Event::Response& response, Emitter& emit) {
  Event::Response& told = emit.add(EventKind::Response, Direction::ToClient).response;
  told.exchange = response.exchange;
  told.status = response.status;
  told.engine_error = response.engine_error;
  told.allow_origin = response.allow_origin;
  told.allows_credentials = response.allows_credentials;
  told.html = response.html;
}

Unobserved reason_of(http::ExchangeErrc code) noexcept {
  if (code == http::ExchangeErrc::TooManyPipelined) return Unobserved::PipelineLimit;
  if (code == http::ExchangeErrc::TooManyEarlyBytes) return Unobserved::EarlyBytes;
  return Unobserved::BrokenHttp;
}

PollingForm form_of(const EngineRequest& request, Direction direction, bool octet_stream) noexcept {
  using engineio::PayloadKind;
  using engineio::PayloadWrapping;
  PollingForm form;
  form.revision = request.revision();
  if (form.revision == Revision::V3)
    form.kind = octet_stream ? PayloadKind::V3Binary : PayloadKind::V3Text;
  if (request.jsonp)
    form.wrapping = direction == Direction::ToServer ? PayloadWrapping::JsonpForm
                                                     : PayloadWrapping::JsonpResponse;
  return form;
}

}  // namespace

HttpPhase::Outcome HttpPhase::receive(Direction direction, std::span<char>& bytes, const Ends& ends,
                                      Emitter& emit) {
  while (true) {
    const http::Item item = exchanges_.next(direction, bytes);
    if (std::holds_alternative<http::NeedMore>(item)) return Outcome::Http;
    if (const Outcome outcome = handle(item, ends, emit); outcome != Outcome::Http) return outcome;
  }
}

HttpPhase::Outcome HttpPhase::finish(Direction direction, const Ends& ends, Emitter& emit) {
  return handle(exchanges_.finish(direction), ends, emit);
}

HttpPhase::Outcome HttpPhase::handle(const http::Item& item, const Ends& ends, Emitter& emit) {
  if (const auto* request = std::get_if<http::RequestHead>(&item)) {
    return request_head(*request, ends, emit);
  } else if (const auto* part = std::get_if<http::Body>(&item)) {
    body(*part, emit);
  } else if (const auto* asked = std::get_if<http::RequestEnd>(&item)) {
    if (is_asked(asked->exchange))
      bodies_[index_of(Direction::ToServer)].finish(Direction::ToServer, settings_, emit);
  } else if (const auto* response = std::get_if<http::ResponseHead>(&item)) {
    if (is_answered(response->exchange)) response_head(*response, emit);
  } else if (const auto* ended = std::get_if<http::ResponseEnd>(&item)) {
    if (is_answered(ended->exchange)) response_end(ended->exchange, emit);
  } else if (const auto* leftover = std::get_if<http::Leftover>(&item)) {
    if (emit.has_told()) emit.unobserved(leftover->direction, Unobserved::BrokenHttp);
  } else if (const auto* upgrade = std::get_if<http::Upgraded>(&item)) {
    return upgraded(*upgrade, emit);
  } else if (const auto* error = std::get_if<http::Error>(&item)) {
    // A message cut off in the middle is no news: the end of its stream says all there is to say.
    if (error->code != http::ExchangeErrc::EndInsideMessage && emit.has_told())
      emit.unobserved(error->direction, reason_of(error->code), error->offset_bytes,
                      static_cast<std::uint8_t>(static_cast<unsigned>(error->code) + 1));
    return Outcome::Over;
  } else if (std::holds_alternative<http::Tunnel>(item)) {
    return Outcome::Over;
  }
  return Outcome::Http;
}

HttpPhase::Outcome HttpPhase::upgraded(const http::Upgraded& upgraded, Emitter& emit) {
  if (!is_answered(upgraded.exchange) || !upgraded.websocket) return Outcome::Over;
  const EngineRequest& request = awaited_.front().request;
  if (!request.is_known_revision()) return Outcome::Over;
  const auto deflate = websocket::decode_extensions(upgraded.extensions);
  if (!deflate) {
    emit.unobserved(Direction::ToClient, Unobserved::MessageDeflate);
    return Outcome::Over;
  }
  websocket_ = std::make_unique<WebSocketPhase>(request.revision(), upgraded.exchange, *deflate,
                                                settings_.inflate_budget);
  return Outcome::WebSocket;
}

/// Whether this is the request whose body is coming in.
bool HttpPhase::is_asked(std::uint32_t exchange) const noexcept {
  return !awaited_.empty() && awaited_.back().exchange == exchange;
}

/// Whether this is the request whose response is coming in.
bool HttpPhase::is_answered(std::uint32_t exchange) const noexcept {
  return !awaited_.empty() && awaited_.front().exchange == exchange;
}

HttpPhase::Outcome HttpPhase::request_head(const http::RequestHead& head, const Ends& ends,
                                           Emitter& emit) {
  if (!head.of_interest) return Outcome::Http;
  const bool is_first = !emit.has_told();
  const EngineRequest request = read_request(head, settings_, ends, emit);
  if (!request.engine) return Outcome::Http;
  if (settings_.short_of_memory && is_first && request.asks_new) {
    emit.unobserved(Direction::ToServer, Unobserved::MemoryLimit);
    return Outcome::Over;
  }
  awaited_.push_back({head.exchange, request});
  if (request.carries_payload(Direction::ToServer))
    bodies_[index_of(Direction::ToServer)].begin(
        form_of(request, Direction::ToServer, request.octet_stream),
        inflate::Coding::Identity,  // Servers read it as it is, whatever it says.
        number_of(head.headers[http::Header::ContentLength]));
  return Outcome::Http;
}

void HttpPhase::response_head(const http::ResponseHead& head, Emitter& emit) {
  const EngineRequest& request = awaited_.front().request;
  response_ = response_of(head);
  if (head.status == 200 && request.carries_payload(Direction::ToClient)) {
    const auto coding = inflate::coding_of(head.headers[http::Header::ContentEncoding]);
    if (coding)
      bodies_[index_of(Direction::ToClient)].begin(
          form_of(request, Direction::ToClient,
                  is_octet_stream(head.headers[http::Header::ContentType])),
          *coding);
    else
      emit.unobserved(Direction::ToClient, Unobserved::ContentEncoding);
  }
  // What refuses says why in its body, so it is told when that has come.
  if (head.status < 400) answer(response_, emit);
}

void HttpPhase::response_end(std::uint32_t exchange, Emitter& emit) {
  bodies_[index_of(Direction::ToClient)].finish(Direction::ToClient, settings_, emit);
  if (response_.status >= 400) {
    response_.engine_error = engine_error_code(refusal_);
    answer(response_, emit);
  }
  refusal_.clear();
  emit.add(EventKind::ExchangeEnded, Direction::ToClient).exchange = {exchange};
  awaited_.erase(awaited_.begin());
}

void HttpPhase::body(const http::Body& body, Emitter& emit) {
  if (body.direction == Direction::ToServer ? !is_asked(body.exchange)
                                            : !is_answered(body.exchange))
    return;
  bodies_[index_of(body.direction)].receive(body.bytes, body.direction, settings_, emit);
  if (body.direction == Direction::ToClient && response_.status >= 400 &&
      refusal_.size() < kRefusalBytesMax)
    refusal_ += body.bytes.substr(0, kRefusalBytesMax - refusal_.size());
}

}  // namespace core::tap
