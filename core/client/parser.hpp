#pragma once

#include <cstdint>

#include "core/client/limits.hpp"
#include "core/client/revision.hpp"

namespace core::client {

/// How packets are written into messages; both peers must use the same.
enum class Parser : std::uint8_t {
  Json,     ///< socket.io-parser: text, attachments as messages of their own
  Msgpack,  ///< socket.io-msgpack-parser: one binary message a packet
};

/// What a packet's bytes depend on.
struct Format {
  Parser parser = Parser::Json;
  Revision revision = Revision::V4;
  Limits limits = {};
};

}  // namespace core::client
