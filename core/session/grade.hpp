#pragma once

#include <cstdint>
#include <string_view>

namespace core::session {

/// How we know that two sessions are one client's, strongest first.
/// Source: DESIGN, "Identity"; the evidence was measured on real clients.
enum class Grade : std::uint8_t {
  RecoveryPid,    ///< NEW's CONNECT presents the `pid` given to OLD
  AckContinuity,  ///< NEW's first ack id follows OLD's last, and no other predecessor fits
  RealmSuffix,  ///< polling `t` of one is the other's with a suffix: same page, which may hold two
                ///< sockets by intent (`forceNew`); so it allows `likely`, not `certain`
  ClientKey,    ///< --client-key
  Auth,         ///< equal CONNECT `auth`: a user, never a tab
  Timing,  ///< same address, User-Agent, Origin and query, within the back-off window, one to one
  None,
};

[[nodiscard]] constexpr std::string_view name(Grade value) noexcept {
  switch (value) {
    case Grade::RecoveryPid:
      return "recovery-pid";
    case Grade::AckContinuity:
      return "ack-continuity";
    case Grade::RealmSuffix:
      return "realm-suffix";
    case Grade::ClientKey:
      return "client-key";
    case Grade::Auth:
      return "auth";
    case Grade::Timing:
      return "timing";
    case Grade::None:
      return "none";
  }
  return "";
}

}  // namespace core::session
