#pragma once

#include <cstdint>
#include <optional>

namespace core::session {

/// How far a session is on its way from polling to websocket.
enum class UpgradeState : std::uint8_t { Polling, Probing, Probed, Upgraded };
enum class UpgradeStep : std::uint8_t { ProbePing, ProbePong, UpgradePacket, WebSocketClosed };

struct UpgradeRow {
  UpgradeState from;
  UpgradeStep step;
  UpgradeState to;
};

/// Every legal step. A pair that is not here is a violation; tracking follows what the peer really
/// did. Source: Engine.IO protocol v4, "Upgrade".
inline constexpr UpgradeRow kUpgradeTable[] = {
    {UpgradeState::Polling, UpgradeStep::ProbePing, UpgradeState::Probing},
    {UpgradeState::Probing, UpgradeStep::ProbePong, UpgradeState::Probed},
    {UpgradeState::Probing, UpgradeStep::WebSocketClosed, UpgradeState::Polling},
    {UpgradeState::Probed, UpgradeStep::UpgradePacket, UpgradeState::Upgraded},
    {UpgradeState::Probed, UpgradeStep::WebSocketClosed, UpgradeState::Polling},
};

[[nodiscard]] constexpr std::optional<UpgradeState> next(UpgradeState from,
                                                         UpgradeStep step) noexcept {
  for (const UpgradeRow& row : kUpgradeTable)
    if (row.from == from && row.step == step) return row.to;
  return std::nullopt;
}
static_assert(next(UpgradeState::Probed, UpgradeStep::UpgradePacket) == UpgradeState::Upgraded);
static_assert(!next(UpgradeState::Polling, UpgradeStep::UpgradePacket), "upgrade without a probe");

}  // namespace core::session
