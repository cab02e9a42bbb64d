#include "proxy/decode/engine_v4.hpp"

#include <optional>
#include <string>
#include <string_view>

#include "core/engineio/base64.hpp"
#include "core/engineio/packet.hpp"
#include "core/engineio/payload.hpp"
#include "core/json/document.hpp"

namespace proxy::decode {
namespace {

namespace json = core::json;
namespace engineio = core::engineio;

void print(const engineio::PacketView& packet, std::string& out) {
  out += R"({"type":")";
  out += engineio::name(packet.type);
  out += '"';
  if (packet.base64) {
    std::string bytes;
    engineio::decode_base64(packet.data, bytes);
    out += R"(,"data":)";
    append_binary(bytes, out);
  } else if (!packet.data.empty()) {
    out += R"(,"data":)";
    json::quote(packet.data, out);
  }
  out += '}';
}

/// One packet in text form. Returns the reason when the official parser refuses it.
std::optional<std::string_view> decode_text(std::string_view text, Answer& answer) {
  const auto packet = engineio::decode_packet(text);
  if (!packet) return engineio::reason_text(packet.error().code);
  print(*packet, answer.packet());
  return std::nullopt;
}

std::optional<std::string_view> decode_engine_frame(const Frame& frame, DecodeTransport transport,
                                                    Answer& answer) {
  if (transport == DecodeTransport::Polling) {
    // decodePayload() calls split() on what it is given, and a Buffer has none.
    if (frame.is_binary) return "encodedPayload.split is not a function: a payload is text";
    engineio::PayloadReader packets(frame.bytes);
    while (const std::optional<std::string_view> packet = packets.next())
      if (const auto reason = decode_text(*packet, answer)) return reason;
    return std::nullopt;
  }
  if (!frame.is_binary) return decode_text(frame.bytes, answer);
  std::string& out = answer.packet();
  out += R"({"type":"message","data":)";
  append_binary(frame.bytes, out);
  out += '}';
  return std::nullopt;
}

}  // namespace

void decode_engine_v4(std::span<const Frame> frames, DecodeTransport transport, Answer& answer) {
  for (std::size_t i = 0; i < frames.size(); ++i)
    if (const auto reason = decode_engine_frame(frames[i], transport, answer))
      return answer.fail(i, *reason);
}

}  // namespace proxy::decode
