#pragma once

#include <cstdint>

namespace core::client {

/// Revision of the Engine.IO protocol; the value is `EIO` in the query. Socket.IO goes with it:
///
///     V4    Socket.IO 3 and 4 (its protocol 5)    the server pings; CONNECT carries `auth`
///     V3    Socket.IO 1 and 2 (its protocol 4)    the client pings; `/` is joined unasked
enum class Revision : std::uint8_t { V3 = 3, V4 = 4 };

}  // namespace core::client
