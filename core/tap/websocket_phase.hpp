#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "core/tap/emitter.hpp"
#include "core/tap/messages.hpp"
#include "core/tap/raw_refusal.hpp"
#include "core/tap/tap.hpp"
#include "core/websocket/deflate.hpp"
#include "core/websocket/reader.hpp"

namespace core::tap {

/// A connection after the 101: messages both ways, each an Engine.IO packet.
class WebSocketPhase {
 public:
  enum class Outcome : std::uint8_t { WebSocket, Over };

  /// @param exchange The request that was upgraded.
  /// @param deflate What the handshake agreed on, if anything.
  /// @param budget What inflating may take, if it is bounded.
  WebSocketPhase(Revision revision, std::uint32_t exchange,
                 const std::optional<websocket::PerMessageDeflate>& deflate,
                 inflate::Budget* budget) noexcept;

  [[nodiscard]] Outcome receive(Direction direction, std::span<char> bytes,
                                const Settings& settings, Emitter& emit);

 private:
  void read_message(const websocket::Message& message, Direction direction,
                    const Settings& settings, Emitter& emit) const;
  void tell_unfinished(Direction direction, Emitter& emit) const;
  [[nodiscard]] static Outcome broken(Direction direction, const websocket::Error& error,
                                      Emitter& emit);

  std::array<websocket::Reader, 2> readers_;  ///< by Direction
  std::uint32_t exchange_;
  Revision revision_;
  RawRefusal refusal_;
};

}  // namespace core::tap
