#pragma once

#include <chrono>
#include <cstddef>

/// Limits of the forwarding, with their reasons. (What a tap may hold: core/limits.hpp.)
namespace proxy::net::limits {

using namespace std::chrono_literals;

/// The most that is read at once, into a buffer that all connections of a loop share. Sizes from 4 to 64 KiB cost the same per
/// message; the largest makes the fewest calls of a bulk transfer.
inline constexpr std::size_t kReadBytes = std::size_t{64} << 10;
/// Bytes that a turn forwards before it decodes them: few enough to stay in the near cache.
inline constexpr std::size_t kTurnBytes = std::size_t{64} << 10;
/// Bytes held for one direction of one connection because their receiver did not take them. One
/// read, and the header lines added to it, one to each of 32 requests at most (core/http): nothing
/// more is read from the sender while any are left, so the kernel's buffers push back on it.
inline constexpr std::size_t kPendingBytesMax = kReadBytes + (std::size_t{4} << 10);
/// Descriptors whose readiness is fetched at once.
inline constexpr std::size_t kReadyPerTurn = 256;
/// Connections accepted in one go, so that a burst cannot starve the others.
inline constexpr int kAcceptsPerTurn = 64;
/// How long accepting rests when descriptors or memory ran out. They come back as connections end.
inline constexpr auto kAcceptPause = 100ms;
/// How often each loop looks at what nobody tells it of: connections on which nothing happens, and
/// whether memory is short. A connection costs it some 100 ns.
inline constexpr auto kSweepInterval = 1s;
/// Connections that the kernel keeps for us until we accept them. It caps this at
/// net.core.somaxconn.
inline constexpr int kListenBacklog = 4096;
/// Repeated SYNs towards an upstream address that does not answer: 1 + 2 + 4 + 8 s, then the next
/// address or a 502. The kernel's own six take over two minutes, longer than any client waits.
inline constexpr int kConnectSynRetries = 3;
/// Upstreams to choose from: what fits a bit set, and more than anybody debugs with.
inline constexpr std::size_t kUpstreamsMax = 64;
/// How long an upstream that could not be reached is passed over: a server that is restarted is
/// back in a second or two. Twice as long each time it fails again, up to kRestMax.
inline constexpr auto kRestMin = 1s;
inline constexpr auto kRestMax = 15s;
/// How long a TLS handshake may take, on either side. Two round trips and some arithmetic: who
/// needs longer never comes.
inline constexpr auto kHandshakeTime = 10s;
/// The same complaint (upstream down, out of descriptors) is logged once per this; the next one
/// says how many there were in between.
inline constexpr auto kComplaintInterval = 5s;

}  // namespace proxy::net::limits
