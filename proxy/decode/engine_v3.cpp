#include "proxy/decode/engine_v3.hpp"

#include <limits>
#include <string>
#include <string_view>

#include "core/engineio/base64.hpp"
#include "core/engineio/packet_v3.hpp"
#include "core/engineio/payload_decoder.hpp"
#include "core/json/document.hpp"

namespace proxy::decode {
namespace {

namespace json = core::json;
namespace engineio = core::engineio;

/// As JSON.stringify does, which leaves out what is undefined.
void print(const engineio::PacketV3View& packet, std::string& out) {
  std::string_view before = "{";
  if (packet.type) {
    out += R"({"type":")";
    out += engineio::name(*packet.type);
    out += '"';
    before = ",";
  }
  if (packet.binary || packet.base64 || !packet.data.empty()) {
    out += before;
    out += R"("data":)";
    if (packet.base64) {
      std::string bytes;
      engineio::decode_base64(packet.data, bytes);
      append_binary(bytes, out);
    } else if (packet.binary) {
      append_binary(packet.data, out);
    } else {
      json::quote(packet.data, out);
    }
  }
  out += '}';
}

/// One packet. False: the official parser refuses it.
bool decode_packet(const engineio::PayloadPiece& piece, Answer& answer) {
  if (piece.binary) {
    print(engineio::decode_binary_packet_v3(piece.bytes), answer.packet());
    return true;
  }
  const auto packet = engineio::decode_packet_v3(piece.bytes);
  if (packet) print(*packet, answer.packet());
  return packet.has_value();
}

bool decode_payload(const Frame& frame, Answer& answer) {
  if (frame.is_binary && !engineio::is_framed_v3(frame.bytes)) return false;
  engineio::PayloadDecoder decoder(
      frame.is_binary ? engineio::PayloadKind::V3Binary : engineio::PayloadKind::V3Text,
      engineio::PayloadWrapping::None, std::numeric_limits<std::size_t>::max());
  decoder.receive(frame.bytes);
  decoder.finish();
  while (const auto piece = decoder.next())
    if (!*piece || !decode_packet(**piece, answer)) return false;
  return true;
}

}  // namespace

void decode_engine_v3(std::span<const Frame> frames, DecodeTransport transport, Answer& answer) {
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const bool is_decoded = transport == DecodeTransport::Polling
                                ? decode_payload(frames[i], answer)
                                : decode_packet({frames[i].bytes, frames[i].is_binary}, answer);
    if (!is_decoded) return answer.fail(i, "parser error");
  }
}

}  // namespace proxy::decode
