#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>

#include "rules/rule.hpp"

namespace rules::leak {

/// leak/superseded-session: a client has a new session, and its old one lives on, without any
/// packet that would explain it.
///
/// How it works. Only evidence that names one socket, or one page, makes a pair: a recovery pid
/// given to OLD and presented by NEW, or a per-page client key. Then, as for
/// leak/orphan-after-parse-error, OLD has to show a sign of life after NEW's CONNECT.

class SupersededSession : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Connecting,
                                  core::session::FactKind::Ping, core::session::FactKind::Pong,
                                  core::session::FactKind::Poll, core::session::FactKind::Closed};

  explicit SupersededSession(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);

 private:
  struct Pair {
    core::SessionId successor = core::SessionId::None;
    core::Instant succeeded;  ///< NEW's CONNECT
    Grade grade = Grade::None;
  };
  void arrived(core::session::Session& session);
  void lives(core::session::Session& old, const Pair& pair, core::Instant at, What sign);
  Told told_pair(const core::session::Session& old, const Pair& pair, core::Instant at,
                 Confidence confidence);

  std::map<core::SessionId, Pair> pairs_;                     ///< by OLD
  std::unordered_map<std::uint64_t, core::SessionId> pages_;  ///< by client key: its latest session
};

}  // namespace rules::leak
