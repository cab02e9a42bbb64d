#include "core/session/lineage.hpp"

#include <algorithm>
#include <utility>

#include "core/limits.hpp"

namespace core::session {
namespace {

bool within_window(Instant departed, Instant asked) noexcept {
  return departed < asked && asked <= departed + limits::kBackOffWindow;
}

/// Two users, as far as their CONNECTs tell; or one whose token changes each time.
bool contradict(std::uint64_t one_auth, std::uint64_t other_auth) noexcept {
  return one_auth != 0 && other_auth != 0 && one_auth != other_auth;
}

/// A packet of the client that could still be from before it saw the poison.
bool in_flight(const Session& session, Instant poisoned, Instant at) noexcept {
  const Duration round_trip = session.round_trip();
  const Duration grace =
      round_trip == Duration{}
          ? limits::kInFlightMax
          : std::clamp<Duration>(2 * round_trip, limits::kInFlightMin, limits::kInFlightMax);
  return at <= poisoned + grace;
}

void continues(Session& newcomer, const Session& old, Grade grade) noexcept {
  newcomer.client = old.client;
  newcomer.predecessor = old.id;
  newcomer.continues = grade;
  newcomer.life = static_cast<std::uint16_t>(std::min(old.life + 1, 0xffff));
}

void begins_anew(Session& session) noexcept {
  session.client = static_cast<ClientId>(session.id);
  session.predecessor = SessionId::None;
  session.continues = Grade::None;
  session.life = 1;
}

/// How much is known of a newcomer that timing gives to a departure.
Grade timing_grade(const Session& newcomer, std::uint64_t departed_auth) noexcept {
  if (newcomer.client_key != 0) return Grade::ClientKey;
  return newcomer.auth != 0 && departed_auth == newcomer.auth ? Grade::Auth : Grade::Timing;
}

enum class Parting : std::uint8_t { Wordless, Goodbye };

/// Whether what went by unread was a message.
bool is_message(Unobserved reason) noexcept {
  return reason == Unobserved::MessageDeflate || reason == Unobserved::OversizeMessage ||
         reason == Unobserved::MemoryLimit;
}

/// Whether messages of its client may have gone by unread.
bool hides_messages(const Session& session) noexcept {
  constexpr std::uint32_t kOfServer = 1U << static_cast<unsigned>(Unobserved::ContentEncoding);
  return (session.gaps & ~kOfServer) != 0;
}

}  // namespace

std::uint64_t Lineage::group_key(const Session& session) const noexcept {
  return session.client_key != 0 ? session.client_key : session.fingerprint;
}

const Bond* Lineage::bond(SessionId old) const noexcept {
  const auto found = left_.find(old);
  if (found == left_.end() || found->second.bond.successor == SessionId::None) return nullptr;
  return &found->second.bond;
}

bool Lineage::doubtful(const Session& old) const noexcept {
  const Bond* const bonded = bond(old.id);
  if (bonded == nullptr || bonded->grade < Grade::ClientKey) return false;
  const auto group = groups_.find(group_key(old));
  const Session* const newcomer = tracker_.find(bonded->successor);
  if (group == groups_.end() || newcomer == nullptr) return false;
  if (bonded->grade == Grade::Timing && contradict(old.auth, newcomer->auth)) return true;
  return std::any_of(group->second.left.begin(), group->second.left.end(),
                     [&](const Departure& other) {
                       return within_window(other.at, newcomer->requested) &&
                              (bonded->grade != Grade::Auth || other.auth == old.auth);
                     });
}

void Lineage::observe(const Fact& fact, std::vector<SessionId>& changed) {
  if (fact.session == nullptr) return;
  Session& session = *fact.session;
  const bool by_client = fact.direction == Direction::ToServer;
  switch (fact.kind) {
    case FactKind::Malformed:
      if (!by_client) return poisoned(session, fact.at);
      return spoke(session, fact.at, changed);
    case FactKind::Closed:
      return closed(session, fact.at, changed);
    case FactKind::Connecting: {
      if (session.connecting != fact.at) return spoke(session, fact.at, changed);
      if (fact.connect->pid != 0) {
        const auto known = pids_.find(fact.connect->pid);
        Session* const old = known == pids_.end() ? nullptr : tracker_.find(known->second);
        if (old != nullptr && old != &session)
          return pin(*old, session, {session.id, Grade::RecoveryPid, true}, changed);
      }
      return arrived(session, changed);
    }
    case FactKind::Connected:
      if (fact.connect->pid != 0 && pids_.insert_or_assign(fact.connect->pid, session.id).second) {
        pid_order_.push_back(fact.connect->pid);
        if (pid_order_.size() > limits::kLiveSessionsMax) {
          pids_.erase(pid_order_.front());
          pid_order_.pop_front();
        }
      }
      return;
    case FactKind::Disconnecting:
    case FactKind::Message:
      if (!by_client) return;
      spoke(session, fact.at, changed);
      if (fact.kind == FactKind::Message && !fact.message->ack && fact.message->id != kNoId &&
          fact.message->id != 0) {
        const Namespace* const ns = session.find_namespace(fact.message->ns);
        if (ns != nullptr && ns->first_ack == fact.message->id && ns->last_ack == fact.message->id)
          first_ack(session, ns->hash, fact.message->id, changed);
      }
      return;
    case FactKind::SameRealm:
      return same_page(session, *fact.other, changed);
    case FactKind::Gap:  // Whatever it said, it spoke.
      if (by_client && is_message(fact.gap)) spoke(session, fact.at, changed);
      return;
    case FactKind::Opened:
    case FactKind::Crashing:  // Its client dies, or goes on as if nothing were.
    case FactKind::Refused:
    case FactKind::Ping:
    case FactKind::Pong:
    case FactKind::Poll:
    case FactKind::Aged:
    case FactKind::Probing:
    case FactKind::Upgraded:
    case FactKind::Parted:
    case FactKind::Answered:
    case FactKind::NoHandshake:
    case FactKind::Unanswered:
    case FactKind::WrongHeartbeat:
    case FactKind::Dismissed:
    case FactKind::Large:
      return;
  }
}

void Lineage::prune(Group& group, Instant now) {
  const auto drop = [](Group& from, Instant until) {
    for (FrontVector<Departure>* const departures : {&from.closed, &from.past})
      while (!departures->empty() && departures->front().at <= until) departures->pop_front();
  };
  const auto is_old = [&](const auto& queue) {
    return !queue.empty() && (queue.front().first + limits::kClosedSessionMemory < now ||
                              queue.size() > limits::kDeparturesMax);
  };
  while (!group.newcomers.empty()) {
    const Session* const session = tracker_.find(group.newcomers.front());
    if (session != nullptr && session->requested + limits::kBackOffWindow >= now) break;
    group.newcomers.pop_front();
  }
  while (is_old(closed_left_)) {
    const auto left = left_.find(closed_left_.front().second);
    closed_left_.pop_front();
    if (left == left_.end()) continue;
    predecessor_.erase(left->second.bond.successor);
    left_.erase(left);
  }
  // Groups come and go with their clients' addresses: those that nobody used for long are dropped.
  while (is_old(group_uses_)) {
    const auto [used, key] = group_uses_.front();
    group_uses_.pop_front();
    const auto found = groups_.find(key);
    if (found == groups_.end()) continue;
    Group& other = found->second;
    drop(other, used);
    if (&other != &group && other.closed.empty() && other.past.empty() && other.left.empty())
      groups_.erase(found);
  }
}

// --- Departures ---

void Lineage::poisoned(Session& session, Instant at) {
  if (!session.open || session.release.from_48()) return;  // 4.8 and later close, and come back.
  const auto [left, is_new] = left_.try_emplace(session.id, Left{at, {}});
  if (left->second.bond.successor != SessionId::None) return;  // Its client is gone already.
  left->second.poisoned = at;
  std::vector<Departure>& waiting = group_of(session).left;
  if (!is_new)
    std::erase_if(waiting,
                  [&](const Departure& departure) { return departure.session == session.id; });
  waiting.push_back({session.id, at, session.auth});
  group_uses_.emplace_back(at, group_key(session));
}

void Lineage::spoke(Session& session, Instant at, std::vector<SessionId>& changed) {
  if (left_.empty()) [[likely]]
    return;
  const auto left = left_.find(session.id);
  if (left == left_.end() || in_flight(session, left->second.poisoned, at)) return;
  const SessionId newcomer = left->second.bond.successor;
  left_.erase(left);
  stop_waiting(session, changed);
  changed.push_back(session.id);
  if (newcomer == SessionId::None) return;
  predecessor_.erase(newcomer);
  if (Session* const freed = tracker_.find(newcomer)) {
    begins_anew(*freed);
    explain(*freed, changed);
  }
}

void Lineage::closed(Session& session, Instant at, std::vector<SessionId>& changed) {
  Group& group = group_of(session);
  prune(group, at);
  const auto left = left_.find(session.id);
  if (left != left_.end()) {
    if (left->second.bond.successor != SessionId::None) {  // It explains its newcomer as it is.
      closed_left_.emplace_back(at, session.id);
      return;
    }
    left_.erase(left);
    stop_waiting(session, changed);
    changed.push_back(session.id);
  }
  // A session that never spoke Socket.IO leaves no client behind that would come back.
  if (session.connecting == Instant{}) return;
  group.closed.push_back({session.id, at, session.auth, session.said_goodbye()});
  group_uses_.emplace_back(at, group_key(session));
}

// --- Newcomers ---

void Lineage::arrived(Session& session, std::vector<SessionId>& changed) {
  Group& group = group_of(session);
  prune(group, session.connecting);
  explain(session, changed);
}

void Lineage::explain(Session& newcomer, std::vector<SessionId>& changed) {
  Group& group = group_of(newcomer);
  while (!group.closed.empty() &&
         group.closed.front().at + limits::kBackOffWindow < newcomer.requested) {
    group.past.push_back(group.closed.front());
    group.closed.pop_front();
  }
  const auto best = [&](auto& departures, Parting parting) {
    auto chosen = departures.end();
    for (auto each = departures.begin(); each != departures.end(); ++each) {
      if (!within_window(each->at, newcomer.requested) || each->session == newcomer.id ||
          each->goodbye != (parting == Parting::Goodbye))
        continue;
      if (newcomer.auth == 0) return each;  // Oldest first, and nothing to prefer.
      if (each->auth == newcomer.auth) return each;
      const bool better = chosen == departures.end() || (contradict(chosen->auth, newcomer.auth) &&
                                                         !contradict(each->auth, newcomer.auth));
      if (better) chosen = each;
    }
    return chosen;
  };
  const auto closed_explains = [&](Parting parting) {
    const auto departure = best(group.closed, parting);
    if (departure == group.closed.end()) return false;
    if (const Session* const old = tracker_.find(departure->session))
      continues(newcomer, *old, timing_grade(newcomer, departure->auth));
    group.past.push_back(*departure);
    group.past.back().claimed_by = newcomer.id;
    group.closed.erase(departure);
    return true;
  };
  if (closed_explains(Parting::Wordless)) return;
  if (const auto departure = best(group.left, Parting::Wordless); departure != group.left.end()) {
    Session* const old = tracker_.find(departure->session);
    if (old == nullptr) {
      group.left.erase(departure);
    } else {
      const Grade grade = timing_grade(newcomer, departure->auth);
      bind(*old, newcomer,
           {newcomer.id, grade, grade == Grade::ClientKey && key_names_ == ClientKeyNames::Page},
           changed);
      return;
    }
  }
  if (!closed_explains(Parting::Goodbye)) group.newcomers.push_back(newcomer.id);
}

void Lineage::bind(Session& old, Session& successor, Bond bond, std::vector<SessionId>& changed) {
  left_[old.id].bond = bond;
  predecessor_[successor.id] = old.id;
  continues(successor, old, bond.grade);
  changed.push_back(old.id);
  std::vector<SessionId>& ambiguous = group_of(old).ambiguous;
  if (ambiguous.size() == ambiguous.capacity())  // Of the ended there is no news: not to keep all.
    std::erase_if(ambiguous, [&](SessionId id) { return !left_.contains(id); });
  ambiguous.push_back(old.id);
  stop_waiting(old, changed);
}

void Lineage::stop_waiting(Session& old, std::vector<SessionId>& changed) {
  Group& group = group_of(old);
  std::erase_if(group.left,
                [&](const Departure& departure) { return departure.session == old.id; });
  if (!group.left.empty()) return;
  // The last one found its newcomer, or was never left: every other match of the group is sure now.
  changed.insert(changed.end(), group.ambiguous.begin(), group.ambiguous.end());
  group.ambiguous.clear();
}

void Lineage::unbind(Session& successor, std::vector<SessionId>& changed) {
  const auto held = predecessor_.find(successor.id);
  if (held == predecessor_.end()) return;
  const SessionId old_id = held->second;
  predecessor_.erase(held);
  left_[old_id].bond = {};
  begins_anew(successor);
  changed.push_back(old_id);
  Session* const old = tracker_.find(old_id);
  if (old == nullptr || !old->open) {
    left_.erase(old_id);
    return;
  }
  offer(*old, changed);
}

/// A left session lost its newcomer: it waits again, and takes an unexplained newcomer that suits.
void Lineage::offer(Session& old, std::vector<SessionId>& changed) {
  Group& group = group_of(old);
  const Departure departure{old.id, left_[old.id].poisoned, old.auth};
  group.left.insert(
      std::upper_bound(group.left.begin(), group.left.end(), departure,
                       [](const Departure& a, const Departure& b) { return a.at < b.at; }),
      departure);
  for (auto each = group.newcomers.begin(); each != group.newcomers.end(); ++each) {
    Session* const newcomer = tracker_.find(*each);
    if (newcomer == nullptr || !within_window(departure.at, newcomer->requested)) continue;
    group.newcomers.erase(each);
    return explain(*newcomer, changed);
  }
}

// --- Exact evidence ---

void Lineage::pin(Session& old, Session& successor, Bond bond, std::vector<SessionId>& changed) {
  Group& group = group_of(old);
  const auto left = left_.find(old.id);
  const SessionId held = left == left_.end() ? SessionId::None : left->second.bond.successor;
  if (held == successor.id && left->second.bond.exact)
    return;  // Known, and the first exact grade stands.
  if (held != successor.id) unbind(successor, changed);

  group_of(successor).newcomers.erase_if([&](SessionId id) { return id == successor.id; });
  const auto is_old = [&](const Departure& departure) { return departure.session == old.id; };
  const auto claim = std::find_if(group.past.begin(), group.past.end(), is_old);
  const SessionId claimed_by = claim == group.past.end() ? SessionId::None : claim->claimed_by;
  group.closed.erase_if(is_old);
  group.past.erase_if(is_old);
  give_back(successor);
  if (left == left_.end()) {  // Not left: a clean successor, and nobody else's.
    continues(successor, old, bond.grade);
    if (Session* const freed = tracker_.find(claimed_by); freed != nullptr && freed != &successor) {
      begins_anew(*freed);
      explain(*freed, changed);
    }
    return;
  }
  if (held != SessionId::None && held != successor.id) {
    predecessor_.erase(held);
    bind(old, successor, bond, changed);
    if (Session* const freed = tracker_.find(held)) {
      begins_anew(*freed);
      explain(*freed, changed);
    }
    return;
  }
  bind(old, successor, bond, changed);
}

void Lineage::give_back(const Session& successor) {
  Group& group = group_of(successor);
  const auto claimed = std::find_if(
      group.past.begin(), group.past.end(),
      [&](const Departure& departure) { return departure.claimed_by == successor.id; });
  if (claimed == group.past.end()) return;
  Departure departure = *claimed;
  group.past.erase(claimed);
  departure.claimed_by = SessionId::None;
  group.closed.insert(
      std::upper_bound(group.closed.begin(), group.closed.end(), departure,
                       [](const Departure& a, const Departure& b) { return a.at < b.at; }),
      departure);
}

/// All lives of a page share its clock, so this strengthens a bond, or makes one where nobody has a
/// claim; it cannot tell which of several lives came first.
void Lineage::same_page(Session& one, Session& two, std::vector<SessionId>& changed) {
  Session& old = one.requested < two.requested ? one : two;
  Session& young = one.requested < two.requested ? two : one;
  const auto left = left_.find(old.id);
  if (left == left_.end() || left->second.poisoned >= young.requested) return;
  const Bond bonded = left->second.bond;
  const bool theirs = bonded.successor == young.id && bonded.grade > Grade::RealmSuffix;
  const bool free =
      bonded.successor == SessionId::None && young.connecting != Instant{} &&
      !predecessor_.contains(young.id) &&
      group_of(young).newcomers.erase_if([&](SessionId id) { return id == young.id; }) != 0;
  if (!theirs && !free) return;
  bind(old, young, {young.id, Grade::RealmSuffix, false}, changed);
}

void Lineage::first_ack(Session& session, std::uint32_t ns, std::uint32_t id,
                        std::vector<SessionId>& changed) {
  if (hides_messages(session)) return;  // The first that we read need not be the first.
  const auto held = predecessor_.find(session.id);
  if (held != predecessor_.end()) {
    const Bond* const bonded = bond(held->second);
    if (bonded != nullptr && bonded->exact) return;
  }
  // Only among those who look alike: an id alone is a small number.
  Group& group = group_of(session);
  Session* fitting = nullptr;
  std::size_t fits = 0;
  bool fits_in_time = false;
  bool forgot = false;
  const auto consider = [&](SessionId candidate, Instant departed) {
    if (departed >= session.requested) return;
    Session* const old = tracker_.find(candidate);
    forgot = forgot || (old == nullptr && within_window(departed, session.requested));
    if (old == nullptr) return;
    const Namespace* const theirs = old->find_namespace(ns);
    if (theirs == nullptr) return;
    if (theirs->last_ack != id - 1 && !hides_messages(*old)) return;
    fitting = old;
    ++fits;
    fits_in_time = within_window(departed, session.requested);
  };
  for (const Departure& each : group.closed) consider(each.session, each.at);
  for (const Departure& each : group.past) consider(each.session, each.at);
  for (const Departure& each : group.left) consider(each.session, each.at);
  for (const auto& [old, left] : left_)  // Held by timing only, maybe by this very newcomer.
    if (left.bond.successor != SessionId::None && !left.bond.exact) {
      const Session* const other = tracker_.find(old);
      if (other != nullptr && group_key(*other) == group_key(session)) consider(old, left.poisoned);
    }
  // Who comes so late, or where so many came and went, may as well continue a session that we
  // forgot; and where some went unobserved, one that we never saw.
  const bool exact = fits_in_time && !forgot && tracker_.knows_all_sessions();
  if (fits == 1 && !hides_messages(*fitting))
    pin(*fitting, session, {session.id, Grade::AckContinuity, exact}, changed);
}

}  // namespace core::session
