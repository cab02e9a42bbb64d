#include "core/capture/exchange.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/http/target.hpp"

namespace core::capture {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return out;
}

/// Said anew, or not true of plain bytes. Names that begin with a colon are HTTP/2's.
bool is_left_out(std::string_view name) {
  constexpr std::array<std::string_view, 7> kNames{
      "connection",        "content-length",           "keep-alive", "proxy-connection",
      "transfer-encoding", "sec-websocket-extensions", "upgrade"};
  const std::string plain = lower(name);
  return plain.empty() || plain.front() == ':' ||
         std::find(kNames.begin(), kNames.end(), plain) != kNames.end();
}

bool has(const Exchange::Headers& headers, std::string_view wanted) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& header) { return lower(header.first) == wanted; });
}

/// Source: RFC 9110, section 5.6.2.
bool is_token(std::string_view text) noexcept {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

/// Without what would end the line: a recorder's header may hold anything.
void add_line(std::string_view name, std::string_view value, std::string& out) {
  out.append(name).append(": ");
  for (const char c : value)
    if (static_cast<unsigned char>(c) >= ' ' && c != '\x7f') out += c;
  out += kLineEnd;
}

void add_headers(const Exchange::Headers& headers, std::string& out) {
  for (const auto& [name, value] : headers)
    if (is_token(name) && !is_left_out(name)) add_line(name, value, out);
}

/// Whatever else Engine.IO is asked with, it refuses alike.
std::string_view method_of(const Exchange& exchange) noexcept {
  constexpr std::array<std::string_view, 6> kMethods{"GET",    "POST", "OPTIONS",
                                                     "DELETE", "HEAD", "PATCH"};
  const auto found = std::find(kMethods.begin(), kMethods.end(), exchange.method);
  return found == kMethods.end() ? "PUT" : *found;
}

/// What cannot stand in a request line is written as an escape.
void add_target(std::string_view target, std::string& out) {
  if (!target.starts_with('/')) out += '/';
  for (const char c : target) {
    if (c > ' ' && c < '\x7f') {
      out += c;
      continue;
    }
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 0xf];
  }
}

void add_upgrade(std::string& out) {
  add_line("Connection", "Upgrade", out);
  add_line("Upgrade", "websocket", out);
}

/// Of a body that is not recorded a byte will be missing: that there was one is all we know.
std::string length_text(std::string_view body, bool is_absent) {
  return std::to_string(is_absent ? 1 : body.size());
}

std::string request_of(const Exchange& exchange) {
  std::string out(method_of(exchange));
  out += ' ';
  add_target(exchange.target, out);
  out.append(" HTTP/1.1").append(kLineEnd);
  add_headers(exchange.request_headers, out);
  if (!has(exchange.request_headers, "host")) add_line("Host", exchange.server, out);
  if (exchange.status == 101 || has(exchange.request_headers, "upgrade")) add_upgrade(out);
  if (exchange.status == 101) {
    if (!has(exchange.request_headers, "sec-websocket-key"))
      add_line("Sec-WebSocket-Key", "c2lvc2NvcGUgYW5hbHl6ZQ==", out);
  }
  if (!exchange.request_body.empty() || exchange.method == "POST")
    add_line("Content-Length", length_text(exchange.request_body, exchange.request_body_absent),
             out);
  return out.append(kLineEnd).append(exchange.request_body);
}

bool has_no_body(const Exchange& exchange) noexcept {
  return exchange.status == 204 || exchange.status == 304 || exchange.method == "HEAD";
}

/// Of an answer that was only to be followed by one, nothing is left to tell.
bool is_answered(const Exchange& exchange) noexcept {
  return exchange.status == 101 || exchange.status / 100 != 1;
}

std::string response_head_of(const Exchange& exchange) {
  std::string out = "HTTP/1.1 " + std::to_string(exchange.status) + " Recorded";
  out += kLineEnd;
  add_headers(exchange.response_headers, out);
  if (exchange.status == 101)
    add_upgrade(out);
  else if (!has_no_body(exchange))
    add_line("Content-Length", length_text(exchange.response_body, exchange.response_body_absent),
             out);
  return out.append(kLineEnd);
}

/// A whole frame; a client's is masked with zeros. Source: RFC 6455, section 5.2.
std::string frame_of(unsigned opcode, std::string_view payload, Direction direction) {
  const unsigned mask = direction == Direction::ToServer ? 0x80 : 0;
  std::string out(1, static_cast<char>(0x80 | opcode));
  const auto add = [&out](std::uint64_t number, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(number >> (8 * i) & 0xff);
  };
  if (payload.size() < 126) {
    add(mask | payload.size(), 1);
  } else if (payload.size() < 65'536) {
    add(mask | 126, 1);
    add(payload.size(), 2);
  } else {
    add(mask | 127, 1);
    add(payload.size(), 8);
  }
  if (mask != 0) add(0, 4);
  return out.append(payload);
}

void close_both(Instant at, ConnectionId connection, Direction first, StreamEnd end,
                SortedItems& items) {
  for (const Direction direction : {first, opposite(first)})
    items.ended(at, connection, direction, end);
}

void put_websocket(const Exchange& exchange, ConnectionId connection, SortedItems& items) {
  constexpr unsigned kText = 1, kBinary = 2, kClose = 8;
  Instant latest = exchange.answered;
  for (const Exchange::Message& message : exchange.messages) {
    latest = std::max(latest, message.at);
    items.bytes(latest, connection, message.direction,
                frame_of(message.type == websocket::MessageType::Text ? kText : kBinary,
                         message.data, message.direction));
  }
  if (!exchange.close) return;
  const Exchange::Close& close = *exchange.close;
  latest = std::max(latest, close.at);
  if (!close.code) return close_both(latest, connection, close.by, StreamEnd::Reset, items);
  std::string code;
  if (*close.code != websocket::kNoCloseCode)
    code = {static_cast<char>(*close.code >> 8), static_cast<char>(*close.code & 0xff)};
  items.bytes(latest, connection, close.by, frame_of(kClose, code, close.by));
  close_both(latest, connection, close.by, StreamEnd::Fin, items);
}

}  // namespace

bool is_engine_request(std::string_view target) noexcept {
  return http::query_parameter(http::split_target(target).query, "transport").has_value();
}

void put_on_wire(const Exchange& exchange, ConnectionId connection, SortedItems& items) {
  items.opened(exchange.asked, connection, exchange.client, exchange.server, Opened::From::Start);
  items.bytes(exchange.asked, connection, Direction::ToServer, request_of(exchange));
  if (exchange.request_body_absent)
    items.missing(exchange.asked, connection, Direction::ToServer, 1);
  switch (exchange.failure) {
    case Exchange::Failure::None:
      if (is_answered(exchange)) break;
      return;
    case Exchange::Failure::Unknown:
      return;
    case Exchange::Failure::ByClient:
      return close_both(exchange.ended, connection, Direction::ToServer, StreamEnd::Reset, items);
    case Exchange::Failure::ByServer:
      return close_both(exchange.ended, connection, Direction::ToClient, StreamEnd::Reset, items);
  }
  if (exchange.status == 101) {
    items.bytes(exchange.answered, connection, Direction::ToClient, response_head_of(exchange));
    return put_websocket(exchange, connection, items);
  }

  items.bytes(exchange.answered, connection, Direction::ToClient, response_head_of(exchange));
  if (exchange.response_body_absent && !has_no_body(exchange))
    items.missing(exchange.ended, connection, Direction::ToClient, 1);
  else if (!has_no_body(exchange))
    items.bytes(exchange.ended, connection, Direction::ToClient, exchange.response_body);
  close_both(exchange.ended, connection, Direction::ToServer, StreamEnd::Fin, items);
}

}  // namespace core::capture
