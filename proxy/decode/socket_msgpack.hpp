#pragma once

#include <span>

#include "proxy/decode/answer.hpp"
#include "proxy/decode/frames.hpp"

namespace proxy::decode {

/// socket.io-msgpack-parser: a binary frame is a packet, and text is refused.
void decode_socket_msgpack(std::span<const Frame> frames, Answer& answer);

}  // namespace proxy::decode
