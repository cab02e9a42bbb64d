// Law: no bytes crash the decoder; what it accepts lies inside them, and it is what the tree says;
// an excerpt keeps to its room and starts like a longer one.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/msgpack/document.hpp"
#include "core/socketio/msgpack_packet.hpp"

namespace {

namespace msgpack = core::msgpack;
namespace socketio = core::socketio;

void require(bool holds) {
  if (!holds) std::abort();
}

void require_inside(std::string_view part, std::string_view whole) {
  if (part.empty()) return;
  require(part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

/// `object[key]` is where the packet says it is.
void require_member(const msgpack::Document& document, std::string_view key, std::string_view raw) {
  const msgpack::Document::Node* const node = document.find(document.root(), key);
  if (node == nullptr)
    require(raw.empty());
  else
    require(node->raw.data() == raw.data() && node->raw.size() == raw.size());
}

void require_excerpts(const socketio::MsgpackPacketView& packet) {
  std::array<char, 2'048> wide;
  std::array<char, 40> narrow;
  const socketio::MsgpackExcerpt whole = socketio::write_excerpt(packet, wide);
  const socketio::MsgpackExcerpt part = socketio::write_excerpt(packet, narrow);
  const std::string_view text(wide.data(), whole.bytes);
  require(text.starts_with(std::string_view(narrow.data(), part.bytes)));
  require(part.truncated == (whole.truncated || whole.bytes > part.bytes));
  require(part.name_bytes == 0 || part.name_bytes == whole.name_bytes);
  if (whole.truncated) return;
  require(whole.data_at == whole.bytes ||
          core::json::inspect(text.substr(whole.data_at)).has_value());
  if (whole.name_bytes == 0) return;
  const std::string_view name = text.substr(whole.name_at, whole.name_bytes);
  require(core::json::leading_value(text.substr(whole.name_at)).raw == name);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto packet = socketio::decode_msgpack_packet(bytes);
  const auto document = msgpack::Document::read(bytes, core::limits::kMsgpackOddValuesMax);
  if (!packet) {
    require(!socketio::reason_text(packet.error(), size).empty());
    require(!socketio::reason_text(packet.error().code).empty());
    // The decoder refuses whatever the tree does, with the same words; and then some packets.
    if (!document && packet.error().code != socketio::MsgpackErrc::GaveUp) {
      std::string words;
      msgpack::append_message(document.error(), size, words);
      require(words == socketio::reason_text(packet.error(), size) ||
              document.error().code == msgpack::Errc::TooOdd);
    }
    return 0;
  }
  require_inside(packet->ns, bytes);
  require_inside(packet->data.raw, bytes);
  require_inside(packet->event.raw, packet->data.raw);
  require_inside(packet->last.raw, packet->data.raw);
  require((packet->element_count != 0) == !packet->event.raw.empty());
  if (document) require_member(*document, "data", packet->data.raw);
  require_excerpts(*packet);
  return 0;
}
