#pragma once

#include <string>

#include <tl/expected.hpp>

#include "core/client/message.hpp"
#include "core/client/revision.hpp"
#include "core/engineio/packet.hpp"

namespace core::client {

/// One Engine.IO packet, owned. Binary messages have type Message.
struct EnginePacket {
  engineio::PacketType type = engineio::PacketType::Message;
  Message content;
};

/// A WebSocket message, or one packet of a polling payload, as a packet.
[[nodiscard]] tl::expected<EnginePacket, engineio::PacketErrc> decode_engine(
    const Message& message, Revision revision = Revision::V4);

/// The text form of a packet, as a polling payload holds it (and WebSocket too, unless it is
/// binary): `4hello`; for bytes `bAQID`, or `b4AQID` in revision 3.
[[nodiscard]] std::string encode_engine_text(const EnginePacket& packet,
                                             Revision revision = Revision::V4);

/// The WebSocket message of a packet. In revision 3 a byte that is the type stands before bytes.
[[nodiscard]] Message encode_engine_message(const EnginePacket& packet,
                                            Revision revision = Revision::V4);

}  // namespace core::client
