#include "rules/duplicate/recovery_redelivery.hpp"

namespace rules::duplicate {

using core::Direction;
using core::session::Fact;
using core::session::Grade;
using core::session::Namespace;
using core::session::Session;

const Description RecoveryRedelivery::kDescription{
    .id = "duplicate/recovery-redelivery",
    .severity = Severity::Error,
    .summary = "A client was recovered from the same offset twice, and got the same events again.",
    .why =
        "Events that recovery replays without an offset of their own do not move the client's "
        "on, so each recovery delivers them once more, and handlers run again.",
    .proof =
        "The CONNECTs of two sessions of one socket (recovery pid) present the same offset, "
        "events were sent to the first of them and its client showed that it had them by "
        "speaking again, and the second was recovered with a replay: certain.",
    .silent =
        "The first one's connection broke before its client spoke, so it may not have got "
        "the replay.",
    .remedy =
        "Upgrade the adapter: replayed packets must carry their offset "
        "(@socket.io/redis-streams-adapter 0.2.3 or later).",
    .source = "socketio/socket.io#5419; socketio/socket.io-redis-streams-adapter#39",
};

void RecoveryRedelivery::observe(const Fact& fact) {
  Session& session = *fact.session;
  Namespace* const now = session.find_namespace(fact.connect->ns);
  if (now == nullptr || now->presented_offset == 0 || now->pid != now->presented_pid ||
      now->delivered == 0 || session.continues != Grade::RecoveryPid)
    return;
  Session* const last_life = context_.tracker.find(session.predecessor);
  const Namespace* const before =
      last_life == nullptr ? nullptr : last_life->find_namespace(now->hash);
  if (before == nullptr || before->presented_pid != now->presented_pid ||
      before->presented_offset != now->presented_offset || before->delivered == 0 ||
      last_life->heartbeat.heard_at <= last_life->connecting)
    return;
  const auto [finding, is_new] =
      tell(session, fact.at, Confidence::Certain, Fault::Server, now->hash);
  finding.count = now->delivered;
  finding.grade = Grade::RecoveryPid;
  finding.direction = Direction::ToClient;
  finding.summary =
      "A client was recovered twice from the same offset: " + std::to_string(now->delivered) +
      " events that it had were replayed to it once more.";
  add(finding, {last_life->connecting,
                Direction::ToServer,
                last_life->id,
                What::Handshake,
                {},
                false,
                "recovered from this offset, and got events"});
  add(finding, {session.connecting,
                Direction::ToServer,
                session.id,
                What::Handshake,
                {},
                false,
                "asks to be recovered from the same offset"});
  add(finding, packet_of(fact, "recovered; the replay came before this"));
}

}  // namespace rules::duplicate
