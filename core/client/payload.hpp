#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/client/message.hpp"
#include "core/client/revision.hpp"

namespace core::client {

/// The packets of a whole polling body, each still to be decoded; nothing when its framing does not
/// hold. `content_type` tells the two kinds of revision 3 apart: `application/octet-stream` is the
/// binary one.
[[nodiscard]] std::optional<std::vector<Message>> decode_payload(std::string_view body,
                                                                 std::string_view content_type,
                                                                 Revision revision);

/// Adds a packet in text form to a body: `4a 0x1e 4b`, or `2:4a2:4b` in revision 3, whose lengths
/// count UTF-16 units.
void append_packet(std::string& body, std::string_view text, Revision revision);

/// Adds a packet to a binary body of revision 3. `bytes` is the text form, or type byte and bytes.
void append_binary_packet(std::string& body, const Message& packet);

inline constexpr std::string_view kTextPayload = "text/plain;charset=UTF-8";
inline constexpr std::string_view kBinaryPayload = "application/octet-stream";

}  // namespace core::client
