#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/event.hpp"
#include "core/ids.hpp"

namespace core::session {

/// Finds two sessions of one page by their polling cache busters. Clients up to 4.7 send `t` = the
/// time in base 64; a page that needs a second one within the same millisecond appends `.0`, `.1`,
/// ... Two pages may share the plain form by chance, so a suffix speaks only when exactly one other
/// session used its base, and the session itself did not. Source: yeast, as in
/// engine.io-client 6.5; measured.
class RealmFinder {
 public:
  /// A request of the group `fingerprint` carried `t`. `session` is None while its handshake is
  /// unanswered. Returns the session that came from the same page, or None.
  [[nodiscard]] SessionId request(std::uint64_t fingerprint, std::string_view t,
                                  ConnectionId connection, std::uint32_t exchange,
                                  SessionId session) noexcept;
  /// The handshake request of that exchange was answered: it was `session`'s. Returns as request().
  [[nodiscard]] SessionId opened(ConnectionId connection, std::uint32_t exchange,
                                 SessionId session) noexcept;

 private:
  struct Use {
    std::uint64_t base = 0;  ///< fingerprint and `t` without its suffix
    ConnectionId connection = ConnectionId::None;
    std::uint32_t exchange = 0;
    SessionId session = SessionId::None;
    bool suffixed = false;
  };
  [[nodiscard]] SessionId partner(const Use& use) const noexcept;

  /// Requests of one millisecond arrive close together: a short memory does.
  std::array<Use, 64> uses_{};
  std::size_t next_ = 0;
};

}  // namespace core::session
