#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/session/fact.hpp"
#include "core/session/tracker.hpp"
#include "rules/book.hpp"
#include "rules/copies.hpp"
#include "rules/leak/standing.hpp"
#include "rules/registry.hpp"
#include "rules/topics.hpp"

namespace rules::duplicate {

/// duplicate/over-orphan: the same event was sent to a session that its client left behind, and to
/// the live one.
/// One finding an orphan and event; `count` is the number of extra copies, and its confidence is
/// the orphan's.
///
/// How it works. From the moment a left session has a successor, the two are a pair. Each event
/// sent to one of them is matched, one to one, with an equal one sent to the other within
/// limits::kCopyWindow. Copies are counted from the start, and told once the leak is.
class OverOrphan {
 public:
  static const Description kDescription;

  OverOrphan(Book& book, core::session::Tracker& tracker, Copies& copies)
      : book_(book), tracker_(tracker), copies_(copies) {}

  /// Fact kind Message. Costs one test while there is no pair.
  void observe(const core::session::Fact& fact) {
    if (!pairs_.empty()) match(fact);
  }
  /// `old` has `successor` (or None any more): copies are looked for.
  void pair(core::SessionId old, core::SessionId successor);
  /// What the leak rules say of `old` now; nullopt when it is no finding (any more).
  void standing(core::SessionId old, const std::optional<leak::Standing>& standing);
  /// A session ended: its pairs are over, their findings stay as they are.
  void closed(core::SessionId session);

 private:
  struct Sent {
    std::uint64_t topic = 0;
    std::uint64_t arguments = 0;
    core::Instant at{};
    bool to_old = false;
    bool waits = false;  ///< for its copy
  };
  struct Told {
    EventName name;
    std::uint64_t count = 0;
    std::uint64_t doubled = 0;
    core::Instant first{};
    core::Instant last{};
    std::string packet;
    bool truncated = false;
    core::Instant other_at{};  ///< the first pair: when each of the two was sent
    core::Instant old_at{};
    std::uint32_t finding = 0;
  };
  struct Pair {
    core::SessionId successor = core::SessionId::None;
    std::array<Sent, 32> recent{};
    std::size_t next = 0;
    std::map<std::uint64_t, Told> told;  ///< by topic
    std::optional<leak::Standing> standing;
  };

  void match(const core::session::Fact& fact);
  void match(core::SessionId old, Pair& pair, const core::session::Fact& fact);
  void tell(core::SessionId old, Pair& pair, std::uint64_t topic, Told& told);
  void end(core::SessionId old);

  Book& book_;
  core::session::Tracker& tracker_;
  Copies& copies_;
  std::map<core::SessionId, Pair> pairs_;                        ///< by the old session
  std::unordered_map<core::SessionId, core::SessionId> old_of_;  ///< successor to old
};

}  // namespace rules::duplicate
