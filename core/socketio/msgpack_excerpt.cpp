#include <string_view>

#include "core/json/number.hpp"
#include "core/msgpack/excerpt.hpp"
#include "core/socketio/msgpack_packet.hpp"

namespace core::socketio {
namespace {

/// The name's length in text, were there room for it at the end of `out`.
std::size_t name_bytes(const MsgpackPacketView& packet, std::span<char> out) noexcept {
  if (packet.type != PacketType::Event || packet.event.raw.empty()) return 0;
  msgpack::FixedText name(out);
  if (packet.data.kind == msgpack::Kind::Extension)
    name.append(json::number_text(msgpack::number_of(packet.data.raw)).view());
  else
    msgpack::write_json(packet.event.raw, name);
  return name.cut() ? 0 : name.size();
}

}  // namespace

MsgpackExcerpt write_excerpt(const MsgpackPacketView& packet, std::span<char> out) noexcept {
  MsgpackExcerpt excerpt;
  msgpack::FixedText text(out);
  const char type[] = {'4', static_cast<char>('0' + static_cast<int>(packet.type))};
  text.append({type, sizeof type});
  if (packet.ns != "/") {
    msgpack::write_utf8(packet.ns, text);
    text.append(",");
  }
  if (packet.id) text.append(json::number_text(packet.id->value).view());

  excerpt.data_at = text.size();
  if (packet.data.kind != msgpack::Kind::Undefined) {
    if (!text.cut() && text.size() < out.size()) {
      // Written where it will stand, behind a bracket, and then once more with all the rest.
      excerpt.name_at = text.size() + 1;
      excerpt.name_bytes = name_bytes(packet, out.subspan(excerpt.name_at));
    }
    msgpack::write_json(packet.data.raw, text);
  }
  excerpt.bytes = text.size();
  excerpt.truncated = text.cut();
  return excerpt;
}

std::optional<std::string_view> write_data(const MsgpackPacketView& packet,
                                           std::span<char> out) noexcept {
  msgpack::FixedText text(out);
  if (packet.data.kind != msgpack::Kind::Undefined) msgpack::write_json(packet.data.raw, text);
  if (text.cut()) return std::nullopt;
  return text.view();
}

}  // namespace core::socketio
