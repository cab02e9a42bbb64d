#include "rules/storm/reconnect_loop.hpp"

#include <chrono>
#include <utility>

#include "core/limits.hpp"
#include "rules/exchange.hpp"

namespace rules::storm {

using core::Direction;
using core::Instant;
using core::session::CloseCause;
using core::session::Fact;
using core::session::FactKind;
using core::session::Session;
using namespace std::chrono_literals;

const Description ReconnectLoop::kDescription{
    .id = "storm/reconnect-loop",
    .severity = Severity::Error,
    .summary = "A client loses one session after the other to the same thing.",
    .why =
        "It connects, meets what ended its last session, and connects again: its back-off is reset "
        "each time, so this goes on for ever, and with leaking clients leaves a session behind "
        "each time.",
    .proof =
        "Five sessions or more within 60 s, each its client's next one, each ended by the same: a "
        "packet refused for the same reason, a message too big, or \"Session ID unknown\": likely, "
        "since that they are one client's is inferred.",
    .silent =
        "The sessions are of different clients, ended for different reasons, or the client had a "
        "session in between that went well.",
    .remedy = "Cure what ends them: the finding names it, and its own rule tells more.",
    .source = "socketio/socket.io-client#1557, #1518; socketio/socket.io#4433",
};

namespace {

constexpr std::uint32_t kLoop = 5;
constexpr auto kWindow = 60s;

}  // namespace

void ReconnectLoop::observe(const Fact& fact) {
  if (fact.session == nullptr) return;
  const Session& session = *fact.session;
  constexpr std::uint16_t kTooBigCode = 1009;
  switch (fact.kind) {
    case FactKind::Malformed:
      if (fact.direction == Direction::ToClient)
        met(session, fact.at, Fault::Server,
            "a packet that its parser refuses (" + std::string(fact.refusal->reason) + ")",
            packet_of(fact, std::string(fact.refusal->reason)));
      return;
    case FactKind::Answered:
      if (refusal_of(*fact.exchange) == Refusal::TooBig)
        met(session, fact.at, Fault::Client, "a message too big", response_of(fact, {}));
      return;
    default:
      if (session.cause == CloseCause::UnknownToServer)
        met(session, fact.at, Fault::Server, "\"Session ID unknown\"",
            end_of(session, "Session ID unknown"));
      else if (session.cause == CloseCause::ServerClose && session.close_code == kTooBigCode)
        met(session, fact.at, Fault::Client, "a message too big",
            end_of(session, "WebSocket Close 1009"));
      return;
  }
}

void ReconnectLoop::met(const Session& session, Instant at, Fault fault, std::string reason,
                        Evidence evidence) {
  if (links_.contains(session.id)) return;  // The first one counts: it is what the client met.
  forget(at);
  Link link{std::move(reason), at, 1, static_cast<std::uint64_t>(session.id), {}};
  const auto before = links_.find(session.predecessor);
  if (before != links_.end() && before->second.reason == link.reason) {
    link.depth = before->second.depth + 1;
    link.chain = before->second.chain;
    link.earlier = before->second.earlier;
    link.earlier.push_back(before->second.at);
    if (link.earlier.size() >= kLoop) link.earlier.pop_front();
  }
  const Link& known = links_.emplace(session.id, std::move(link)).first->second;
  if (known.depth < kLoop || known.earlier.front() + kWindow < at) return;

  const auto [finding, is_new] = tell_at_large(known.chain, at, Confidence::Likely, fault);
  finding.session = ref(session);
  finding.client = session.client;
  finding.grade = session.continues;
  finding.count = known.depth;
  if (is_new) finding.first_seen = known.earlier.front();
  finding.summary = "A client lost " + std::to_string(known.depth) +
                    " sessions in a row to the same: " + known.reason + ".";
  add(finding, std::move(evidence));
}

/// Links as long as their sessions are remembered, and so many at most.
void ReconnectLoop::forget(Instant at) {
  while (!links_.empty() && (links_.size() >= core::limits::kClosedSessionsMax ||
                             links_.begin()->second.at + kWindow < at))
    links_.erase(links_.begin());
}

}  // namespace rules::storm
