#include "rules/exchange.hpp"

#include <utility>

namespace rules {

using core::HttpMethod;
using core::TransportName;
using core::session::ExchangeFact;
using core::session::Fact;

namespace {

core::SessionId id_of(const Fact& fact) noexcept {
  return fact.session == nullptr ? core::SessionId::None : fact.session->id;
}

std::string_view method_of(HttpMethod method) noexcept {
  switch (method) {
    case HttpMethod::Get:
      return "GET";
    case HttpMethod::Post:
      return "POST";
    case HttpMethod::Options:
      return "OPTIONS";
    case HttpMethod::Other:
      break;
  }
  return "a request";
}

}  // namespace

Refusal refusal_of(const ExchangeFact& exchange) noexcept {
  const auto& [request, response] = std::pair(exchange.request, exchange.response);
  const bool websocket = request.transport == TransportName::WebSocket;
  if (response.status < 400 || request.preflight || request.method == HttpMethod::Other)
    return Refusal::None;
  // After a 101 there is no reason but this one that a server gives so, and no code.
  if (exchange.raw) return request.eio == 3 ? Refusal::Revision : Refusal::Rejected;
  switch (response.engine_error) {
    case 1:
      return Refusal::UnknownSid;
    case 5:
      return Refusal::Revision;
    case 3:
      return websocket && !request.asks_upgrade ? Refusal::UpgradeLost : Refusal::Rejected;
    case 0:
    case 2:
    case 4:
      return Refusal::Rejected;
    default:
      break;
  }
  if (response.status == 413) return Refusal::TooBig;
  // Node's own servers answer so what asks for no upgrade.
  if (websocket && !request.asks_upgrade && (response.status == 400 || response.status == 426))
    return Refusal::UpgradeLost;
  if (exchange.overlaps && (response.status == 400 || response.status == 500))
    return Refusal::Overlap;
  const bool foreign = response.html && response.status < 500;
  return response.status == 403 || response.status == 404 || foreign ? Refusal::Rejected
                                                                     : Refusal::None;
}

Evidence request_of(const Fact& fact, std::string note) {
  const auto& request = fact.exchange->request;
  std::string text(method_of(request.method));
  text += request.transport == TransportName::WebSocket ? ", websocket" : ", polling";
  if (request.eio != 0) text += ", EIO=" + std::to_string(request.eio);
  if (!note.empty()) text.append(": ").append(note);
  return {fact.exchange->asked, core::Direction::ToServer, id_of(fact), What::Request, {}, false,
          std::move(text)};
}

Evidence response_of(const Fact& fact, std::string note) {
  const auto& response = fact.exchange->response;
  std::string text = "HTTP " + std::to_string(response.status);
  if (const std::string_view error = error_text(response.engine_error); !error.empty())
    text.append(", ").append(error);
  if (fact.exchange->raw) text += ", after its 101, where frames should be";
  if (!note.empty()) text.append(": ").append(note);
  return {fact.at,        core::Direction::ToClient, id_of(fact), What::Response, {}, false,
          std::move(text)};
}

std::string_view error_text(std::int8_t code) noexcept {
  switch (code) {
    case 0:
      return "Transport unknown";
    case 1:
      return "Session ID unknown";
    case 2:
      return "Bad handshake method";
    case 3:
      return "Bad request";
    case 4:
      return "Forbidden";
    case 5:
      return "Unsupported protocol version";
    default:
      return {};
  }
}

std::string generation_of(std::uint8_t eio) {
  if (eio == 4) return "a client of Engine.IO 4 (Socket.IO 3 or later)";
  if (eio == 3) return "a client of Engine.IO 3 (Socket.IO 1 or 2)";
  if (eio == 0) return "a client that names no Engine.IO revision";
  return "a client of Engine.IO " + std::to_string(eio);
}

}  // namespace rules
