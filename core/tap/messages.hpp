#pragma once

#include <cstdint>
#include <string_view>

#include "core/direction.hpp"
#include "core/tap/emitter.hpp"
#include "core/tap/tap.hpp"

namespace core::tap {

/// Which Engine.IO a connection speaks; the value is that of `EIO` in the query.
enum class Revision : std::uint8_t { V3 = 3, V4 = 4 };

/// One Engine.IO packet in text form, `42["news",1]`, as a WebSocket text message or one packet of
/// a polling payload: decodes it, and the Socket.IO packet in it, and emits what it is.
void read_text(std::string_view text, Revision revision, Direction direction,
               const Settings& settings, Emitter& emit);

/// One in binary form. In version 4 that is a message; in version 3 its first byte is the type.
void read_binary(std::string_view bytes, Revision revision, Direction direction,
                 const Settings& settings, Emitter& emit);

}  // namespace core::tap
