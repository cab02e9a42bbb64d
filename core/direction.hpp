#pragma once

#include <cstdint>

namespace core {

/// Which way bytes travel between the two peers we watch.
enum class Direction : std::uint8_t { ToServer, ToClient };

[[nodiscard]] constexpr Direction opposite(Direction direction) noexcept {
  return direction == Direction::ToServer ? Direction::ToClient : Direction::ToServer;
}

}  // namespace core
