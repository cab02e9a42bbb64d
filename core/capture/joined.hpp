#pragma once

#include <cstdint>
#include <string_view>

namespace core::capture {

/// What a segment of a connection that was joined mid-stream looks like.
enum class Looks : std::uint8_t {
  Other,
  Request,              ///< an HTTP request begins: its sender is the client
  FrameFromServer,      ///< one whole WebSocket frame, whose text is an Engine.IO packet
  FrameFromClient,      ///< likewise
  SecretiveFromServer,  ///< one whole WebSocket frame of which that cannot be told
  SecretiveFromClient,
};

/// Judges the start of a segment, and frames by their length: one that is exactly as long as its
/// segment says. A client masks its frames, a server never does.
[[nodiscard]] Looks looks_of(std::string_view segment) noexcept;

}  // namespace core::capture
