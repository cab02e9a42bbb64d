#pragma once

#include <cstddef>
#include <cstdint>

namespace core {

/// Which way bytes travel between the two peers we watch.
enum class Direction : std::uint8_t { ToServer, ToClient };

[[nodiscard]] constexpr Direction opposite(Direction direction) noexcept {
  return direction == Direction::ToServer ? Direction::ToClient : Direction::ToServer;
}

/// For an array of two, one a direction.
[[nodiscard]] constexpr std::size_t index_of(Direction direction) noexcept {
  return static_cast<std::size_t>(direction);
}

}  // namespace core
