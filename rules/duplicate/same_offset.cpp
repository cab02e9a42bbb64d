#include "rules/duplicate/same_offset.hpp"

#include "rules/memory.hpp"
#include "rules/message.hpp"

namespace rules::duplicate {

using core::Direction;
using core::Instant;
using core::session::Fact;

const Description SameOffset::kDescription{
    .id = "duplicate/same-offset",
    .severity = Severity::Error,
    .summary = "An event was sent to a client twice, with the same recovery offset.",
    .why =
        "Each broadcast has an offset of its own, so this is one broadcast, delivered twice: the "
        "application's handler runs twice.",
    .proof =
        "The same event with the same offset twice on one session, in a namespace where connection "
        "state recovery is on: certain.",
    .silent =
        "Recovery is off (events then have no offset), the event is volatile or asks for an ack, "
        "or it was sent again on another session, as recovery does.",
    .remedy =
        "Look for a second path from the emit to the client: an adapter that publishes what "
        "another one publishes too, an emit that is forwarded and also broadcast, or a replay of "
        "what is still on its way as news (@socket.io/redis-streams-adapter).",
    .source = "Socket.IO, \"Connection state recovery\"; socketio/socket.io-redis-adapter#477",
};

void SameOffset::observe(const Fact& fact) {
  if (!fact.message.offset || fact.message.keyed) return;
  Seen& offsets = made(memory_of(*fact.session).offsets);
  const std::uint64_t sent = fact.message.arguments ^ fact.message.topic;
  const Instant before = offsets.when(sent);
  if (before == Instant{}) return offsets.add(sent, fact.at);

  const auto [finding, is_new] =
      tell(*fact.session, fact.at, Confidence::Certain, Fault::Server, fact.message.topic);
  context_.copies.of(fact.message.topic, Direction::ToClient).extra += 1;
  if (!is_new) return;
  context_.copies.of(fact.message.topic, Direction::ToClient).doubled += 1;
  finding.direction = Direction::ToClient;
  finding.event = event_name(fact);
  finding.summary =
      "\"" + finding.event->event + "\" was sent twice with the same recovery offset.";
  add(finding, packet_of(fact, "sent first"));
  finding.evidence.back().at = before;
  add(finding, packet_of(fact, "and again, offset included"));
}

}  // namespace rules::duplicate
