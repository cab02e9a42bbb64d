#include "core/server/request.hpp"

#include "core/client/websocket_endpoint.hpp"

namespace core::server {
namespace {

std::string_view status_text(int status) noexcept {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 413:
      return "Payload Too Large";
    case 431:
      return "Request Header Fields Too Large";
    default:
      return "Internal Server Error";
  }
}

std::string_view text(Refusal refusal) noexcept {
  switch (refusal) {
    case Refusal::UnknownTransport:
      return "Transport unknown";
    case Refusal::UnknownSession:
      return "Session ID unknown";
    case Refusal::BadHandshakeMethod:
      return "Bad handshake method";
    case Refusal::BadRequest:
      return "Bad request";
    case Refusal::Forbidden:
      return "Forbidden";
    case Refusal::UnsupportedProtocol:
      return "Unsupported protocol version";
  }
  return {};
}

}  // namespace

std::string refusal_body(Refusal refusal) {
  return "{\"code\":" + std::to_string(static_cast<int>(refusal)) + ",\"message\":\"" +
         std::string(text(refusal)) + "\"}";
}

EngineQuery parse_query(std::string_view target) noexcept {
  EngineQuery query;
  const auto mark = target.find('?');
  query.path = target.substr(0, mark);
  if (mark == std::string_view::npos) return query;

  std::string_view rest = target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(pair.size() == rest.size() ? rest.size() : pair.size() + 1);
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = pair.substr(0, equals);
    if (name == "transport") query.transport = pair.substr(equals + 1);
    if (name == "sid") query.sid = pair.substr(equals + 1);
    if (name == "EIO") query.eio = pair.substr(equals + 1);
    if (name == "b64") query.b64 = pair.substr(equals + 1);
  }
  return query;
}

std::string encode_response(int status, std::string_view type, std::string_view body,
                            const client::HttpMessage& request) {
  std::string bytes = "HTTP/1.1 " + std::to_string(status) + ' ';
  bytes += status_text(status);
  if (!type.empty()) bytes.append("\r\nContent-Type: ").append(type);
  if (status != 204) bytes.append("\r\nContent-Length: ").append(std::to_string(body.size()));
  if (const auto origin = request.header("origin"); !origin.empty()) {
    bytes.append("\r\nAccess-Control-Allow-Origin: ").append(origin);
    bytes += "\r\nAccess-Control-Allow-Credentials: true";
  }
  if (status == 204)
    bytes +=
        "\r\nAccess-Control-Allow-Methods: GET,POST\r\nAccess-Control-Allow-Headers: content-type";
  bytes += "\r\nCache-Control: no-store\r\nConnection: ";
  bytes += request.keep_alive ? "keep-alive\r\n\r\n" : "close\r\n\r\n";
  if (request.method != "HEAD") bytes += body;
  return bytes;
}

std::string encode_switch(const client::HttpMessage& request) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         client::accept_key(request.header("sec-websocket-key")) + "\r\n\r\n";
}

}  // namespace core::server
