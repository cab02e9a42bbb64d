#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "core/direction.hpp"
#include "core/event.hpp"
#include "core/socketio/packet.hpp"
#include "core/tap/emitter.hpp"
#include "core/tap/messages.hpp"
#include "core/tap/tap.hpp"

namespace core::tap {

/// The Socket.IO packet in an Engine.IO message: decodes it and emits what it is.
/// @param text The whole Engine.IO packet, `42["news",1]`.
void read_packet(std::string_view text, Revision revision, Direction direction,
                 const Settings& settings, Emitter& emit);

/// An ack id as events carry it. What is no integer, or too large, is kNoId - 1.
[[nodiscard]] inline std::uint32_t saturated(const socketio::AckId& id) noexcept {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(id.integer.value_or(kNoId - 1), kNoId - 1));
}

}  // namespace core::tap
