#pragma once

#include "rules/rule.hpp"

namespace rules::handshake {

/// handshake/unknown-sid: a server answers a request of a session with "Session ID unknown".
///
/// How it works. What it means hangs on what was seen before. A session that is open to our
/// knowledge, of a server that gave no sign of having gone, was granted by another process: that is
/// an error. Everything else has an innocent reading.
class UnknownSid : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Answered,
                                  core::session::FactKind::Unanswered,
                                  core::session::FactKind::Closed};

  explicit UnknownSid(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);

 private:
  void forgotten(const core::session::Fact& fact);
  void open_but_explained(const core::session::Fact& fact, const std::string& why);
  void closed(const core::session::Fact& fact);
  void never_seen(const core::session::Fact& fact);

  /// When the server last looked as if it had gone down; default: it never did.
  core::Instant gone_{};
};

}  // namespace rules::handshake
