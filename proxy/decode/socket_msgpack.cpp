#include "proxy/decode/socket_msgpack.hpp"

#include <string>

#include "core/json/document.hpp"
#include "core/json/number.hpp"
#include "core/msgpack/document.hpp"
#include "core/msgpack/text.hpp"
#include "core/socketio/msgpack_packet.hpp"

namespace proxy::decode {
namespace {

namespace json = core::json;
namespace msgpack = core::msgpack;
namespace socketio = core::socketio;

void print(const socketio::MsgpackPacketView& packet, std::string_view bytes, std::string& out) {
  out += R"({"type":")";
  out += socketio::name(packet.type);
  out += R"(","nsp":)";
  std::string ns;
  msgpack::append_utf8(packet.ns, ns);
  json::quote(ns, out);
  if (packet.id) {
    out += R"(,"id":)";
    json::append_number(packet.id->value, out);
  }
  if (packet.data.kind != msgpack::Kind::Undefined) {
    out += R"(,"data":)";
    const auto document = msgpack::Document::read(bytes);
    document->stringify(*document->find(document->root(), "data"), out);
  }
  out += '}';
}

}  // namespace

void decode_socket_msgpack(std::span<const Frame> frames, Answer& answer) {
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const std::string& bytes = frames[i].bytes;
    if (!frames[i].is_binary) return answer.fail(i, socketio::refuse_msgpack_text(bytes));
    const auto packet = socketio::decode_msgpack_packet(bytes);
    if (!packet) return answer.fail(i, socketio::reason_text(packet.error(), bytes.size()));
    print(*packet, bytes, answer.packet());
  }
}

}  // namespace proxy::decode
