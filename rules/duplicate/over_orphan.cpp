#include "rules/duplicate/over_orphan.hpp"

#include "core/limits.hpp"
#include "rules/message.hpp"

namespace rules::duplicate {

using core::Direction;
using core::SessionId;
using core::session::Fact;
using core::session::Session;

const Description OverOrphan::kDescription{
    .id = "duplicate/over-orphan",
    .severity = Severity::Error,
    .summary = "The same event was sent to an orphan and to its client's live session.",
    .why =
        "The server believes in two sockets and pays for both: bandwidth, memory, presence counts "
        "and acks that never "
        "come. The application's handler runs once, since the client no longer listens on the "
        "orphan.",
    .proof =
        "Equal namespace, event, arguments and attachments on both sessions within a second, "
        "matched one to one, "
        "while leak/orphan-after-parse-error or leak/superseded-session stands; the confidence is "
        "that finding's.",
    .silent = "The leak was refuted, or the event went to only one of the two.",
    .remedy = "Cure the leak that the orphan's own finding names, and the copies go with it.",
    .source = "socketio/socket.io#5128",
};

void OverOrphan::pair(SessionId old, SessionId successor) {
  const auto found = pairs_.find(old);
  if (found != pairs_.end()) {
    if (found->second.successor == successor) return;
    standing(old, std::nullopt);  // What was sent to somebody else is no copy.
    end(old);
  }
  const Session* const session = tracker_.find(old);
  if (successor == SessionId::None || session == nullptr || !session->open) return;
  pairs_[old].successor = successor;
  old_of_[successor] = old;
}

void OverOrphan::standing(SessionId old, const std::optional<leak::Standing>& standing) {
  const auto found = pairs_.find(old);
  if (found == pairs_.end()) return;
  Pair& pair = found->second;
  if (!standing) {
    pair.standing.reset();
    for (auto& [topic, told] : pair.told) {
      if (told.finding == 0) continue;
      book_.withdraw(told.finding, "the leak it rests on was withdrawn, or has another successor");
      told.finding = 0;
      copies_.of(topic, Direction::ToClient).extra -= told.count;
      copies_.of(topic, Direction::ToClient).doubled -= told.doubled;
    }
    return;
  }
  pair.standing = standing;
  for (auto& [topic, told] : pair.told) tell(old, pair, topic, told);
}

void OverOrphan::match(const Fact& fact) {
  if (fact.direction != Direction::ToClient || fact.message->ack) return;
  if (const auto own = pairs_.find(fact.session->id); own != pairs_.end())
    match(own->first, own->second, fact);
  if (const auto old = old_of_.find(fact.session->id); old != old_of_.end()) {
    const auto found = pairs_.find(old->second);
    if (found != pairs_.end()) match(found->first, found->second, fact);
  }
}

void OverOrphan::match(SessionId old, Pair& pair, const Fact& fact) {
  const bool to_old = fact.session->id == old;
  for (Sent& sent : pair.recent) {
    if (!sent.waits || sent.to_old == to_old || sent.topic != fact.message->topic ||
        sent.arguments != content_of(*fact.message) ||
        sent.at + core::limits::kCopyWindow < fact.at)
      continue;
    sent.waits = false;
    Told& told = pair.told[fact.message->topic];
    if (told.count == 0) {
      told.name = event_name(fact);
      told.first = fact.at;
      told.packet = fact.excerpt;
      told.truncated = fact.truncated;
      told.old_at = to_old ? fact.at : sent.at;
      told.other_at = to_old ? sent.at : fact.at;
    }
    // In a chain of orphans only the pair with the live session knows the original.
    const std::uint64_t doubled = pairs_.contains(pair.successor) ? 0 : 1;
    ++told.count;
    told.doubled += doubled;
    told.last = fact.at;
    if (told.finding != 0) {
      copies_.of(fact.message->topic, Direction::ToClient).extra += 1;
      copies_.of(fact.message->topic, Direction::ToClient).doubled += doubled;
      Finding& finding = book_.at(told.finding);
      finding.count = told.count;
      finding.last_seen = told.last;
      book_.grew(told.finding, fact.at);
    } else if (pair.standing) {
      tell(old, pair, fact.message->topic, told);
    }
    return;
  }
  pair.recent[pair.next] = {fact.message->topic, content_of(*fact.message), fact.at, to_old, true};
  pair.next = (pair.next + 1) % pair.recent.size();
}

void OverOrphan::tell(SessionId old_id, Pair& pair, std::uint64_t topic, Told& told) {
  const Session* const old = tracker_.find(old_id);
  const Session* const successor = tracker_.find(pair.successor);
  if (old == nullptr || successor == nullptr || told.count == 0) return;
  const bool is_new = told.finding == 0;
  if (is_new) {
    told.finding = book_.open(kDescription, told.first).number;
    copies_.of(topic, Direction::ToClient).extra += told.count;
    copies_.of(topic, Direction::ToClient).doubled += told.doubled;
  }
  Finding& finding = book_.at(told.finding);
  if (!is_new && finding.confidence == pair.standing->confidence &&
      finding.grade == pair.standing->grade)
    return;
  finding.confidence = pair.standing->confidence;
  finding.client = old->client;
  finding.grade = pair.standing->grade;
  finding.session = ref(*old);
  finding.successor = ref(*successor);
  finding.direction = Direction::ToClient;
  finding.event = told.name;
  finding.count = told.count;
  finding.last_seen = told.last;
  finding.fault = Fault::Client;
  finding.summary = "\"" + told.name.event +
                    "\" was sent to the orphan as well as to its client's live session: one extra "
                    "copy on the wire each time.";
  finding.evidence.clear();
  finding.evidence.push_back({told.other_at, Direction::ToClient, successor->id, What::Packet,
                              told.packet, told.truncated, "to the live session"});
  finding.evidence.push_back({told.old_at, Direction::ToClient, old->id, What::Packet, told.packet,
                              told.truncated, "and to the orphan"});
  if (told.old_at < told.other_at) std::swap(finding.evidence[0], finding.evidence[1]);
  book_.changed(told.finding);
}

void OverOrphan::end(SessionId old) {
  const auto found = pairs_.find(old);
  if (found == pairs_.end()) return;
  for (auto& [topic, told] : found->second.told)
    if (told.finding != 0) book_.settle(told.finding);
  old_of_.erase(found->second.successor);
  pairs_.erase(found);
}

void OverOrphan::closed(SessionId session) {
  end(session);
  if (const auto old = old_of_.find(session); old != old_of_.end()) {
    // The successor is gone; the orphan stays one, but nothing is sent to it twice any more.
    const SessionId id = old->second;
    end(id);
  }
}

}  // namespace rules::duplicate
