#include "rules/handshake/rejected.hpp"

#include "rules/exchange.hpp"
#include "rules/handshake/protocol_version.hpp"

namespace rules::handshake {

using core::session::ExchangeFact;
using core::session::Fact;
using core::session::FactKind;

const Description Rejected::kDescription{
    .id = "handshake/rejected",
    .severity = Severity::Error,
    .summary = "A client was turned away: by the server, by a namespace, or by another server.",
    .why = "It is not connected, and stock clients try again for ever.",
    .proof =
        "The answer: an Engine.IO error code, 403, or 404, a page or anything else that is no "
        "handshake where one was asked for (no Socket.IO server, or another `--path`); a "
        "CONNECT_ERROR \"Invalid namespace\": certain. What may be meant (a middleware's own "
        "CONNECT_ERROR, as info; error 4 of `allowRequest`) is possible.",
    .silent =
        "Another handshake rule tells it, the server is down (5xx), or it is no handshake's "
        "business.",
    .remedy =
        "Compare the path, transports, origin rules and namespaces of both sides; the evidence "
        "holds the server's own words.",
    .source = "socket.io, \"Troubleshooting connection issues\"; engine.io, connection_error codes",
};

namespace {

enum Subject : std::uint64_t {
  kRaw = 1,
  kForbidden,
  kForeign,
  kMiddleware,
  kCode = 16,                           ///< and Engine.IO's code
  kNamespace = std::uint64_t{1} << 32,  ///< and the namespace's hash
};

std::string_view meaning(std::int8_t code) noexcept {
  switch (code) {
    case 0:
      return "it does not serve the transport that was asked for (its option `transports`)";
    case 2:
      return "a session begins with a GET";
    case 3:
      return "the request does not fit its session's transport, or its origin is not allowed";
    default:
      return "`allowRequest` refused it";
  }
}

}  // namespace

void Rejected::observe(const Fact& fact) {
  switch (fact.kind) {
    case FactKind::Answered:
      return answered(fact);
    case FactKind::NoHandshake:
      if (fact.exchange->response.status == 200 && !is_v3_payload(fact.excerpt))
        foreign(fact, {fact.at, core::Direction::ToClient, core::SessionId::None, What::Response,
                       std::string(fact.excerpt), fact.truncated, "HTTP 200, and no handshake"});
      return;
    default:
      return refused(fact);
  }
}

void Rejected::answered(const Fact& fact) {
  const ExchangeFact& exchange = *fact.exchange;
  if (refusal_of(exchange) != Refusal::Rejected) return;
  const std::int8_t code = exchange.response.engine_error;
  const std::uint16_t status = exchange.response.status;
  if (code < 0 && !exchange.raw && status != 403) {
    if (exchange.asks_new) foreign(fact, response_of(fact, {}));
    return;
  }
  const std::uint64_t subject = exchange.raw ? kRaw
                                : code < 0   ? kForbidden
                                             : kCode + static_cast<std::uint64_t>(code);
  // An application may well want to refuse strangers. Before it stands maybe somebody else who
  // does.
  const Confidence confidence = code == 4               ? Confidence::Possible
                                : subject == kForbidden ? Confidence::Likely
                                                        : Confidence::Certain;
  const auto [finding, is_new] = tell_at_large(subject, fact.at, confidence, Fault::Unknown);
  if (is_new) {
    if (subject == kRaw)
      finding.summary = "The server agreed to a WebSocket and then refused it.";
    else if (subject == kForbidden)
      finding.summary = "A request was answered with 403 by somebody who gives no Engine.IO error.";
    else
      finding.summary = "The server turned a client away: " + std::string(meaning(code)) + ".";
  }
  add(finding, request_of(fact));
  add(finding, response_of(fact, {}));
}

void Rejected::foreign(const Fact& fact, Evidence answer) {
  const auto [finding, is_new] =
      tell_at_large(kForeign, fact.at, Confidence::Certain, Fault::Unknown);
  if (is_new)
    finding.summary =
        "What answers at this path is no Socket.IO server: the path is wrong, or the server is.";
  add(finding, request_of(fact));
  add(finding, std::move(answer));
}

void Rejected::refused(const Fact& fact) {
  // One that nobody asked for is nobody's refusal; one without words is protocol/crashing-packet's.
  if (fact.direction != core::Direction::ToClient ||
      fact.session->find_namespace(fact.message->ns) == nullptr ||
      fact.excerpt.find_first_of("{\"") == std::string_view::npos)
    return;
  const bool invalid = fact.excerpt.find("\"Invalid namespace\"") != std::string_view::npos;
  const auto [finding, is_new] =
      tell_at_large(invalid ? kNamespace + fact.message->ns : kMiddleware, fact.at,
                    invalid ? Confidence::Certain : Confidence::Possible,
                    invalid ? Fault::Client : Fault::Unknown);
  if (is_new) {
    finding.session = ref(*fact.session);
    finding.client = fact.session->client;
    finding.direction = fact.direction;
    if (!invalid) regrade(finding, Severity::Info);
    finding.summary = invalid ? "A client asked for a namespace that the server does not have."
                              : "The server refused a client a namespace, with words of its own: a "
                                "middleware decided so.";
  }
  add(finding, packet_of(fact, "CONNECT_ERROR"));
}

}  // namespace rules::handshake
