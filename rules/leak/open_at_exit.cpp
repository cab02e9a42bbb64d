#include "rules/leak/open_at_exit.hpp"

#include <chrono>

namespace rules::leak {
namespace {

using namespace std::chrono_literals;

/// What a process leaves open, the kernel ends with it; it is seen within this.
constexpr auto kByTheEnd = 250ms;

/// Whether somebody is still there: a WebSocket that stands, or a poll.
bool is_held(const core::session::Session& session, core::Instant command_ended) noexcept {
  if (!session.open) return false;
  return session.transport == core::TransportName::WebSocket || session.poll_gets != 0 ||
         session.last_request > command_ended;
}

}  // namespace

using core::Direction;
using core::SessionId;
using core::session::CloseCause;
using core::session::Session;

const Description OpenAtExit::kDescription{
    .id = "leak/open-at-exit",
    .severity = Severity::Warning,
    .summary = "The command ended, and a session was still open.",
    .why =
        "A test that does not close its sockets hides leaks of the next one, keeps runners "
        "alive, and shows what its application would forget too.",
    .proof =
        "`check` only. When the watch ends, after the command, the session's WebSocket stands or "
        "somebody polls: certain; another process holds it. It ended without a word in the "
        "moment in which the command did, or nobody polls any more: possible, and told as info, "
        "since a short program may well leave it to its end.",
    .silent = "The client closed the session, however shortly before the end.",
    .remedy = "Close every socket in the test's clean-up: afterEach(() => socket.disconnect()).",
    .source = "As goleak and Jest's --detectOpenHandles do for their kinds of leaks.",
};

void OpenAtExit::finish(const Ending& ending) {
  if (ending.command_ended == core::Instant{}) return;
  for (const SessionId id : context_.tracker.all()) {
    const Session& session = *context_.tracker.find(id);
    const bool held = is_held(session, ending.command_ended);
    const bool ended_with_it = !session.open && session.cause == CloseCause::ClientGone &&
                               session.closed + kByTheEnd >= ending.command_ended &&
                               session.closed <= ending.command_ended + kByTheEnd;
    if (!session.open && !ended_with_it) continue;
    const auto [finding, is_new] =
        tell(session, session.open ? ending.at : session.closed,
             held ? Confidence::Certain : Confidence::Possible, Fault::Client);
    finding.first_seen = session.opened;
    finding.summary = held
                          ? "A session is still open after the command has ended: another process "
                            "holds it."
                          : "The command ended without closing a session, or before it was closed.";
    if (!held) regrade(finding, Severity::Info);
    add(finding, {session.opened,
                  Direction::ToClient,
                  session.id,
                  What::Handshake,
                  {},
                  false,
                  "the session begins"});
    if (session.open)
      add(finding, {ending.at,
                    Direction::ToServer,
                    session.id,
                    What::Silence,
                    {},
                    false,
                    held ? "nobody has closed it" : "nobody has closed it, and nobody polls"});
    else
      add(finding, end_of(session, "its connection ended with the process"));
  }
}

}  // namespace rules::leak
