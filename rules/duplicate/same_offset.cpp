#include "rules/duplicate/same_offset.hpp"

#include "rules/memory.hpp"
#include "rules/message.hpp"

namespace rules::duplicate {

using core::Direction;
using core::session::Fact;
using core::session::Session;

const Description SameOffset::kDescription{
    .id = "duplicate/same-offset",
    .severity = Severity::Error,
    .summary = "An event was sent to a client twice, with the same recovery offset.",
    .why =
        "Each broadcast has an offset of its own, so this is one broadcast, delivered twice: the "
        "application's handler runs twice.",
    .proof =
        "The same event with the same offset twice on one session, in a namespace where connection "
        "state recovery is on: certain when the offsets beside it are of its form and as far apart "
        "as the events that brought them. Else possible, and told as info: a volatile event has no "
        "offset, and may end in a word that looks like one.",
    .silent =
        "Recovery is off (events then have no offset), the event asks for an ack, or it was sent "
        "again on another session, as recovery does.",
    .remedy =
        "Look for a second path from the emit to the client: an adapter that publishes what "
        "another one publishes too, an emit that is forwarded and also broadcast, or a replay of "
        "what is still on its way as news (@socket.io/redis-streams-adapter).",
    .source = "Socket.IO, \"Connection state recovery\"; socketio/socket.io-redis-adapter#477",
};

namespace {

/// What stands at the end of an event, `..., "Q86GCiC"]`; nullopt if it was cut, or is binary.
std::optional<core::socketio::RecoveryOffset> offset_of(const Fact& fact) {
  const std::string_view packet = fact.excerpt;
  if (fact.truncated || !packet.ends_with("\"]")) return std::nullopt;
  const std::string_view rest = packet.substr(0, packet.size() - 2);
  return core::socketio::read_offset(rest.substr(rest.rfind('"') + 1));
}

}  // namespace

void SameOffset::observe(const Fact& fact) {
  if (!fact.message->offset || fact.message->keyed) return;
  Offsets& offsets = made(memory_of(*fact.session).offsets);
  const std::uint64_t event = fact.message->arguments ^ fact.message->topic;
  const Offsets::Offset* const before = offsets.find(event);
  if (before == nullptr) return offsets.add({event, fact.at, offset_of(fact)});

  const bool sure = is_sure(*fact.session, *before);
  const auto [finding, is_new] =
      tell(*fact.session, fact.at, sure ? Confidence::Certain : Confidence::Possible, Fault::Server,
           fact.message->topic);
  const bool proven = finding.confidence == Confidence::Certain;
  regrade(finding, proven ? Severity::Error : Severity::Info);
  Copies::Count& copies = context_.copies.of(fact.message->topic, Direction::ToClient);
  copies.doubtful |= !proven;
  if (proven) {
    copies.extra += 1;
    copies.doubled += is_new ? 1 : 0;
  }
  const EventName name = event_name(fact);
  finding.summary = "\"" + name.event + "\" was sent twice with the same " +
                    (proven ? "recovery offset." : "last word, which may be a recovery offset.");
  if (!is_new) return;
  finding.direction = Direction::ToClient;
  finding.event = name;
  add(finding, packet_of(fact, "sent first"));
  finding.evidence.back().at = before->at;
  add(finding, packet_of(fact, "and again, with the same last word"));
}

/// Whether others vouch for it, here and in the session that its client had before.
bool SameOffset::is_sure(const Session& session, const Offsets::Offset& offset) const {
  const auto here = remembered(&session)->offsets->others_for(offset);
  const Remembered* const lived = remembered(context_.tracker.find(session.predecessor));
  const auto there = lived == nullptr || lived->offsets == nullptr
                         ? std::optional<std::size_t>(0)
                         : lived->offsets->others_for(offset);
  return here && there && *here + *there != 0;
}

}  // namespace rules::duplicate
