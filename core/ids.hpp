#pragma once

#include <cstdint>
#include <functional>

namespace core {

/// One client TCP connection through the proxy (or in a capture), counted from 1 per I/O loop; the
/// loop's number stands in the top 16 bits, so no two loops ever make the same one.
enum class ConnectionId : std::uint64_t { None = 0 };

/// One Engine.IO session, counted from 1 in the order of the handshakes: `s-12` in reports.
enum class SessionId : std::uint32_t { None = 0 };

/// One client: the sessions that we hold to be lives of the same one. `c-3` in reports.
enum class ClientId : std::uint32_t { None = 0 };

}  // namespace core
