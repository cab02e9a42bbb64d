#include "rules/leak/orphan_after_parse_error.hpp"

#include <algorithm>
#include <utility>

#include "core/limits.hpp"

namespace rules::leak {

using core::Direction;
using core::Instant;
using core::SessionId;
using core::session::Bond;
using core::session::Fact;
using core::session::FactKind;
using core::session::Session;

const Description OrphanAfterParseError::kDescription{
    .id = "leak/orphan-after-parse-error",
    .severity = Severity::Error,
    .summary =
        "A client met a packet it could not parse, reconnected, and left its old session open.",
    .why =
        "The old session answers pings for ever, so the server keeps it, counts it as present and "
        "sends every "
        "broadcast to it too; one more is left at each error.",
    .proof =
        "The refused packet, the successor's CONNECT, and a sign of life of the old session after "
        "it: a ping "
        "answered, or a new poll (in Engine.IO 3, a ping of its own). Certain when the two "
        "sessions are surely one socket's (recovery "
        "pid, ack ids, a "
        "per-page client key); likely when page, address, browser, origin and timing say so, one "
        "to one; possible "
        "before the sign of life, when several sessions fit, or when their `auth` differs.",
    .silent =
        "The old session closed, spoke again after the packet, never answered a later ping (its "
        "network was "
        "gone), or no successor came within the back-off window.",
    .remedy =
        "Upgrade socket.io-client to 4.8.0 or later, and stop sending the packet that it cannot "
        "parse.",
    .source = "socketio/socket.io#5128, socketio/socket.io-client#1584",
};

// --- What is asked of it ---

const Session* OrphanAfterParseError::successor_of(SessionId old) const {
  const Bond* const bond = lineage_.bond(old);
  return bond == nullptr ? nullptr : tracker_.find(bond->successor);
}

bool OrphanAfterParseError::proven(SessionId old, const Suspect& suspect) const {
  return lineage_.bond(old) != nullptr && suspect.pinged > suspect.succeeded;
}

std::optional<Standing> OrphanAfterParseError::standing(SessionId old) const {
  const auto found = suspects_.find(old);
  const Bond* const bond = lineage_.bond(old);
  if (found == suspects_.end() || found->second.finding == 0 || bond == nullptr)
    return std::nullopt;
  return Standing{found->second.confidence, bond->successor, bond->grade};
}

Instant OrphanAfterParseError::settles_at(SessionId id, const Suspect& suspect,
                                          Instant now) const noexcept {
  const Session* const old = tracker_.find(id);
  if (old == nullptr || !old->open || proven(id, suspect)) return {};
  const Session* const successor = successor_of(id);
  if (successor == nullptr) {  // It may still come back, for as long as the window is open.
    const Instant end = suspect.poisoned + core::limits::kBackOffWindow;
    return lineage_.is_left(id) && end > now ? end : Instant{};
  }
  return std::max(successor->connecting, old->heartbeat.ping_at) + old->ping_interval +
         old->ping_timeout + (old->eio == 3 ? core::limits::kInFlightMax : core::Duration{});
}

Instant OrphanAfterParseError::settle_at(Instant now) const noexcept {
  Instant latest{};
  for (const auto& [id, suspect] : suspects_)
    latest = std::max(latest, settles_at(id, suspect, now));
  return latest;
}

std::vector<rules::Suspect> OrphanAfterParseError::unsettled(Instant now) const {
  std::vector<rules::Suspect> open;
  for (const auto& [id, suspect] : suspects_) {
    const Instant settles = settles_at(id, suspect, now);
    if (settles == Instant{}) continue;
    Finding finding;
    finding.number = suspect.finding;
    finding.rule = kDescription.id;
    finding.severity = kDescription.severity;
    finding.session = ref(*tracker_.find(id));
    finding.direction = Direction::ToClient;
    finding.first_seen = suspect.poisoned;
    finding.last_seen = now;
    finding.fault = Fault::Client;
    finding.evidence.push_back({suspect.poisoned, Direction::ToClient, id, What::Packet,
                                suspect.packet, suspect.truncated, suspect.reason});
    open.push_back({std::move(finding), settles});
  }
  return open;
}

bool OrphanAfterParseError::suspects(Instant now) const noexcept {
  return settle_at(now) != Instant{};
}

std::size_t OrphanAfterParseError::orphans() const noexcept {
  return static_cast<std::size_t>(
      std::count_if(suspects_.begin(), suspects_.end(), [&](const auto& each) {
        const Session* const old = tracker_.find(each.first);
        return each.second.finding != 0 && each.second.confidence != Confidence::Possible &&
               old != nullptr && old->open;
      }));
}

// --- What happens ---

void OrphanAfterParseError::observe(const Fact& fact, std::vector<SessionId>& changed) {
  Session& session = *fact.session;
  if (fact.kind == FactKind::Malformed) {
    if (fact.direction != Direction::ToClient || !session.open) return;
    const auto [entry, is_new] = suspects_.try_emplace(session.id);
    if (!is_new && lineage_.bond(session.id) != nullptr)
      return;  // Its client left at an earlier packet.
    Suspect& suspect = entry->second;
    suspect.poisoned = fact.at;
    suspect.packet = fact.refusal->culprit.empty() ? fact.excerpt : fact.refusal->culprit;
    suspect.truncated = fact.truncated && fact.refusal->culprit.empty();
    suspect.reason = fact.refusal->reason;
    return;
  }
  const auto found = suspects_.find(session.id);
  if (found == suspects_.end()) return;
  Suspect& suspect = found->second;
  if (fact.kind == FactKind::Closed) return closed(session, fact.at, changed);
  const bool by_client = fact.direction == Direction::ToServer;
  if (fact.kind == FactKind::Pong && by_client) {
    suspect.pinged = session.heartbeat.ping_at;
    suspect.life = What::Pong;
  } else if (fact.kind == FactKind::Ping && by_client) {
    suspect.pinged = fact.at - core::limits::kInFlightMax;
    suspect.life = What::Ping;
  } else if (fact.kind == FactKind::Poll) {
    suspect.pinged = fact.at;
    suspect.life = What::Request;
  } else {
    return;
  }
  suspect.lived = fact.at;
  judge(session, suspect, fact.at, changed);
}

void OrphanAfterParseError::bond_changed(SessionId old_id, Instant at,
                                         std::vector<SessionId>& changed) {
  const auto found = suspects_.find(old_id);
  Session* const old = tracker_.find(old_id);
  if (found == suspects_.end() || old == nullptr) return;
  const Session* const successor = successor_of(old_id);
  if (successor != nullptr) {
    found->second.succeeded = successor->connecting;
    deadlines_.emplace(successor->connecting + core::limits::kOverlapGrace, old_id);
    return judge(*old, found->second, at, changed);
  }
  if (!lineage_.is_left(old_id)) {
    clear(old_id, found->second,
          "the session spoke again after the packet it was thought to have failed at: its client "
          "still uses it",
          changed);
    suspects_.erase(old_id);
    return;
  }
  found->second.candidate = false;
  clear(old_id, found->second, "its supposed successor turned out to be another client's", changed);
}

void OrphanAfterParseError::advance(std::vector<SessionId>& changed) {
  const auto [at, old_id] = deadlines_.top();
  deadlines_.pop();
  const auto found = suspects_.find(old_id);
  Session* const old = tracker_.find(old_id);
  const Session* const successor = successor_of(old_id);
  if (found == suspects_.end() || old == nullptr || !old->open || successor == nullptr) return;
  if (successor->connecting + core::limits::kOverlapGrace > at)
    return;  // A later bond has its own deadline.
  found->second.candidate = true;
  judge(*old, found->second, at, changed);
}

void OrphanAfterParseError::closed(Session& old, Instant at, std::vector<SessionId>& changed) {
  const auto found = suspects_.find(old.id);
  Suspect& suspect = found->second;
  if (suspect.finding != 0 && proven(old.id, suspect)) {
    Finding& finding = book_.at(suspect.finding);
    finding.last_seen = at;
    finding.evidence.push_back(
        {at,
         core::session::by_client(old.cause) ? Direction::ToServer : Direction::ToClient,
         old.id,
         What::Close,
         {},
         false,
         "the orphan ended"});
    book_.changed(suspect.finding);
    book_.settle(suspect.finding);
    suspects_.erase(found);
    return;
  }
  // Dead all along: the server waited for a pong, or a poll, that never came.
  const bool silent = old.cause == core::session::CloseCause::Silence || old.given_up(at);
  if (!suspect.candidate || silent) {
    if (silent)
      clear(old.id, suspect,
            "the old session never answered again and ran into the ping timeout: its network was "
            "gone",
            changed);
    suspects_.erase(found);
    return;
  }
  unproven(old, suspect, at);
  if (suspect.finding != 0) book_.settle(suspect.finding);
  suspects_.erase(found);
}

void OrphanAfterParseError::finish(Instant at) {
  for (auto& [id, suspect] : suspects_) {
    Session* const old = tracker_.find(id);
    if (old != nullptr && old->open && suspect.candidate && !proven(id, suspect))
      unproven(*old, suspect, at);
  }
}

// --- What is said ---

void OrphanAfterParseError::judge(Session& old, Suspect& suspect, Instant at,
                                  std::vector<SessionId>& changed) {
  const Bond* const bond = lineage_.bond(old.id);
  const bool is_proven = proven(old.id, suspect);
  if (bond == nullptr || (!is_proven && !suspect.candidate)) return;
  if (tracker_.find(bond->successor) == nullptr) return;  // Long gone: all is said.
  const Confidence confidence = !is_proven               ? Confidence::Possible
                                : bond->exact            ? Confidence::Certain
                                : lineage_.doubtful(old) ? Confidence::Possible
                                                         : Confidence::Likely;
  const bool known = suspect.finding != 0 && suspect.confidence == confidence;
  if (known) {
    const Finding& finding = book_.at(suspect.finding);
    if (finding.successor && finding.successor->id == bond->successor &&
        finding.grade == bond->grade)
      return;
  }
  write(old, suspect, confidence, at);
  changed.push_back(old.id);
}

void OrphanAfterParseError::write(Session& old, Suspect& suspect, Confidence confidence,
                                  Instant at) {
  const Bond& bond = *lineage_.bond(old.id);
  const Session& successor = *tracker_.find(bond.successor);
  if (suspect.finding == 0) suspect.finding = book_.open(kDescription, suspect.poisoned).number;
  suspect.confidence = confidence;

  Finding& finding = book_.at(suspect.finding);
  finding.confidence = confidence;
  finding.client = old.client;
  finding.grade = bond.grade;
  finding.session = ref(old);
  finding.successor = ref(successor);
  finding.direction = Direction::ToClient;
  finding.last_seen = at;
  finding.fault = Fault::Client;
  finding.evidence.clear();
  const auto add = [&](Instant when, Direction direction, SessionId session, What what,
                       std::string packet, std::string note) {
    finding.evidence.push_back(
        {when, direction, session, what, std::move(packet), false, std::move(note)});
  };
  add(suspect.poisoned, Direction::ToClient, old.id, What::Packet, suspect.packet, suspect.reason);
  finding.evidence.back().truncated = suspect.truncated;
  add(successor.opened, Direction::ToClient, successor.id, What::Handshake, {},
      "the same client opens a new session; the old one was not closed");
  if (successor.eio == 3)
    add(successor.connecting, Direction::ToClient, successor.id, What::Packet, "40",
        "and is CONNECTed on it");
  else
    add(successor.connecting, Direction::ToServer, successor.id, What::Packet, "40",
        "and CONNECTs on it");
  if (proven(old.id, suspect)) {
    if (suspect.life == What::Ping) {
      add(suspect.lived, Direction::ToServer, old.id, What::Ping, "2",
          "the old session goes on pinging: still open, still served");
    } else if (suspect.life == What::Pong) {
      add(suspect.pinged, Direction::ToClient, old.id, What::Ping, "2",
          "the server pings the old session afterwards");
      add(suspect.lived, Direction::ToServer, old.id, What::Pong, "3",
          "and it answers: still open, still served");
    } else {
      add(suspect.lived, Direction::ToServer, old.id, What::Request, {},
          "the old session polls again: still open, still served");
    }
    finding.summary =
        confidence == Confidence::Possible
            ? "A session was left open after a packet its client could not parse, and "
              "a new one came; but other sessions fit it too, or the two present "
              "different auth, so whether this is the orphan cannot be told."
            : "After a packet it could not parse, the client went on in a new "
              "session and left this one open: an orphan that "
              "keeps answering pings and keeps receiving broadcasts.";
  } else {
    finding.summary =
        "After a packet it could not parse, the client seems to go on in a new session while this "
        "one stays open; "
        "no ping was answered since, which would prove it.";
  }
  book_.changed(suspect.finding);
}

void OrphanAfterParseError::unproven(Session& old, Suspect& suspect, Instant at) {
  if (suspect.finding == 0) return;
  Finding& finding = book_.at(suspect.finding);
  finding.last_seen = at;
  finding.session = ref(old);
  finding.evidence.push_back({at,
                              Direction::ToServer,
                              old.id,
                              What::Silence,
                              {},
                              false,
                              "it ended before a ping could show whether it was still alive"});
  finding.summary =
      "After a packet it could not parse, the client seems to have gone on in a new session and "
      "left this one open, but it "
      "ended before an answered ping could prove it; shorter pings in tests would.";
  book_.unproven(suspect.finding);
}

void OrphanAfterParseError::clear(SessionId old, Suspect& suspect, std::string reason,
                                  std::vector<SessionId>& changed) {
  if (suspect.finding == 0) return;
  book_.withdraw(suspect.finding, std::move(reason));
  suspect.finding = 0;
  changed.push_back(old);
}

}  // namespace rules::leak
