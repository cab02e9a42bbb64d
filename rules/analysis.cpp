#include "rules/analysis.hpp"

#include <algorithm>

#include "core/session/tracker.hpp"
#include "core/tap/gap_detail.hpp"
#include "rules/all_rules.hpp"
#include "rules/duplicate/over_orphan.hpp"
#include "rules/leak/orphan_after_parse_error.hpp"
#include "rules/topics.hpp"

namespace rules {
namespace {

using core::Instant;
using core::SessionId;
using core::session::Fact;
using core::session::FactKind;

/// Events that the verdict lists by name.
constexpr std::size_t kTopicsListed = 50;

}  // namespace

struct Analysis::State {
  explicit State(const Settings& chosen)
      : settings(chosen), tracker(settings.parser), lineage(tracker, settings.key_names) {}

  void handle_facts();
  void handle(const Fact& fact);
  void news_of_bonds(Instant at);
  void news_of_leaks();
  void fall_due(Instant now);

  Settings settings;
  core::session::Tracker tracker;
  core::session::Lineage lineage;
  Book book;
  Alarms alarms;
  Topics topics;
  Copies copies;
  Traffic traffic;
  leak::OrphanAfterParseError orphans{book, tracker, lineage};
  duplicate::OverOrphan over_orphan{book, tracker, copies};
  std::vector<leak::Suspicion> suspicions;  ///< of rules, about sessions nobody poisoned
  AllRules rules{
      Context{book, tracker, lineage, alarms, topics, copies, suspicions, settings, traffic}};
  Instant now{};

  core::session::Facts facts;    ///< of the event being handled; reused
  std::vector<SessionId> bonds;  ///< left sessions of which the lineage has news
  std::vector<SessionId> leaks;  ///< ... of which the leak rule has
};

void Analysis::State::handle_facts() {
  for (const Fact& fact : facts) handle(fact);
  facts.clear();
}

void Analysis::State::handle(const Fact& fact) {
  traffic.observe(fact);
  // The two that work hand in hand with the lineage: a suspect must be known before its successor.
  switch (fact.kind) {
    case FactKind::Message:
      topics.observe(fact);
      over_orphan.observe(fact);
      break;
    case FactKind::Malformed:
    case FactKind::Ping:
    case FactKind::Pong:
    case FactKind::Poll:
    case FactKind::Closed:
      orphans.observe(fact, leaks);
      break;
    default:
      break;
  }
  lineage.observe(fact, bonds);
  if (!bonds.empty()) news_of_bonds(fact.at);
  if (!leaks.empty()) news_of_leaks();
  rules.observe(fact);
  for (const leak::Suspicion& each : suspicions) {
    over_orphan.pair(each.old, each.successor);
    if (each.standing) over_orphan.standing(each.old, each.standing);
  }
  suspicions.clear();
  if (fact.kind == FactKind::Closed) over_orphan.closed(fact.session->id);
}

void Analysis::State::news_of_bonds(Instant at) {
  for (const SessionId old : bonds) {
    const core::session::Bond* const bond = lineage.bond(old);
    over_orphan.pair(old, bond == nullptr ? SessionId::None : bond->successor);
    orphans.bond_changed(old, at, leaks);
    news_of_leaks();
  }
  bonds.clear();
}

void Analysis::State::news_of_leaks() {
  for (const SessionId old : leaks) over_orphan.standing(old, orphans.standing(old));
  leaks.clear();
}

void Analysis::State::fall_due(Instant until) {
  // Whatever is due earliest goes first, so that findings never depend on when the clock was looked
  // at.
  while (true) {
    const Instant due =
        std::min({tracker.deadline(), orphans.deadline(), alarms.deadline(), book.deadline()});
    if (due > until || due == Instant::max()) return;
    if (due == tracker.deadline()) {
      tracker.advance(facts);
      handle_facts();
    } else if (due == orphans.deadline()) {
      orphans.advance(leaks);
      news_of_leaks();
    } else if (due == alarms.deadline()) {
      rules.due(alarms.take());
    } else {
      book.advance();
    }
    book.write();
  }
}

Analysis::Analysis(const Settings& settings) : state_(std::make_unique<State>(settings)) {}
Analysis::~Analysis() = default;

void Analysis::observe(const core::EventView& event) {
  State& state = *state_;
  state.fall_due(event.event.at -
                 core::Duration(1));  // A deadline at the same instant comes after the event.
  state.now = event.event.at;
  state.tracker.observe(event, state.facts);
  state.handle_facts();
  state.book.write();
}

void Analysis::advance(Instant now) {
  state_->fall_due(now - core::Duration(1));
  state_->now = std::max(state_->now, now);
}

void Analysis::set_short_of_memory(bool short_of_memory) noexcept {
  state_->tracker.set_short_of_memory(short_of_memory);
  state_->tracker.forget(state_->now);
}

void Analysis::finish(const Ending& ending) {
  state_->fall_due(ending.at);
  state_->now = ending.at;
  state_->orphans.finish(ending.at);
  state_->rules.finish(ending);
  state_->book.advance();
  state_->book.write();
}

std::vector<Record> Analysis::take_records() { return state_->book.take_records(); }

bool Analysis::suspects() const noexcept { return state_->orphans.suspects(state_->now); }

Instant Analysis::suspects_settle_at() const noexcept {
  return state_->orphans.settle_at(state_->now);
}

std::vector<Suspect> Analysis::unsettled() const { return state_->orphans.unsettled(state_->now); }

std::vector<std::pair<std::string, core::ClientId>> Analysis::clients() const {
  std::vector<std::pair<std::string, core::ClientId>> all;
  for (const SessionId id : state_->tracker.all())
    if (const core::session::Session* const session = state_->tracker.find(id))
      all.emplace_back(session->engine_sid, session->client);
  return all;
}

Analysis::Live Analysis::live() const noexcept {
  const auto live = state_->tracker.live();
  return {live.polling, live.websocket, state_->orphans.orphans()};
}

Traffic Analysis::traffic() const noexcept {
  Traffic traffic = state_->traffic;
  traffic.upgrades[static_cast<std::size_t>(Traffic::Upgrade::Abandoned)] =
      state_->tracker.abandoned_upgrades();
  return traffic;
}

Tally Analysis::tally() const {
  const State& state = *state_;
  Tally tally;
  tally.sessions = state.tracker.sessions();
  tally.deliveries = state.topics.deliveries();
  tally.findings = state.book.standing();
  tally.unproven = state.book.unproven();

  for (const auto& [key, count] : state.topics.counts()) {
    TopicCount topic{.name = count.name,
                     .direction = count.direction,
                     .sent = count.sent,
                     .extra = 0,
                     .once = count.sent,
                     .doubtful = false,
                     .sessions = count.sessions,
                     .most = count.most};
    if (const Copies::Count* const copied = state.copies.find(key.topic, count.direction)) {
      topic.extra = copied->extra;
      topic.doubtful = copied->doubtful;
      topic.once = count.sent - std::min(count.sent, copied->extra + copied->doubled);
    }
    tally.topics.push_back(std::move(topic));
  }
  std::sort(tally.topics.begin(), tally.topics.end(), [](const TopicCount& a, const TopicCount& b) {
    if (a.sent != b.sent) return a.sent > b.sent;
    if (a.name.ns != b.name.ns) return a.name.ns < b.name.ns;
    return a.name.event != b.name.event ? a.name.event < b.name.event : a.direction < b.direction;
  });
  TopicCount other;
  other.name = {"", "other"};
  other.sent = other.once = state.topics.others();
  for (std::size_t i = kTopicsListed; i < tally.topics.size(); ++i) {
    other.sent += tally.topics[i].sent;
    other.extra += tally.topics[i].extra;
    other.once += tally.topics[i].once;
  }
  if (tally.topics.size() > kTopicsListed) tally.topics.resize(kTopicsListed);
  if (other.sent != 0) tally.topics.push_back(std::move(other));

  const auto& gaps = state.tracker.gaps();
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    const auto& gap = gaps[i];
    if (gap.count == 0) continue;
    const auto reason = static_cast<core::Unobserved>(i);
    UnobservedCount& row = tally.unobserved.emplace_back(
        UnobservedCount{.reason = reason, .sessions = gap.sessions, .count = gap.count});
    if (gap.detail != 0)
      row.first = {gap.direction, gap.offset_bytes, core::tap::gap_detail(reason, gap.detail)};
  }
  return tally;
}

}  // namespace rules
