#include "rules/leak/superseded_session.hpp"

#include "core/limits.hpp"

namespace rules::leak {

using core::Direction;
using core::Instant;
using core::SessionId;
using core::session::ClientKeyNames;
using core::session::Fact;
using core::session::FactKind;
using core::session::Session;

const Description SupersededSession::kDescription{
    .id = "leak/superseded-session",
    .severity = Severity::Error,
    .summary = "A client went on in a new session, and its old one lives on.",
    .why =
        "As after a parse error: the server keeps and serves two sessions for one client, and one "
        "more each time. Several reconnects that race, disconnect and connect in one tick, or a "
        "handler that throws (client 4.5.2) do it without a bad packet.",
    .proof =
        "The new session's CONNECT presents the recovery pid of the old one, and the old one "
        "answers a later ping, or polls again: certain. Two live sessions of one page "
        "(--client-key ...,per-page): likely.",
    .silent =
        "The old session never answered again: its network was gone, which is the usual reason to "
        "come back. Or nothing names the "
        "client better than a user or a browser does: two tabs look the same.",
    .remedy =
        "Upgrade socket.io-client to 4.8.0 or later; keep one Manager per page, and do not call "
        "connect() while a reconnect is under way.",
    .source =
        "socketio/socket.io#3354, #430, #2668, #3402; socketio/socket.io-client#1274; "
        "rikulo/socket.io-client-dart#258",
};

void SupersededSession::observe(const Fact& fact) {
  Session& session = *fact.session;
  if (fact.kind == FactKind::Connecting) {
    if (session.connecting == fact.at) arrived(session);
    return;
  }
  if (pairs_.empty()) return;
  const auto found = pairs_.find(session.id);
  if (found == pairs_.end()) return;
  const Pair pair = found->second;
  const bool by_client = fact.direction == Direction::ToServer;
  if (fact.kind == FactKind::Closed) {
    pairs_.erase(found);
    return;
  }
  // As in leak/orphan-after-parse-error: what was sent after NEW's CONNECT, and answered.
  if (fact.kind == FactKind::Pong && by_client && session.heartbeat.ping_at > pair.succeeded)
    lives(session, pair, fact.at, What::Pong);
  if (fact.kind == FactKind::Ping && by_client &&
      fact.at - core::limits::kInFlightMax > pair.succeeded)
    lives(session, pair, fact.at, What::Ping);
  if (fact.kind == FactKind::Poll && fact.at > pair.succeeded + core::limits::kOverlapGrace)
    lives(session, pair, fact.at, What::Request);
}

void SupersededSession::arrived(Session& session) {
  const auto pair_with = [&](const Session* old, Grade grade) {
    if (old == nullptr || !old->open || old->id == session.id || context_.lineage.is_left(old->id))
      return false;
    pairs_[old->id] = {session.id, session.connecting, grade};
    context_.suspicions.push_back({old->id, session.id, std::nullopt});
    return true;
  };
  if (session.continues == Grade::RecoveryPid &&
      pair_with(context_.tracker.find(session.predecessor), Grade::RecoveryPid))
    return;
  if (session.client_key == 0 || context_.settings.key_names != ClientKeyNames::Page) return;
  const auto [page, is_new] = pages_.try_emplace(session.client_key, session.id);
  if (is_new) return;
  pair_with(context_.tracker.find(page->second), Grade::ClientKey);
  page->second = session.id;
}

SupersededSession::Told SupersededSession::told_pair(const Session& old, const Pair& pair,
                                                     Instant at, Confidence confidence) {
  Told result = tell(old, at, confidence, Fault::Client);
  Finding& finding = result.finding;
  finding.grade = pair.grade;
  finding.first_seen = pair.succeeded;
  if (const Session* const successor = context_.tracker.find(pair.successor))
    finding.successor = ref(*successor);
  finding.count = 1;
  if (!result.is_new) return result;
  finding.summary = "A client went on in a new session, and its old one is still open.";
  add(finding,
      {old.opened, Direction::ToClient, old.id, What::Handshake, {}, false, "the old session"});
  add(finding, {pair.succeeded,
                Direction::ToServer,
                pair.successor,
                What::Packet,
                {},
                false,
                pair.grade == Grade::RecoveryPid ? "its CONNECT presents the old one's recovery pid"
                                                 : "a new session of the same page"});
  return result;
}

void SupersededSession::lives(Session& old, const Pair& pair, Instant at, What sign) {
  if (has_told(old) || context_.lineage.is_left(old.id)) return;
  const bool exact = pair.grade == Grade::RecoveryPid;
  const auto [finding, is_new] =
      told_pair(old, pair, at, exact ? Confidence::Certain : Confidence::Likely);
  context_.suspicions.push_back(
      {old.id, pair.successor, leak::Standing{finding.confidence, pair.successor, pair.grade}});
  add(finding, {at,
                Direction::ToServer,
                old.id,
                sign,
                {},
                false,
                "the old session is alive after its client went on"});
}

}  // namespace rules::leak
