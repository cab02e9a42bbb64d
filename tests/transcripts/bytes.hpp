#pragma once

#include <string>
#include <string_view>

#include "core/direction.hpp"

/// What transcripts are made of on the wire.
namespace transcripts {

[[nodiscard]] std::string base64(std::string_view bytes);
[[nodiscard]] std::string from_hex(std::string_view hex);

inline constexpr unsigned kText = 0x81, kBinary = 0x82, kCompressed = 0xC1, kClose = 0x88;

/// A WebSocket frame, whole. Clients mask.
[[nodiscard]] std::string frame(core::Direction direction, unsigned first_byte,
                                std::string payload);

/// As a message of permessage-deflate, of fewer than 64 KiB; nothing is gained.
[[nodiscard]] std::string deflated(std::string_view text);

/// As a body with `Content-Encoding: gzip`, likewise.
[[nodiscard]] std::string gzipped(std::string_view text);

/// A text payload of Engine.IO 3, `6:4hello1:2`, of packets joined by 0x1e.
[[nodiscard]] std::string payload_v3(std::string_view packets);

/// `2/chat,1["news"]` as socket.io-msgpack-parser writes it.
[[nodiscard]] std::string msgpack_packet(std::string_view packet);

/// A packet of socket.io-msgpack-parser that is nested deeper than sioscope follows.
[[nodiscard]] std::string bottomless_msgpack_packet();

}  // namespace transcripts
