#include "core/client/payload.hpp"

#include <cstdint>

#include "core/engineio/payload_decoder.hpp"
#include "core/engineio/utf16_walk.hpp"

namespace core::client {
namespace {

using engineio::PayloadKind;

std::size_t utf16_units(std::string_view text) noexcept {
  std::size_t left = SIZE_MAX;
  engineio::Utf16Walk walk;
  static_cast<void>(walk.take(text, left));
  return SIZE_MAX - left + (walk.inside_character() ? 1 : 0);
}

}  // namespace

std::optional<std::vector<Message>> decode_payload(std::string_view body,
                                                   std::string_view content_type,
                                                   Revision revision) {
  const bool binary = revision == Revision::V3 && content_type.starts_with(kBinaryPayload);
  if (binary && !engineio::is_framed_v3(body)) return std::nullopt;
  const PayloadKind kind = revision == Revision::V4 ? PayloadKind::V4
                           : binary                 ? PayloadKind::V3Binary
                                                    : PayloadKind::V3Text;
  engineio::PayloadDecoder decoder(kind, engineio::PayloadWrapping::None, body.size() + 1);
  std::vector<Message> packets;
  const auto take = [&] {
    while (const auto piece = decoder.next()) {
      if (!*piece) return false;
      packets.push_back({(*piece)->binary, std::string((*piece)->bytes)});
    }
    return true;
  };
  decoder.receive(body);
  if (!take()) return std::nullopt;
  decoder.finish();
  if (!take()) return std::nullopt;
  return packets;
}

void append_packet(std::string& body, std::string_view text, Revision revision) {
  if (revision == Revision::V3)
    body.append(std::to_string(utf16_units(text))) += ':';
  else if (!body.empty())
    body += engineio::kPacketSeparator;
  body += text;
}

void append_binary_packet(std::string& body, const Message& packet) {
  body += packet.binary ? '\x01' : '\x00';
  for (const char digit : std::to_string(packet.data.size()))
    body += static_cast<char>(digit - '0');
  body += '\xff';
  body += packet.data;
}

}  // namespace core::client
