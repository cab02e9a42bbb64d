#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/client/message.hpp"
#include "core/client/parser.hpp"
#include "core/client/revision.hpp"
#include "core/client/socketio_packet.hpp"
#include "core/direction.hpp"
#include "core/instant.hpp"

namespace core::replay {

/// A Socket.IO packet of a recording, whole.
struct Said {
  Instant at;  ///< when its last message was complete
  Direction direction;
  /// As they stood in the recording, without the Engine.IO `4`: the packet, then its attachments.
  std::vector<client::Message> messages;
  /// What they say; nothing: the official parser refuses them.
  std::optional<client::Packet> packet;
};

/// How a session came to its end.
struct Parted {
  Instant at;
  Direction by;  ///< ToServer: the client ended it, in words or by hanging up
};

enum class Carried : std::uint8_t { Polling, WebSocket, PollingThenWebSocket };

/// One Engine.IO session of a recording: its handshake, and all that was said, in order.
struct RecordedSession {
  std::string sid;
  Instant opened;  ///< the handshake
  client::Revision revision = client::Revision::V4;
  client::Parser parser = client::Parser::Json;
  Carried carried = Carried::Polling;
  std::string query;   ///< the application's own part of it, as it stood: `token=abc&room=7`
  std::string origin;  ///< header; empty when absent
  Duration ping_interval = std::chrono::seconds(25);
  Duration ping_timeout = std::chrono::seconds(20);
  std::vector<Said> said;
  std::optional<Parted> parted;  ///< nothing: it was open when the recording ended
};

}  // namespace core::replay
