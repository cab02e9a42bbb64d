// Law: no text crashes the decoder; what it accepts lies inside the text; and the fast answer on
// placeholders is the one of the tree.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/json/document.hpp"
#include "core/socketio/packet.hpp"
#include "core/socketio/placeholders.hpp"

namespace {

namespace socketio = core::socketio;

void require(bool holds) {
  if (!holds) std::abort();
}

void require_inside(std::string_view part, std::string_view text) {
  if (part.empty()) return;
  require(part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto packet = socketio::decode_packet(text);
  if (!packet) {
    require(packet.error().offset_bytes <= size);
    require(!socketio::reason_text(packet.error().code).empty());
    return 0;
  }
  require_inside(packet->data, text);
  require_inside(packet->payload.first.raw, packet->data);
  require_inside(packet->payload.last.raw, packet->data);
  require(socketio::is_binary(packet->type) == (packet->attachments != 0));
  if (packet->data.empty()) return 0;

  const core::json::Document document(packet->data);
  for (const std::uint32_t attachments : {1U, 3U}) {
    const bool fits = socketio::find_placeholders(document, attachments).has_value();
    require(socketio::placeholders_fit(packet->data, attachments) == fits);
  }
  return 0;
}
