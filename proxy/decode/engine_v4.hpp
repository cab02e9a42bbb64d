#pragma once

#include <span>

#include "proxy/decode/answer.hpp"
#include "proxy/decode/decode.hpp"
#include "proxy/decode/frames.hpp"

namespace proxy::decode {

/// engine.io-parser 5.2: each frame is a WebSocket message or, over polling, a payload.
void decode_engine_v4(std::span<const Frame> frames, DecodeTransport transport, Answer& answer);

}  // namespace proxy::decode
