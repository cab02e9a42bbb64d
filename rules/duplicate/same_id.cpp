#include "rules/duplicate/same_id.hpp"

#include "rules/memory.hpp"

namespace rules::duplicate {

using core::Direction;
using core::Instant;
using core::session::Fact;

const Description SameId::kDescription{
    .id = "duplicate/same-id",
    .severity = Severity::Error,
    .summary = "A message was sent twice: its own id, named by --dedupe-key, says so.",
    .why =
        "The application gave the two one id, so it meant one message; the receiver handles it "
        "twice.",
    .proof = "The same event with the same id twice on one session, in one direction: certain.",
    .silent =
        "No --dedupe-key names the event, the value is missing or null, or the client sent it "
        "again because it had not been acknowledged (`retries`), which is told as "
        "duplicate/retry.",
    .remedy =
        "On the sending side, look for two calls of emit for one message; on the way to "
        "clients, for two adapters or two rooms that both hold the socket. Receivers can drop "
        "ids that they know.",
    .source = "Socket.IO, \"Delivery guarantees\"",
};

void SameId::observe(const Fact& fact) {
  if (!fact.message->keyed || fact.message->ack) return;
  Remembered& memory = memory_of(*fact.session);
  const auto side = static_cast<std::size_t>(fact.direction);
  Seen& ids = made(memory.ids[side]);
  const std::uint64_t id = fact.message->arguments ^ fact.message->topic;
  const Instant before = ids.when(id);
  if (before == Instant{}) return ids.add(id, fact.at);
  if (fact.direction == Direction::ToServer && fact.message->id != core::kNoId &&
      memory.acks[side] != nullptr)
    for (const ack::AckBook::Request& request : memory.acks[side]->requests())
      if (request.waits && request.topic == fact.message->topic &&
          request.content == fact.message->arguments)
        return;

  const bool to_client = fact.direction == Direction::ToClient;
  const auto [finding, is_new] =
      tell(*fact.session, fact.at, Confidence::Certain, to_client ? Fault::Server : Fault::Client,
           fact.message->topic << 1 | side);
  Copies::Count& copies = context_.copies.of(fact.message->topic, fact.direction);
  ++copies.extra;
  if (!is_new) return;
  ++copies.doubled;
  finding.direction = fact.direction;
  finding.event = event_name(fact);
  finding.summary = "\"" + finding.event->event + "\" was sent to the " +
                    (to_client ? "client" : "server") + " twice with the same message id.";
  add(finding, packet_of(fact, "the second time"));
  add(finding, {before,
                fact.direction,
                fact.session->id,
                What::Packet,
                {},
                false,
                "the same id came first"});
  std::swap(finding.evidence[0], finding.evidence[1]);
}

}  // namespace rules::duplicate
