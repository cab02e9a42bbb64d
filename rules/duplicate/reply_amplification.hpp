#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "rules/rule.hpp"

namespace rules::duplicate {

/// What a client answered to which event, and how often: the latest few kinds of a session.
struct EchoPairs {
  struct Pair {
    std::uint64_t trigger = 0;
    std::uint64_t reply = 0;
    std::uint32_t times = 0;  ///< the reply came, each time
    std::uint32_t seen = 0;   ///< how often the trigger was answered so
    bool steady = true;       ///< each time as often
    core::Instant trigger_at{};
    core::Instant reply_at{};
  };
  std::array<Pair, 4> pairs;
  std::size_t next = 0;
  std::string reply_packet;  ///< of the latest echo that came twice
};

/// The latest event that a session's client was sent, and what it sent since.
struct Echoes {
  struct Echo {
    std::uint64_t topic = 0;
    std::uint64_t content = 0;
    core::Instant first{};
    core::Instant last{};
    std::uint32_t times = 0;

    /// As Run::begin().
    void begin(std::uint64_t new_topic, std::uint64_t new_content, core::Instant at) noexcept {
      topic = new_topic;
      content = new_content;
      first = last = at;
      times = 1;
    }
  };
  std::uint64_t trigger = 0;  ///< 0: none yet
  core::Instant trigger_at{};
  std::array<std::uint64_t, 3> unanswered{};  ///< events before it, since the client last spoke
  bool asked_again = false;  ///< it was among them: whose answer is whose cannot be told
  std::array<Echo, 2> echoes;
  std::unique_ptr<EchoPairs> pairs;
};

/// duplicate/reply-amplification: a client answers an event k times, and k grows with each of its
/// reconnects: its listener was registered again each time.
///
/// How it works. After an event to the client, equal events from it within kSameTick are its echo.
/// Each session remembers of its latest pairs (event, echo) how often the echo came; a session
/// whose client had another before is held against that one: k has grown by as much as there were
/// reconnects. In one session alone k says nothing: an application may mean it. And an event that
/// came twice before its client spoke may well be answered twice.

class ReplyAmplification : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Message,
                                  core::session::FactKind::Closed};

  explicit ReplyAmplification(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);

 private:
  void conclude(core::session::Session& session, Echoes& echoes, core::Instant at);
  void judge(core::session::Session& session, EchoPairs::Pair& pair, core::Instant at);
};

}  // namespace rules::duplicate
