#pragma once

#include <span>

#include "proxy/decode/answer.hpp"
#include "proxy/decode/decode.hpp"
#include "proxy/decode/frames.hpp"

namespace proxy::decode {

/// socket.io-parser, the newest of a line: the frames are one decoder's input, in order.
void decode_socket_json(std::span<const Frame> frames, DecodeDialect dialect, Answer& answer);

}  // namespace proxy::decode
