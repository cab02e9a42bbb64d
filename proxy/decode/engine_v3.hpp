#pragma once

#include <span>

#include "proxy/decode/answer.hpp"
#include "proxy/decode/decode.hpp"
#include "proxy/decode/frames.hpp"

namespace proxy::decode {

/// engine.io-parser 2.2: each frame is a WebSocket message or, over polling, a payload, which is
/// text or binary as the frame is.
void decode_engine_v3(std::span<const Frame> frames, DecodeTransport transport, Answer& answer);

}  // namespace proxy::decode
