#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "core/session/fact.hpp"
#include "core/session/front_vector.hpp"
#include "core/session/grade.hpp"
#include "core/session/tracker.hpp"

namespace core::session {

/// Whether `--client-key` names a page, or a user who may have several.
enum class ClientKeyNames : std::uint8_t { User, Page };

/// OLD's client went on as `successor`.
struct Bond {
  SessionId successor = SessionId::None;
  Grade grade = Grade::None;
  bool exact = false;  ///< the evidence allows `certain`
};

/// Which session continues which: clients across their sessions. It matters where a client received
/// a packet that its parser may have thrown at, and did not close: such a session is *left*, and
/// may have a successor.
///
/// How it works. Sessions that share address, User-Agent, Origin and query (or the client key) form
/// a group. A newcomer that CONNECTs in a group is explained, in this order, by
///
/// 1. exact evidence: the recovery `pid` it presents; later, its first ack id, or a shared page
/// clock;
/// 2. a session of the group that closed within the back-off window before it asked: whoever closes
/// and
///    comes back is healthy;
/// 3. a left session whose poison packet lies within the window;
/// 4. a session that closed within the window after a good-bye (`41`): its application may come
/// back
///    by hand, its client does not by itself.
///
/// One newcomer explains one departure and the other way round. Exact evidence that comes later
/// takes its newcomer away from whoever held it by timing; a left session that speaks again was
/// never left, and frees its newcomer.
class Lineage {
 public:
  Lineage(Tracker& tracker, ClientKeyNames key_names) noexcept
      : tracker_(tracker), key_names_(key_names) {}

  /// Appends the ids of left sessions whose bond appeared, changed or went.
  void observe(const Fact& fact, std::vector<SessionId>& changed);

  /// The successor of a left session, or nullptr. Good until the next observe().
  [[nodiscard]] const Bond* bond(SessionId old) const noexcept;
  /// Whether `old` was left, and did not speak since: whether it still counts as a suspect.
  [[nodiscard]] bool is_left(SessionId old) const noexcept { return left_.contains(old); }
  /// Whether the bond of `old` may well be another's: other left sessions would suit its newcomer
  /// too, or the two present different `auth`.
  [[nodiscard]] bool doubtful(const Session& old) const noexcept;

 private:
  struct Departure {
    SessionId session;
    Instant at;
    std::uint64_t auth;
    bool goodbye = false;  ///< closed after leaving every namespace: may not come back at all
    SessionId claimed_by = SessionId::None;  ///< the newcomer that it explains, by timing
  };
  struct Group {
    FrontVector<Departure> closed;  ///< unclaimed, within the window, oldest first
    FrontVector<Departure>
        past;  ///< claimed by timing, or too long ago: counts where evidence must be unique
    std::vector<Departure> left;       ///< unclaimed, oldest first; `at` is the poison packet's
    FrontVector<SessionId> newcomers;  ///< unexplained, oldest first
    /// Left sessions bonded while others were not: ambiguous, until nobody is unclaimed any more.
    std::vector<SessionId> ambiguous;
  };
  struct Left {
    Instant poisoned;
    Bond bond;
  };

  [[nodiscard]] std::uint64_t group_key(const Session& session) const noexcept;
  [[nodiscard]] Group& group_of(const Session& session) { return groups_[group_key(session)]; }
  void poisoned(Session& session, Instant at);
  void spoke(Session& session, Instant at, std::vector<SessionId>& changed);
  void closed(Session& session, Instant at, std::vector<SessionId>& changed);
  void arrived(Session& session, std::vector<SessionId>& changed);
  void first_ack(Session& session, std::uint32_t ns, std::uint32_t id,
                 std::vector<SessionId>& changed);
  /// Evidence that names both: `successor` is `old`'s client.
  void pin(Session& old, Session& successor, Bond bond, std::vector<SessionId>& changed);
  /// Timing gave `successor` a departure that is not its own: it explains somebody else.
  void give_back(const Session& successor);
  void same_page(Session& one, Session& two, std::vector<SessionId>& changed);
  void explain(Session& newcomer, std::vector<SessionId>& changed);
  void bind(Session& old, Session& successor, Bond bond, std::vector<SessionId>& changed);
  /// Takes the newcomer away from the left session that holds it.
  void unbind(Session& successor, std::vector<SessionId>& changed);
  void offer(Session& old, std::vector<SessionId>& changed);
  /// `old` waits for a successor no longer.
  void stop_waiting(Session& old, std::vector<SessionId>& changed);
  void prune(Group& group, Instant now);

  Tracker& tracker_;
  ClientKeyNames key_names_;
  std::unordered_map<std::uint64_t, Group> groups_;
  /// Departures in the order of time, and their groups: so the oldest are forgotten.
  std::deque<std::pair<Instant, std::uint64_t>> group_uses_;
  std::unordered_map<SessionId, Left> left_;
  std::deque<std::pair<Instant, SessionId>> closed_left_;  ///< bonded, and over: forgotten in time
  std::unordered_map<SessionId, SessionId> predecessor_;   ///< of bonded newcomers
  std::unordered_map<std::uint64_t, SessionId> pids_;
  std::deque<std::uint64_t> pid_order_;
};

}  // namespace core::session
