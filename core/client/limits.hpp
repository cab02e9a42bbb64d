#pragma once

#include <cstddef>
#include <cstdint>

#include "core/limits.hpp"

namespace core::client {

/// What a client lets a server make it hold. Past one of them the session ends, as after anything
/// else that does not parse.
struct Limits {
  /// What socket.io-parser does with a binary packet that announces no attachments: releases before
  /// 4.2.6 hand on the packet and then wait for ever. `Accept` hands it on and waits for none.
  enum class EmptyBinary : std::uint8_t { Reject, Accept };

  std::uint32_t attachments_max = limits::kAttachmentsMax;  ///< of one packet, either way
  EmptyBinary empty_binary = EmptyBinary::Reject;
  std::size_t message_bytes_max = limits::kMessageBytesMax;  ///< of a WebSocket message
  std::size_t payload_bytes_max = limits::kMessageBytesMax;  ///< of a polling response's body
  /// Events that come before the CONNECT they belong to, as a recovered session's do.
  std::size_t early_events_max = 10'000;
  /// Events of one namespace that ask for an ack and still wait for it; of more, the oldest can no
  /// longer be acknowledged.
  std::size_t owed_acks_max = 10'000;
};

}  // namespace core::client
