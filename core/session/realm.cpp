#include "core/session/realm.hpp"

#include <xxhash.h>

namespace core::session {

SessionId RealmFinder::partner(const Use& use) const noexcept {
  if (use.session == SessionId::None) return SessionId::None;
  // Who used this base, and how. A session that used the plain form itself explains its own
  // suffixes.
  struct Forms {
    bool plain = false, suffixed = false;
  } own, others;
  SessionId other = SessionId::None;
  for (const Use& each : uses_) {
    if (each.base != use.base) continue;
    if (each.session == SessionId::None) return SessionId::None;  // Not known yet whose.
    if (each.session != use.session) {
      if (other != SessionId::None && other != each.session) return SessionId::None;
      other = each.session;
    }
    Forms& forms = each.session == use.session ? own : others;
    (each.suffixed ? forms.suffixed : forms.plain) = true;
  }
  const bool borrowed = (own.suffixed && !own.plain) || (others.suffixed && !others.plain);
  return borrowed ? other : SessionId::None;
}

SessionId RealmFinder::request(std::uint64_t fingerprint, std::string_view t,
                               ConnectionId connection, std::uint32_t exchange,
                               SessionId session) noexcept {
  const std::size_t dot = t.find('.');
  const std::string_view base = t.substr(0, dot);
  Use& use = uses_[next_];
  next_ = (next_ + 1) % uses_.size();
  use = {XXH3_64bits_withSeed(base.data(), base.size(), fingerprint), connection, exchange, session,
         dot != std::string_view::npos};
  return partner(use);
}

SessionId RealmFinder::opened(ConnectionId connection, std::uint32_t exchange,
                              SessionId session) noexcept {
  for (Use& use : uses_) {
    if (use.connection != connection || use.exchange != exchange ||
        use.session != SessionId::None || use.base == 0)
      continue;
    use.session = session;
    return partner(use);
  }
  return SessionId::None;
}

}  // namespace core::session
