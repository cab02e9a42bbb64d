#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "core/session/fact.hpp"
#include "core/session/lineage.hpp"
#include "core/session/tracker.hpp"
#include "rules/book.hpp"
#include "rules/leak/standing.hpp"
#include "rules/registry.hpp"

namespace rules::leak {

/// leak/orphan-after-parse-error: a client met a packet that its parser threw at, went on in a new
/// session, and left the old one open.
///
/// How it works. A session that received such a packet and stays open is a *suspect*. The lineage
/// tells when a new session continues its client (a bond). From the successor's CONNECT on there
/// are two ways out:
///
///     suspect ──bond──► bonded ──1 s later, still open──► candidate (possible)
///                          └────────── sign of life after CONNECT ──────────► orphan (likely or
///                          certain)
///
/// A sign of life is a pong that answers a ping sent after the successor's CONNECT, or a new poll;
/// in Engine.IO 3, where clients ping, a ping that was not on its way before. It excludes a
/// connection whose client lost its network, exactly. The suspect is cleared when it speaks again,
/// when its newcomer proves to be another's, and when it turns out to have been dead: its last ping
/// was never answered.
class OrphanAfterParseError {
 public:
  static const Description kDescription;

  OrphanAfterParseError(Book& book, core::session::Tracker& tracker,
                        const core::session::Lineage& lineage)
      : book_(book), tracker_(tracker), lineage_(lineage) {}

  /// Fact kinds Malformed, Ping, Pong, Poll, Closed. Appends the ids of sessions whose standing
  /// changed.
  void observe(const core::session::Fact& fact, std::vector<core::SessionId>& changed);
  /// The lineage has news of `old`.
  void bond_changed(core::SessionId old, core::Instant at, std::vector<core::SessionId>& changed);
  [[nodiscard]] core::Instant deadline() const noexcept {
    return deadlines_.empty() ? core::Instant::max() : deadlines_.top().first;
  }
  /// The earliest deadline falls due.
  void advance(std::vector<core::SessionId>& changed);
  /// The watch ends: candidates become unproven findings.
  void finish(core::Instant at);

  /// What stands against `old` now; nullopt when it is no finding.
  [[nodiscard]] std::optional<Standing> standing(core::SessionId old) const;

  [[nodiscard]] bool suspects(core::Instant now) const noexcept;
  [[nodiscard]] core::Instant settle_at(core::Instant now) const noexcept;
  [[nodiscard]] std::vector<rules::Suspect> unsettled(core::Instant now) const;
  /// Orphans found that are still open.
  [[nodiscard]] std::size_t orphans() const noexcept;

 private:
  struct Suspect {
    core::Instant poisoned;
    std::string packet;
    bool truncated = false;
    std::string reason;
    core::Instant pinged{};  ///< the ping that the latest sign of life answers; of a poll or a
                             ///< client's own ping, when it was sent at the earliest
    core::Instant lived{};   ///< the latest sign of life
    What life = What::Pong;
    /// Its successor's CONNECT, kept because an orphan may outlive the memory of its successor.
    core::Instant succeeded = core::Instant::max();
    bool candidate = false;     ///< still open kOverlapGrace after its successor's CONNECT
    std::uint32_t finding = 0;  ///< 0: none yet
    Confidence confidence = Confidence::Possible;
  };

  [[nodiscard]] const core::session::Session* successor_of(core::SessionId old) const;
  /// When the suspect will have been proven or refuted; a default Instant when nothing is open.
  [[nodiscard]] core::Instant settles_at(core::SessionId id, const Suspect& suspect,
                                         core::Instant now) const noexcept;
  [[nodiscard]] bool proven(core::SessionId old, const Suspect& suspect) const;
  void judge(core::session::Session& old, Suspect& suspect, core::Instant at,
             std::vector<core::SessionId>& changed);
  void write(core::session::Session& old, Suspect& suspect, Confidence confidence,
             core::Instant at);
  void clear(core::SessionId old, Suspect& suspect, std::string reason,
             std::vector<core::SessionId>& changed);
  void closed(core::session::Session& old, core::Instant at, std::vector<core::SessionId>& changed);
  void unproven(core::session::Session& old, Suspect& suspect, core::Instant at);

  Book& book_;
  core::session::Tracker& tracker_;
  const core::session::Lineage& lineage_;
  std::map<core::SessionId, Suspect> suspects_;
  using Deadline = std::pair<core::Instant, core::SessionId>;
  std::priority_queue<Deadline, std::vector<Deadline>, std::greater<>> deadlines_;
};

}  // namespace rules::leak
