#include "rules/ack/unknown_or_twice.hpp"

#include "rules/memory.hpp"

namespace rules::ack {

using core::Direction;
using core::session::Fact;

const Description UnknownOrTwice::kDescription{
    .id = "ack/unknown-or-twice",
    .severity = Severity::Warning,
    .summary = "An ACK came that nothing waits for.",
    .why =
        "It was sent twice, or for another session's event: whoever really waits gets no answer.",
    .proof =
        "An ACK with an id that was answered before, or that the other side never used in this "
        "session: certain. In a session whose client had been here before: possible, since it "
        "may answer what its last one was asked.",
    .silent = "Part of the session went by undecoded, or more than 16 events waited at once.",
    .remedy =
        "Answer once: guard the callback on paths that may both run; do not keep callbacks "
        "across reconnects.",
    .source = "socketio/socket.io-client-java#446; Socket.IO protocol v5, \"ACK\"",
};

void UnknownOrTwice::observe(const Fact& fact) {
  if (!fact.message->ack || fact.message->id == core::kNoId || fact.session->gaps != 0) return;
  Remembered* const memory = remembered(fact.session);
  const Direction asks = core::opposite(fact.direction);
  AckBook* const book =
      memory == nullptr ? nullptr : memory->acks[static_cast<std::size_t>(asks)].get();
  const AckBook::Request* const request =
      book == nullptr ? nullptr : book->find(fact.message->ns, fact.message->id);
  if (request != nullptr && request->waits) return;
  if (request == nullptr && book != nullptr && book->lost_track()) return;

  const bool twice = request != nullptr;
  const bool by_client = fact.direction == Direction::ToServer;
  // Of a client that had a session before, or may have had one that nobody saw.
  const bool may_be_older = fact.session->life != 1 || !context_.tracker.knows_all_sessions();
  const auto [finding, is_new] = tell(
      *fact.session, fact.at, !twice && may_be_older ? Confidence::Possible : Confidence::Certain,
      by_client ? Fault::Client : Fault::Server,
      std::uint64_t{twice} << 1 | static_cast<std::uint64_t>(fact.direction));
  add(finding, packet_of(fact, twice ? "answered before" : "nothing with this id waits"));
  if (!is_new) return;
  finding.direction = fact.direction;
  const std::string who = by_client ? "The client" : "The server";
  const std::string id = std::to_string(fact.message->id);
  if (twice) {
    finding.event = context_.topics.name_of(request->topic, asks);
    finding.summary = who + " acknowledged \"" + finding.event->event + "\" (id " + id + ") twice.";
  } else {
    finding.summary =
        who + " sent an ACK with id " + id + ", which nothing waits for in this session.";
  }
}

}  // namespace rules::ack
