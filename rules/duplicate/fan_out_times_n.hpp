#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "rules/finding.hpp"
#include "rules/rule.hpp"

namespace rules::duplicate {

/// Equal events in a row, the latest of a session.
struct Run {
  std::uint64_t topic = 0;
  std::uint64_t content = 0;
  core::Instant first{};
  core::Instant last{};
  std::uint32_t length = 0;
  /// Another of the kind came as close as a copy would: a stream may look so.
  bool crowded = false;

  /// A new one. (Field by field: a whole one would be made elsewhere and copied at once, which
  /// stalls, and this is done for every message.)
  void begin(std::uint64_t new_topic, std::uint64_t new_content, core::Instant at,
             bool is_crowded) noexcept {
    topic = new_topic;
    content = new_content;
    first = last = at;
    length = 1;
    crowded = is_crowded;
  }
};

/// duplicate/fan-out-times-n: each event comes k times, on every session.
///
/// How it works. Equal events that follow each other on a session within kSameTick are a run; one
/// that is over is held against the others of its topic. An event that comes once in a while in
/// twos is its application's business. One that comes in runs of the same length, every time and
/// wherever it goes, with contents that change, is multiplied on its way. What is told at a steady
/// rate and changes at a lower one looks the same where its events lie as close as copies: no pause
/// parts its runs, and so they prove nothing. Neither does what as many clients had just said,
/// since a server that passes it on sends each of them one copy, nor what answers as many equal
/// requests.

class FanOutTimesN : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Message,
                                  core::session::FactKind::Closed};

  explicit FanOutTimesN(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);
  void due(core::Instant at, std::uint64_t key);

 private:
  struct Topic {
    std::uint32_t length = 0;   ///< of its runs, as long as they are all alike
    std::uint64_t moments = 0;  ///< with runs, and nothing that came alone between
    std::uint64_t odd = 0;      ///< runs of another length among them
    core::Instant latest{};
    std::uint64_t extra = 0;
    std::uint64_t counted = 0;  ///< of `extra`, told to the verdict
    std::vector<core::SessionId> sessions;
    std::vector<std::uint64_t> contents;
    EventName name;
    SessionRef session;  ///< the first one seen
    Evidence first;
    Evidence second;
  };

  /// An event that a client sent: the server may pass it on, or answer it.
  struct Said {
    core::SessionId session = core::SessionId::None;
    std::uint64_t topic = 0;
    std::uint64_t content = 0;
    core::Instant at{};
  };

  [[nodiscard]] bool passed_on(const Run& run) const;
  [[nodiscard]] bool asked_for(const core::session::Session& session, const Run& run) const;
  void suspect(const core::session::Fact& fact, const Run& run);
  void conclude(const core::session::Session& session, const Run& over);
  void judge(std::uint64_t topic, Topic& known, core::Instant at);
  void refute(std::uint64_t topic, Topic& known);

  std::unordered_map<std::uint64_t, Topic> topics_;  ///< those that ever came in a run
  std::array<Said, 64> said_{};                      ///< the latest, of all clients
  std::size_t next_said_ = 0;
};

}  // namespace rules::duplicate
