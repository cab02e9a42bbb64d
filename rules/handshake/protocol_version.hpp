#pragma once

#include "rules/rule.hpp"

namespace rules::handshake {

/// handshake/protocol-version: a client and a server of generations that do not understand each
/// other. Whoever is refused has no session, so these are one finding a revision and sign.
class ProtocolVersion : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{
      core::session::FactKind::Answered, core::session::FactKind::NoHandshake,
      core::session::FactKind::Connected, core::session::FactKind::WrongHeartbeat};

  explicit ProtocolVersion(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);

 private:
  void refused(const core::session::Fact& fact);
  void answered_in_v3(const core::session::Fact& fact);
  void granted_unasked(const core::session::Fact& fact);
  void wrong_heartbeat(const core::session::Fact& fact);
};

/// Whether what answers a handshake of version 4 is a payload of version 3, `95:0{...`; of one that
/// begins with a `1` the decoder has taken that, and the event shows the rest.
[[nodiscard]] bool is_v3_payload(std::string_view excerpt) noexcept;

}  // namespace rules::handshake
