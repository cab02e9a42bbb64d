#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/session/fact.hpp"
#include "core/session/lineage.hpp"
#include "core/session/tracker.hpp"
#include "rules/alarms.hpp"
#include "rules/book.hpp"
#include "rules/copies.hpp"
#include "rules/leak/standing.hpp"
#include "rules/registry.hpp"
#include "rules/settings.hpp"
#include "rules/topics.hpp"
#include "rules/traffic.hpp"

namespace rules {

/// The kinds of facts that a rule folds over. Known when we compile, so that a fact costs those
/// rules only that use its kind.
class FactSet {
 public:
  constexpr FactSet(std::initializer_list<core::session::FactKind> kinds) noexcept {
    for (const core::session::FactKind kind : kinds) bits_ |= bit(kind);
  }
  [[nodiscard]] constexpr bool has(core::session::FactKind kind) const noexcept {
    return (bits_ & bit(kind)) != 0;
  }

 private:
  static_assert(core::session::kFactKinds <= 32);
  [[nodiscard]] static constexpr std::uint32_t bit(core::session::FactKind kind) noexcept {
    return std::uint32_t{1} << static_cast<unsigned>(kind);
  }
  std::uint32_t bits_ = 0;
};

/// What every rule stands on. Everything is borrowed and outlives it.
struct Context {
  Book& book;
  core::session::Tracker& tracker;
  const core::session::Lineage& lineage;
  Alarms& alarms;
  const Topics& topics;
  Copies& copies;
  std::vector<leak::Suspicion>& suspicions;  ///< news, taken after each fact
  const Settings& settings;
  Traffic& traffic;        ///< for what a rule alone can tell of it
  std::uint32_t rule = 0;  ///< its own place in the RuleSet
};

/// How a watch ended.
struct Ending {
  core::Instant at;
  /// `check`: when the command ended; default: there was none.
  core::Instant command_ended = {};
};

/// What rules have in common: findings by subject. A rule is a class with
///
///     static const Description kDescription;
///     static constexpr FactSet kFacts{FactKind::Closed, ...};
///     explicit TheRule(const Context& context) : Rule(context, kDescription) {}
///     void observe(const core::session::Fact&);
///
/// and, where it needs them, `static constexpr bool kMarkedOnly = true;` (of messages it wants
/// those that are MessageFact::marked alone, which few are), `void due(core::Instant at,
/// std::uint64_t key)` for the alarms that it set, and `void finish(const Ending&)`. It is listed
/// in all_rules.hpp. It sees a fact after the tracker and the lineage did.
class Rule {
 public:
  /// The session is over: its findings grow no more.
  void settle(core::SessionId session);

 protected:
  /// What a finding is worth where events were lost on their way to us (a ring overflowed, a
  /// capture has a hole).
  enum class Loss : std::uint8_t {
    Matters,  ///< what was not seen may have been: never more than `possible`
    Harmless  ///< what was seen proves it alone
  };
  Rule(const Context& context, const Description& description, Loss loss = Loss::Matters)
      : context_(context), description_(description), loss_(loss) {}

  /// A finding, opened or grown by one.
  struct Told {
    Finding& finding;
    bool is_new;
  };
  /// The finding about a session and, if the rule keeps several apart, one aspect of it: a
  /// direction, an event. When it is new, the caller writes its summary.
  Told tell(const core::session::Session& session, core::Instant at, Confidence confidence,
            Fault fault, std::uint64_t aspect = 0);
  /// A finding about what has no session. There are limits::kSubjectsMax of them at most; past
  /// that they count as the latest.
  Told tell_at_large(std::uint64_t subject, core::Instant at, Confidence confidence, Fault fault);
  /// Whether there is a finding about it.
  [[nodiscard]] bool has_told(const core::session::Session& session,
                              std::uint64_t aspect = 0) const {
    return numbers_.contains({session.id, aspect});
  }
  /// Adds evidence, up to limits::kEvidenceMax.
  static void add(Finding& finding, Evidence evidence);
  /// The finding about a session is refuted.
  void withdraw(const core::session::Session& session, std::string reason,
                std::uint64_t aspect = 0);
  void withdraw_at_large(std::uint64_t subject, std::string reason);
  /// It weighs more, or less, than its rule's severity.
  void regrade(const Finding& finding, Severity severity) {
    context_.book.regrade(finding.number, severity);
  }
  /// It says something new, beyond having grown.
  void changed(const Finding& finding) { context_.book.changed(finding.number); }
  void wake_me(core::Instant at, std::uint64_t key) const {
    context_.alarms.set(at, context_.rule, key);
  }
  void wake_me(core::Instant at, const core::session::Session& session) const {
    wake_me(at, static_cast<std::uint64_t>(session.id));
  }
  [[nodiscard]] core::session::Session* session_of(std::uint64_t key) const {
    return context_.tracker.find(static_cast<core::SessionId>(key));
  }
  /// Whether events were lost on their way to us.
  [[nodiscard]] bool lost_events() const noexcept;

  Context context_;

 private:
  Told told(std::pair<core::SessionId, std::uint64_t> subject, core::Instant at,
            Confidence confidence, Fault fault);

  const Description& description_;
  Loss loss_;
  std::map<std::pair<core::SessionId, std::uint64_t>, std::uint32_t> numbers_;
};

/// The packet of a fact, as evidence.
[[nodiscard]] Evidence packet_of(const core::session::Fact& fact, std::string note);
/// How a session ended, as evidence.
[[nodiscard]] Evidence end_of(const core::session::Session& session, std::string note);
/// "1.5 s", "250 ms": a time for people.
[[nodiscard]] std::string text_of(core::Duration duration);

}  // namespace rules
