// Law: no text crashes the decoder; what it accepts lies inside the text; and the fast answers, on
// plain events and on placeholders, are those of the slow ways.

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
  core::json::Shape payload;
  if (socketio::is_plain_event(text, payload)) {
    require(packet && packet->type == socketio::PacketType::Event && packet->ns == "/" &&
            !packet->id && packet->attachments == 0 && packet->data == text.substr(1));
    require(packet->payload.element_count == payload.element_count &&
            packet->payload.first.raw == payload.first.raw &&
            packet->payload.last.raw == payload.last.raw &&
            packet->payload.last.kind == payload.last.kind);
  }
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
