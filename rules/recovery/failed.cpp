#include "rules/recovery/failed.hpp"

namespace rules::recovery {

using core::Direction;
using core::session::CloseCause;
using core::session::Fact;
using core::session::Grade;
using core::session::Namespace;
using core::session::Session;

const Description Failed::kDescription{
    .id = "recovery/failed",
    .severity = Severity::Warning,
    .summary =
        "A client asked to be recovered and was not, or is recovered while its old session "
        "lives.",
    .why =
        "Events sent in between are lost, and so are rooms and data; `socket.recovered` is false. "
        "One socket in two sessions gets everything twice.",
    .proof =
        "The CONNECT presents a pid and an offset, and the answer grants another pid, or none: "
        "certain. The same pid granted while its old session is open: error, certain. After a "
        "server went away, which forgets everybody: possible, and told as info. Where the old "
        "session may have gone by unobserved: possible.",
    .silent = "Recovered; or it had no offset (recovery/impossible).",
    .remedy =
        "See why the old state was gone: maxDisconnectionDuration too short, another process "
        "without a shared adapter, an adapter that cannot recover, or a session that is still "
        "open because its client leaked it.",
    .source = "socketio/socket.io#4880, #4733; Socket.IO, \"Connection state recovery\"",
};

void Failed::observe(const Fact& fact) {
  Session& session = *fact.session;
  const Namespace* const ns = session.find_namespace(fact.connect->ns);
  if (ns == nullptr || ns->presented_pid == 0 || ns->presented_offset == 0) return;
  const Session* const old = session.continues == Grade::RecoveryPid
                                 ? context_.tracker.find(session.predecessor)
                                 : nullptr;
  const bool recovered = ns->pid == ns->presented_pid;
  const bool old_open = old != nullptr && old->open;
  if (recovered && !old_open) return;

  const bool server_left = old != nullptr && !old->open && !core::session::by_client(old->cause) &&
                           old->cause != CloseCause::Silence && !old->given_up(old->closed);
  const bool all_known = old != nullptr || context_.tracker.knows_all_sessions();
  const auto [finding, is_new] =
      tell(session, fact.at, server_left || !all_known ? Confidence::Possible : Confidence::Certain,
           Fault::Server, ns->hash);
  if (!is_new) return;
  finding.direction = Direction::ToClient;
  finding.grade = session.continues;
  if (recovered) {
    finding.summary =
        "A client was recovered while its old session is still open: one socket in two "
        "sessions.";
    regrade(finding, Severity::Error);
  } else {
    finding.summary = "A client asked to be recovered and was given a new socket: ";
    if (old_open)
      finding.summary += "its old session is still open, so the server has not let go of it.";
    else if (server_left)
      finding.summary += "the server had ended the old session, as a restart does.";
    else if (old != nullptr)
      finding.summary += "its old session had ended " + text_of(fact.at - old->closed) + " before.";
    else
      finding.summary += "the pid was given out before this watch, or by another process.";
    if (server_left) regrade(finding, Severity::Info);
  }
  if (old != nullptr && old_open)
    add(finding, {old->opened,
                  Direction::ToClient,
                  old->id,
                  What::Handshake,
                  {},
                  false,
                  "the old session, still open"});
  else if (old != nullptr)
    add(finding, end_of(*old, "the old session ended"));
  add(finding, {session.connecting,
                Direction::ToServer,
                session.id,
                What::Handshake,
                {},
                false,
                "asks to be recovered"});
  add(finding, packet_of(fact, recovered ? "recovered" : "a new socket"));
}

}  // namespace rules::recovery
