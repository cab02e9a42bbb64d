#include "rules/ack/unanswered.hpp"

#include <chrono>

#include "rules/memory.hpp"
#include "rules/message.hpp"

namespace rules::ack {
namespace {

using namespace std::chrono_literals;

/// What is asked so shortly before the end was on its way.
constexpr auto kOnItsWay = 1s;
/// Nobody works on an answer for so long without a timeout of his own.
constexpr auto kPatience = 30s;
/// The watch may end in the middle of work.
constexpr auto kPatienceAtEnd = 5s;

constexpr core::Direction kBoth[] = {core::Direction::ToServer, core::Direction::ToClient};

std::string_view end_text(core::session::CloseCause cause) noexcept {
  using core::session::CloseCause;
  switch (cause) {
    case CloseCause::ClientClose:
      return "the client closed the session";
    case CloseCause::ClientGone:
      return "the client's connection broke";
    case CloseCause::ServerClose:
      return "the server closed the session";
    case CloseCause::ServerGone:
      return "the server's connection broke";
    case CloseCause::UnknownToServer:
      return "the server no longer knew the session";
    case CloseCause::Silence:
      return "the client fell silent";
  }
  return "the session ended";
}

}  // namespace

using core::Direction;
using core::Instant;
using core::session::Fact;
using core::session::FactKind;
using core::session::Session;

const Description Unanswered::kDescription{
    .id = "ack/unanswered",
    .severity = Severity::Warning,
    .summary = "An event asked to be acknowledged, and never was.",
    .why =
        "Its sender waits for ever, or runs into its timeout: a promise that hangs, memory that "
        "stays.",
    .proof =
        "The EVENT with its ack id, and no ACK with that id for 30 s, or until the session "
        "ended more than a second later: certain. Still open when the watch ends, after 5 s: "
        "possible.",
    .silent =
        "The session ended within a second, part of it went by undecoded, or more than 16 "
        "were in flight at once (then only the latest are followed).",
    .remedy =
        "Call the callback on every path of the handler, errors included; on the asking side "
        "use socket.timeout(). If the session is an orphan, cure the leak.",
    .source = "socketio/socket.io#3152, #4964, #2275; rikulo/socket.io-client-dart#159",
};

void Unanswered::observe(const Fact& fact) {
  Session& session = *fact.session;
  if (fact.kind == FactKind::Ping) return look(session, fact.at, kPatience, When::Open);
  if (fact.kind == FactKind::Closed) return look(session, fact.at, kOnItsWay, When::Closed);
  if (fact.message->id == core::kNoId) return;
  if (!fact.message->ack) {
    made(memory_of(session).acks[static_cast<std::size_t>(fact.direction)])
        .add({fact.message->topic, content_of(*fact.message), fact.at, fact.message->ns,
              fact.message->id, true, false});
    return;
  }
  Remembered* const memory = remembered(&session);
  if (memory == nullptr) return;
  const auto& book = memory->acks[static_cast<std::size_t>(core::opposite(fact.direction))];
  if (book == nullptr) return;
  AckBook::Request* const request = book->find(fact.message->ns, fact.message->id);
  if (request == nullptr) return;
  if (request->waits)
    context_.traffic.acks[core::index_of(core::opposite(fact.direction))].add(fact.at - request->at,
                                                                              Traffic::kLatencies);
  request->waits = false;
}

void Unanswered::look(Session& session, Instant at, core::Duration patience, When when) {
  Remembered* const memory = remembered(&session);
  if (memory == nullptr || session.gaps != 0) return;
  for (const Direction direction : kBoth) {
    const auto& book = memory->acks[static_cast<std::size_t>(direction)];
    if (book == nullptr) continue;
    for (AckBook::Request& request : book->requests()) {
      if (!request.waits || request.told || request.at + patience > at) continue;
      request.told = true;
      const bool by_client = direction == Direction::ToServer;
      const core::session::Bond* const orphaned = context_.lineage.bond(session.id);
      const auto [finding, is_new] =
          tell(session, at, when == When::WatchEnded ? Confidence::Possible : Confidence::Certain,
               by_client ? Fault::Server : Fault::Client,
               request.topic << 1 | static_cast<std::uint64_t>(direction));
      add(finding, {request.at,
                    direction,
                    session.id,
                    What::Packet,
                    {},
                    false,
                    "asks for an ack, with id " + std::to_string(request.id)});
      if (!is_new) continue;
      finding.first_seen = request.at;
      finding.direction = direction;
      finding.event = context_.topics.name_of(request.topic, direction);
      finding.summary = "\"" + finding.event->event + "\" to the " +
                        (by_client ? "server" : "client") + " was not acknowledged: ";
      if (!by_client && orphaned != nullptr)
        finding.summary += "its session was left behind, and nobody listens there.";
      else if (when == When::Closed)
        finding.summary.append(end_text(session.cause))
            .append(" ")
            .append(text_of(at - request.at))
            .append(" later.");
      else
        finding.summary += "no answer for " + text_of(at - request.at) + ".";
      if (when == When::Closed) add(finding, end_of(session, "the session ends"));
    }
  }
}

void Unanswered::finish(const Ending& ending) {
  for (const core::SessionId id : context_.tracker.all()) {
    Session* const session = context_.tracker.find(id);
    if (session->open) look(*session, ending.at, kPatienceAtEnd, When::WatchEnded);
  }
}

}  // namespace rules::ack
