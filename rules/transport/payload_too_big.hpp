#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "rules/rule.hpp"

namespace rules::transport {

/// transport/payload-too-big: a message was refused for its size, with HTTP 413 or a WebSocket
/// Close 1009.
///
/// How it works. The tap tells of every large message as it comes in, or of the one that is half
/// read when the server refuses it. The latest of each session that had one is kept.
class PayloadTooBig : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Large, core::session::FactKind::Answered,
                                  core::session::FactKind::Closed};

  explicit PayloadTooBig(const Context& context) : Rule(context, kDescription, Loss::Harmless) {}
  void observe(const core::session::Fact& fact);

 private:
  struct Large {
    core::Instant at;
    std::uint64_t bytes;
    std::string start;
    bool truncated;
  };
  void refused(const core::session::Session& session, core::Instant at, Evidence refusal);
  void name(Finding& finding, const core::session::Session& session, const Large& large);

  std::map<core::SessionId, Large> large_;
};

}  // namespace rules::transport
