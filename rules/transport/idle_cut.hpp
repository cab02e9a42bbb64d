#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "rules/rule.hpp"

namespace rules::transport {

/// transport/idle-cut: connections that end without a word, all of them at the same age or after
/// the same quiet time: something on the way has a timer.
///
/// How it works. The latest ends without a word are kept, with their age and quiet time, and
/// whether somebody with the same face came back: who meant to go does not. When most of them
/// agree, and they did not happen at once, as at a restart, it is told.
class IdleCut : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Closed, core::session::FactKind::Opened};

  explicit IdleCut(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);

 private:
  struct Cut {
    core::SessionId session;
    std::uint64_t fingerprint;
    core::Instant at;
    core::Duration age;
    core::Duration quiet;
    bool by_server = false;  ///< the server's side of the connection ended first
    bool came_back = false;
  };
  using Span = core::Duration Cut::*;

  void cut(const core::session::Session& session);
  void came_back(const core::session::Session& newcomer);
  void judge(core::Instant at);
  /// How many cuts share the latest one's span, and are no single event; 0: too few.
  [[nodiscard]] std::size_t alike(Span span, core::Duration least) const;
  void tell_cuts(core::Instant at, Span span, std::size_t count);

  std::deque<Cut> cuts_;  ///< oldest first
};

}  // namespace rules::transport
