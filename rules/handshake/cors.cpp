#include "rules/handshake/cors.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include "core/limits.hpp"
#include "rules/exchange.hpp"

namespace rules::handshake {

using core::AllowOrigin;
using core::TransportName;
using core::session::ExchangeFact;
using core::session::Fact;
using core::session::FactKind;
using core::session::Session;

const Description Cors::kDescription{
    .id = "handshake/cors",
    .severity = Severity::Error,
    .summary = "A page of another origin may not read the server's answers.",
    .why =
        "The browser hides the handshake from the page, which tries again for ever; each try "
        "leaves a session with the server that nobody knows of.",
    .proof =
        "A polling request of another origin, an answer without Access-Control-Allow-Origin (or "
        "with `*`, or without Access-Control-Allow-Credentials, for a request with credentials; or "
        "a preflight that is refused), and nothing that follows it within 5 s: possible, and "
        "likely when it happens to the same client again.",
    .silent =
        "The client goes on (it is no browser, or Host was rewritten on the way), or travels by "
        "websocket, which knows no CORS.",
    .remedy = "Set `cors: { origin: \"https://your.page\", credentials: true }` on the server.",
    .source = "socket.io, \"Handling CORS\"; socketio/socket.io#3685, #3740",
};

namespace {

using namespace std::chrono_literals;

/// Clients use their session at once.
constexpr auto kPatience = 5s;

bool used(const Session& session) {
  return session.last_request != session.requested || session.connecting != core::Instant{} ||
         session.transport == TransportName::WebSocket || session.probed;
}

}  // namespace

Cors::Lack Cors::lack_of(const ExchangeFact& exchange) noexcept {
  const auto& request = exchange.request;
  const auto& response = exchange.response;
  if (!request.cross_origin || request.transport != TransportName::Polling) return Lack::Nothing;
  const bool granted = response.status >= 200 && response.status < 300;
  if (request.preflight)
    return granted && response.allow_origin != AllowOrigin::Nobody ? Lack::Nothing
                                                                   : Lack::Preflight;
  if (!granted) return Lack::Nothing;
  if (response.allow_origin == AllowOrigin::Nobody) return Lack::Origin;
  if (!request.credentials) return Lack::Nothing;
  if (response.allow_origin == AllowOrigin::Anybody) return Lack::Wildcard;
  return response.allows_credentials ? Lack::Nothing : Lack::Credentials;
}

std::string_view Cors::text_of(Lack lack) noexcept {
  switch (lack) {
    case Lack::Nothing:
      break;
    case Lack::Origin:
      return "it says nothing of other origins (no Access-Control-Allow-Origin)";
    case Lack::Wildcard:
      return "it allows `*`, which does not count for a request with credentials";
    case Lack::Credentials:
      return "it does not allow credentials, and the request brought some";
    case Lack::Preflight:
      return "the preflight was refused";
  }
  return {};
}

Cors::Face& Cors::face(std::uint64_t fingerprint) {
  // The faces of one kind of page are alike, so of many any may go.
  if (faces_.size() >= core::limits::kSubjectsMax && !faces_.contains(fingerprint))
    faces_.erase(faces_.begin());
  return faces_[fingerprint];
}

void Cors::observe(const Fact& fact) {
  if (fact.kind == FactKind::Opened) {
    if (latest_.lack == Lack::Nothing || fact.session->requested != latest_.asked ||
        fact.session->fingerprint != latest_.fingerprint)
      return;
    latest_.session = fact.session->id;
    doubts_.emplace(++next_, latest_);
    latest_ = {};
    return wake_me(fact.at + kPatience, next_);
  }
  const ExchangeFact& exchange = *fact.exchange;
  if (!exchange.request.cross_origin) return;
  const std::uint64_t fingerprint = exchange.request.fingerprint;
  const Lack lack = lack_of(exchange);
  if (!exchange.request.preflight) {
    face(fingerprint).asked = exchange.asked;
    if (exchange.asks_new) latest_ = {fingerprint, lack, exchange.asked};
  } else if (lack != Lack::Nothing) {
    doubts_.emplace(++next_, Doubt{fingerprint, lack, exchange.asked});
    wake_me(fact.at + kPatience, next_);
  }
}

void Cors::due(core::Instant at, std::uint64_t key) {
  const auto found = doubts_.find(key);
  if (found == doubts_.end()) return;
  const Doubt doubt = found->second;
  doubts_.erase(found);
  const Session* const session = context_.tracker.find(doubt.session);
  Face& who = face(doubt.fingerprint);
  const bool went_on = doubt.lack == Lack::Preflight ? who.asked > doubt.asked
                       : session == nullptr          ? true
                                                     : used(*session);
  if (went_on) who.minds_nothing = true;
  if (!who.minds_nothing) stayed_away(doubt.fingerprint, doubt.lack, session, doubt.asked, at);
}

void Cors::stayed_away(std::uint64_t fingerprint, Lack lack, const Session* session,
                       core::Instant asked, core::Instant at) {
  const bool again = ++face(fingerprint).refused > 1;
  const auto [finding, is_new] =
      tell_at_large(static_cast<std::uint64_t>(lack), at,
                    again ? Confidence::Likely : Confidence::Possible, Fault::Server);
  if (is_new) {
    finding.first_seen = asked;
    finding.summary = "A page of another origin asked for a session and did not go on: " +
                      std::string(text_of(lack)) + ", so its browser hid the answer.";
  }
  add(finding, {asked,
                core::Direction::ToServer,
                session == nullptr ? core::SessionId::None : session->id,
                What::Request,
                {},
                false,
                "of another origin; " + std::string(text_of(lack))});
  add(finding, {at,
                core::Direction::ToServer,
                session == nullptr ? core::SessionId::None : session->id,
                What::Silence,
                {},
                false,
                "nothing followed within " + rules::text_of(kPatience)});
}

}  // namespace rules::handshake
