#include "rules/leak/engine_left_open.hpp"

#include <chrono>

namespace rules::leak {
namespace {

using namespace std::chrono_literals;

/// Clients close in the same tick in which they leave the last namespace.
constexpr auto kPatience = 10s;

}  // namespace

using core::session::Fact;
using core::session::Session;

const Description EngineLeftOpen::kDescription{
    .id = "leak/engine-left-open",
    .severity = Severity::Warning,
    .summary = "A client left every namespace, and keeps its connection open.",
    .why =
        "The server keeps the session, pings it and gets answers, and nobody uses it: `disconnect` "
        "was handled, the connection was not.",
    .proof =
        "A DISCONNECT for each namespace it had joined, and 10 s later the session is open "
        "and none was joined again: certain.",
    .silent =
        "The session closed, joined a namespace, or speaks Engine.IO 3 (whose clients never "
        "leave the root).",
    .remedy =
        "Close the engine with the last namespace: socket.disconnect() of the stock client "
        "does (before 4.4.0 not where another namespace was refused); of a Manager that is kept, "
        "call manager.close().",
    .source = "socketio/socket.io-client#1133",
};

void EngineLeftOpen::observe(const Fact& fact) {
  if (fact.session->eio != 3 && fact.session->said_goodbye())
    wake_me(fact.at + kPatience, *fact.session);
}

void EngineLeftOpen::due(core::Instant at, std::uint64_t key) {
  const Session* const session = session_of(key);
  if (session == nullptr || !session->open || !session->said_goodbye() || has_told(*session))
    return;
  const auto [finding, is_new] = tell(*session, at, Confidence::Certain, Fault::Client);
  finding.first_seen = at - kPatience;
  finding.summary = "Every namespace of a session was left, and " + text_of(kPatience) +
                    " later its connection is still open.";
  add(finding, {at - kPatience,
                core::Direction::ToServer,
                session->id,
                What::Packet,
                {},
                false,
                "the last namespace was left"});
  add(finding, {at,
                core::Direction::ToServer,
                session->id,
                What::Silence,
                {},
                false,
                "no namespace was joined since, and nobody closed"});
}

}  // namespace rules::leak
