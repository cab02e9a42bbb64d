#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/direction.hpp"
#include "core/instant.hpp"

namespace core::capture {

/// Blocks of a pcapng file with one interface of raw IP packets and nanoseconds; each function adds
/// one whole block to `out`. Instants are nanoseconds since the Unix epoch.
///
/// A file is head(), then packets, then, when it ends in order, statistics(). It is readable after
/// each block. Source: draft-ietf-opsawg-pcapng, sections 4.1 to 4.6.
namespace pcapng {

/// Section header and interface description. `application` made the file; `comment` may be empty.
void add_head(std::string_view application, std::string_view comment, std::string& out);

/// An enhanced packet: `ip_header` and then `payload`. Inbound is what goes to the server.
void add_packet(Instant at, Direction direction, std::string_view ip_header,
                std::string_view payload, std::string& out);

/// What a comment of ours begins with that says when the watched command ended: nanoseconds since
/// the Unix epoch follow.
inline constexpr std::string_view kCommandEnded = "sioscope: the command ended at ";

struct Statistics {
  Instant begin;  ///< of the recording
  Instant end;
  std::uint64_t received = 0;  ///< records that were written
  std::uint64_t dropped = 0;   ///< records that were not
  std::string_view comment;    ///< may be empty
};
/// The end of a recording: from here on nothing was watched.
void add_statistics(const Statistics& statistics, std::string& out);

/// `block`, an enhanced packet with these comments added before its other options.
[[nodiscard]] std::string with_comments(std::string_view block,
                                        std::span<const std::string> comments);

/// What a block of ours is, read back from the file. Borrows its bytes.
struct BlockView {
  enum class Kind : std::uint8_t { Other, Packet };
  Kind kind = Kind::Other;
  Instant at;              ///< of a packet
  Direction direction{};   ///< likewise
  bool carries = false;    ///< likewise: it has payload, so it is more than a TCP flag
  std::string_view bytes;  ///< all of it
};
/// The first block of `bytes`; one with empty `bytes` when there is none that is whole. Reads what
/// add_*() wrote, on a machine of the same byte order, and nothing else.
[[nodiscard]] BlockView first_block(std::string_view bytes) noexcept;

}  // namespace pcapng
}  // namespace core::capture
