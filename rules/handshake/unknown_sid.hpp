#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "rules/rule.hpp"

namespace rules::handshake {

/// handshake/unknown-sid: a server answers a request of a session with "Session ID unknown".
///
/// How it works. What it means hangs on what was seen before. A session that is open to our
/// knowledge, of a server that gave no sign of having gone, was granted by another process: that is
/// an error. Everything else has an innocent reading. Where sioscope itself stands before several
/// upstreams, it says which granted the session and which was asked.
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
  /// `127.0.0.1:3000`; empty where there is one upstream.
  [[nodiscard]] std::string name_of(std::uint8_t upstream) const;
  /// `note`, and which upstream answered.
  [[nodiscard]] std::string by(const core::session::ExchangeFact& exchange, std::string note) const;
  /// A server looks as if it had gone down.
  void goes(std::uint8_t upstream, core::Instant at);
  [[nodiscard]] core::Instant gone(std::uint8_t upstream) const;

  /// When each upstream last looked so; absent: it never did.
  std::map<std::uint8_t, core::Instant> gone_;
};

}  // namespace rules::handshake
