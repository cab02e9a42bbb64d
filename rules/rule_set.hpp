#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>

#include "rules/rule.hpp"

namespace rules {

/// Rules as one machine: each fact goes to those that use its kind, in the order they are listed.
/// Which ones is decided when we compile.
template <class... Rules>
class RuleSet {
  using Kind = core::session::FactKind;

 public:
  static constexpr std::size_t kSize = sizeof...(Rules);

  explicit RuleSet(const Context& context)
      : RuleSet(context, std::index_sequence_for<Rules...>{}) {}

  void observe(const core::session::Fact& fact) {
    if (fact.kind == Kind::Message && !fact.message->marked) [[likely]]
      return (observe_unmarked<Rules>(fact), ...);
    static constexpr auto kByKind = table(std::make_index_sequence<kKinds>{});
    kByKind[static_cast<std::size_t>(fact.kind)](*this, fact);
  }
  /// An alarm that one of them set.
  void due(const Alarms::Alarm& alarm) { due(alarm, std::index_sequence_for<Rules...>{}); }
  void finish(const Ending& ending) { (finish_one<Rules>(ending), ...); }

  template <class Wanted>
  [[nodiscard]] const Wanted& get() const noexcept {
    return std::get<Wanted>(rules_);
  }

 private:
  static constexpr std::size_t kKinds = core::session::kFactKinds;
  using Handler = void (*)(RuleSet&, const core::session::Fact&);

  template <std::size_t... I>
  RuleSet(const Context& context, std::index_sequence<I...>)
      : rules_(Rules(numbered(context, I))...) {}
  static Context numbered(Context context, std::size_t rule) noexcept {
    context.rule = static_cast<std::uint32_t>(rule);
    return context;
  }

  template <std::size_t... Kinds>
  static constexpr std::array<Handler, kKinds> table(std::index_sequence<Kinds...>) noexcept {
    return {&handle<static_cast<Kind>(Kinds)>...};
  }
  template <Kind kKind>
  static void handle(RuleSet& self, const core::session::Fact& fact) {
    (self.template observe_one<Rules, kKind>(fact), ...);
  }
  /// What nearly every message is.
  template <class Rule>
  void observe_unmarked(const core::session::Fact& message) {
    if constexpr (Rule::kFacts.has(Kind::Message) && !requires { Rule::kMarkedOnly; })
      std::get<Rule>(rules_).observe(message);
  }
  template <class Rule, Kind kKind>
  void observe_one(const core::session::Fact& fact) {
    if constexpr (Rule::kFacts.has(kKind)) std::get<Rule>(rules_).observe(fact);
    if constexpr (kKind == Kind::Closed && !requires { Rule::kOutlivesSession; })
      std::get<Rule>(rules_).settle(fact.session->id);
  }

  template <std::size_t... I>
  void due(const Alarms::Alarm& alarm, std::index_sequence<I...>) {
    (void)((alarm.rule == I && (due_one<I>(alarm), true)) || ...);
  }
  template <std::size_t I>
  void due_one(const Alarms::Alarm& alarm) {
    auto& rule = std::get<I>(rules_);
    if constexpr (requires { rule.due(alarm.at, alarm.key); }) rule.due(alarm.at, alarm.key);
  }
  template <class Rule>
  void finish_one(const Ending& ending) {
    auto& rule = std::get<Rule>(rules_);
    if constexpr (requires { rule.finish(ending); }) rule.finish(ending);
  }

  std::tuple<Rules...> rules_;
};

}  // namespace rules
