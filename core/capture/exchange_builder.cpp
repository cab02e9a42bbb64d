#include "core/capture/exchange_builder.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <utility>

#include "core/inflate/content_decoder.hpp"
#include "core/limits.hpp"
#include "core/websocket/deflate.hpp"
#include "core/websocket/reader.hpp"

namespace core::capture {
namespace {

using http::Header;

constexpr std::pair<Header, std::string_view> kNames[] = {
    {Header::Host, "Host"},
    {Header::UserAgent, "User-Agent"},
    {Header::Origin, "Origin"},
    {Header::Cookie, "Cookie"},
    {Header::Authorization, "Authorization"},
    {Header::XForwardedFor, "X-Forwarded-For"},
    {Header::SecWebSocketProtocol, "Sec-WebSocket-Protocol"},
    {Header::SecWebSocketKey, "Sec-WebSocket-Key"},
    {Header::AccessControlAllowOrigin, "Access-Control-Allow-Origin"},
    {Header::AccessControlAllowCredentials, "Access-Control-Allow-Credentials"},
    {Header::SetCookie, "Set-Cookie"},
    {Header::Upgrade, "Upgrade"},
    {Header::Connection, "Connection"},
    {Header::ContentType, "Content-Type"},
    {Header::ContentLength, "Content-Length"},
    {Header::ContentEncoding, "Content-Encoding"},
};

Exchange::Headers headers_of(const http::HeadersView& view, const http::Settings& settings) {
  Exchange::Headers headers;
  for (const auto& [header, name] : kNames)
    if (view.has(header)) headers.emplace_back(name, view[header]);
  if (view.has(Header::Extra)) headers.emplace_back(settings.extra_header, view[Header::Extra]);
  return headers;
}

/// Unpacks a body whose Content-Encoding stands in `headers`; that header goes. False: it cannot be
/// read.
bool unpack(Exchange::Headers& headers, std::string& body) {
  const auto packed = std::find_if(headers.begin(), headers.end(), [](const auto& header) {
    return header.first == "Content-Encoding";
  });
  if (packed == headers.end()) return true;
  const auto coding = inflate::coding_of(packed->second);
  headers.erase(packed);
  if (!coding) return false;
  inflate::ContentDecoder decoder(*coding);
  decoder.receive(body);
  std::string plain;
  std::array<char, inflate::kPieceBytes> room;
  for (int step = 0; step < 2; ++step) {
    while (const auto piece = decoder.next(room)) {
      if (!*piece) return false;
      plain += **piece;
    }
    decoder.finish();
  }
  body = std::move(plain);
  return true;
}

/// No more of a body is kept than could be decoded.
void append(std::string_view bytes, std::string& body) {
  body +=
      bytes.substr(0, limits::kMessageBytesMax - std::min(limits::kMessageBytesMax, body.size()));
}

}  // namespace

class ExchangeBuilder::Connection {
 public:
  Connection(const http::Settings& settings, const Opened& opened, std::vector<Exchange>& complete)
      : settings_(settings),
        http_(std::in_place, settings),
        client_(opened.client),
        server_(opened.server),
        complete_(complete) {}

  void bytes(Direction direction, std::span<const char> bytes, Instant at) {
    std::vector<char> copy(bytes.begin(), bytes.end());
    read(direction, copy, at);
  }
  void missing(Direction direction) {
    for (auto& [number, exchange] : waiting_)
      (direction == Direction::ToServer ? exchange.request_body_absent
                                        : exchange.response_body_absent) = true;
    give_up();
  }
  void ended(Direction direction, StreamEnd end, Instant at);
  /// Whatever is open is complete now, as far as it goes.
  void give_up();

 private:
  struct Waiting {
    std::uint32_t number;
    Exchange exchange;
  };

  void read(Direction direction, std::span<char> bytes, Instant at);
  void handle(const http::Item& item, Instant at);
  void answered(Exchange& exchange, const http::ResponseHead& head, Instant at);
  void upgraded(const http::Upgraded& upgraded, Instant at);
  void read_frames(Direction direction, std::span<char> bytes, Instant at);
  void close(Direction by, std::optional<std::uint16_t> code, Instant at);
  [[nodiscard]] Exchange* find(std::uint32_t number) noexcept;
  void complete(Exchange exchange);

  const http::Settings& settings_;
  std::optional<http::Exchanges> http_;
  std::optional<std::array<websocket::Reader, 2>> frames_;
  Exchange websocket_;  ///< while there are frames
  std::deque<Waiting> waiting_;
  std::string client_, server_;
  std::vector<Exchange>& complete_;
};

void ExchangeBuilder::Connection::read(Direction direction, std::span<char> bytes, Instant at) {
  while (http_) {
    const http::Item item = http_->next(direction, bytes);
    if (std::holds_alternative<http::NeedMore>(item)) return;
    handle(item, at);
  }
  if (frames_) read_frames(direction, bytes, at);
}

void ExchangeBuilder::Connection::handle(const http::Item& item, Instant at) {
  if (const auto* request = std::get_if<http::RequestHead>(&item)) {
    if (!request->of_interest || !is_engine_request(request->target)) return;
    Exchange& exchange = waiting_.emplace_back(Waiting{request->exchange, {}}).exchange;
    exchange.client = client_;
    exchange.server = server_;
    exchange.method = request->method;
    exchange.target = request->target;
    exchange.request_headers = headers_of(request->headers, settings_);
    exchange.asked = exchange.answered = exchange.ended = at;
    exchange.failure = Exchange::Failure::Unknown;  // Until there is an answer.
  } else if (const auto* body = std::get_if<http::Body>(&item)) {
    if (Exchange* const exchange = find(body->exchange))
      append(body->bytes, body->direction == Direction::ToServer ? exchange->request_body
                                                                 : exchange->response_body);
  } else if (const auto* head = std::get_if<http::ResponseHead>(&item)) {
    if (Exchange* const exchange = find(head->exchange)) answered(*exchange, *head, at);
  } else if (const auto* end = std::get_if<http::ResponseEnd>(&item)) {
    if (Exchange* const exchange = find(end->exchange)) {
      exchange->ended = at;
      if (!unpack(exchange->response_headers, exchange->response_body))
        exchange->response_body_absent = true;
      complete(std::move(*exchange));
      waiting_.pop_front();
    }
  } else if (const auto* upgrade = std::get_if<http::Upgraded>(&item)) {
    upgraded(*upgrade, at);
  } else if (std::holds_alternative<http::Error>(item) ||
             std::holds_alternative<http::Tunnel>(item)) {
    give_up();
  }
}

void ExchangeBuilder::Connection::answered(Exchange& exchange, const http::ResponseHead& head,
                                           Instant at) {
  exchange.status = head.status;
  exchange.response_headers = headers_of(head.headers, settings_);
  exchange.answered = exchange.ended = at;
  exchange.failure = Exchange::Failure::None;
}

void ExchangeBuilder::Connection::upgraded(const http::Upgraded& upgraded, Instant at) {
  Exchange* const exchange = find(upgraded.exchange);
  const auto deflate = websocket::decode_extensions(upgraded.extensions);
  if (exchange == nullptr || !upgraded.websocket || !deflate) return give_up();
  const auto reader = [&](Direction direction) {
    std::optional<websocket::DeflateParameters> parameters;
    if (*deflate) parameters = (**deflate)[direction];
    return websocket::Reader(direction, parameters, limits::kMessageBytesMax);
  };
  frames_.emplace(std::array{reader(Direction::ToServer), reader(Direction::ToClient)});
  websocket_ = std::move(*exchange);
  waiting_.clear();
  std::string early(http_->early_bytes().begin(), http_->early_bytes().end());
  http_.reset();
  read_frames(Direction::ToServer, early, at);
}

void ExchangeBuilder::Connection::read_frames(Direction direction, std::span<char> bytes,
                                              Instant at) {
  while (frames_) {
    const websocket::Item item = (*frames_)[index_of(direction)].next(bytes);
    if (std::holds_alternative<websocket::NeedMore>(item)) return;
    if (const auto* message = std::get_if<websocket::Message>(&item))
      websocket_.messages.push_back({at, direction, message->type, std::string(message->payload)});
    else if (const auto* control = std::get_if<websocket::Control>(&item);
             control != nullptr && control->type == websocket::ControlType::Close)
      return close(direction, control->close_code, at);
    else if (std::holds_alternative<websocket::Error>(item))
      return give_up();
  }
}

void ExchangeBuilder::Connection::close(Direction by, std::optional<std::uint16_t> code,
                                        Instant at) {
  websocket_.close = Exchange::Close{at, by, code};
  give_up();
}

void ExchangeBuilder::Connection::ended(Direction direction, StreamEnd end, Instant at) {
  if (frames_) return close(direction, std::nullopt, at);
  if (http_ && end == StreamEnd::Fin) handle(http_->finish(direction), at);
  // A client that has nothing more to ask may still be answered.
  if (waiting_.empty() || (end == StreamEnd::Fin && direction == Direction::ToServer)) return;
  for (Waiting& one : waiting_) {
    one.exchange.failure = direction == Direction::ToServer ? Exchange::Failure::ByClient
                                                            : Exchange::Failure::ByServer;
    one.exchange.ended = at;
  }
  give_up();
}

void ExchangeBuilder::Connection::give_up() {
  if (frames_) complete(std::move(websocket_));
  for (Waiting& one : waiting_) complete(std::move(one.exchange));
  waiting_.clear();
  frames_.reset();
  http_.reset();
}

Exchange* ExchangeBuilder::Connection::find(std::uint32_t number) noexcept {
  const auto found = std::find_if(waiting_.begin(), waiting_.end(),
                                  [&](const Waiting& one) { return one.number == number; });
  return found == waiting_.end() ? nullptr : &found->exchange;
}

void ExchangeBuilder::Connection::complete(Exchange exchange) {
  complete_.push_back(std::move(exchange));
}

ExchangeBuilder::ExchangeBuilder(const http::Settings& settings) noexcept : settings_(settings) {}
ExchangeBuilder::~ExchangeBuilder() = default;

void ExchangeBuilder::observe(const Item& item) {
  if (const auto* opened = std::get_if<Opened>(&item.what)) {
    if (opened->from == Opened::From::WebSocket)
      ++holes_;
    else
      connections_.insert_or_assign(item.connection,
                                    std::make_unique<Connection>(settings_, *opened, complete_));
    return;
  }
  const auto found = connections_.find(item.connection);
  if (found == connections_.end()) return;
  Connection& connection = *found->second;
  if (const auto* bytes = std::get_if<Bytes>(&item.what)) {
    connection.bytes(bytes->direction, bytes->bytes, item.at);
  } else if (const auto* missing = std::get_if<Missing>(&item.what)) {
    ++holes_;
    connection.missing(missing->direction);
  } else if (const auto* ended = std::get_if<Ended>(&item.what)) {
    connection.ended(ended->direction, ended->end, item.at);
  }
}

void ExchangeBuilder::finish() {
  for (auto& [id, connection] : connections_) connection->give_up();
  // Those that were open come in no order of their own.
  std::stable_sort(complete_.begin(), complete_.end(),
                   [](const Exchange& a, const Exchange& b) { return a.asked < b.asked; });
  connections_.clear();
}

std::vector<Exchange> ExchangeBuilder::take() { return std::exchange(complete_, {}); }

}  // namespace core::capture
