#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Limits of the capture, with their reasons. Reaching one drops records, counted and told, and
/// never touches the traffic.
namespace proxy::capture::limits {

using namespace std::chrono_literals;

/// From one loop to the capture's thread: at 500 MB/s this is 30 ms of a disk that does not answer.
inline constexpr std::size_t kRingBytes = std::size_t{16} << 20;
/// Kept free of bytes in it, so that a connection's begin and end still fit when a slow disk has
/// let it run full: a thousand of them.
inline constexpr std::size_t kSpareRingBytes = 64 << 10;
/// Packets are gathered up to here before they are written; a write of less costs as much.
inline constexpr std::size_t kWriteBytes = 256 << 10;
/// ... but not for longer, so that a SIGKILL loses no more than this.
inline constexpr auto kWriteInterval = 200ms;
/// What may wait because a secret has begun and not ended: the longest head, over and over.
inline constexpr std::size_t kHeldBytesMax = std::size_t{4} << 20;
/// ... and how long. Whoever takes longer to send a head is hidden, whole.
inline constexpr auto kHeldMax = 2s;
/// Notes for packets that are remembered, one for each frame of evidence.
inline constexpr std::size_t kNotesMax = 20'000;

/// What `--capture-size` and `--capture-files` are when they are left out: a gigabyte in all.
inline constexpr std::uint64_t kFileBytes = std::uint64_t{128} << 20;
inline constexpr std::size_t kFiles = 8;

}  // namespace proxy::capture::limits
