#include "tests/transcripts/bytes.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "core/limits.hpp"

namespace transcripts {

using core::Direction;

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      out += i + k <= bytes.size() ? kDigits[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    unsigned value = 0;
    std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
    bytes += static_cast<char>(value);
  }
  return bytes;
}

std::string frame(Direction direction, unsigned first_byte, std::string payload) {
  static constexpr std::array<unsigned char, 4> kMask{0x37, 0xfa, 0x21, 0x3d};
  const unsigned mask_bit = direction == Direction::ToServer ? 0x80 : 0;
  std::string out(1, static_cast<char>(first_byte));
  if (payload.size() < 126) {
    out += static_cast<char>(mask_bit | static_cast<unsigned>(payload.size()));
  } else if (payload.size() < 65536) {
    out += static_cast<char>(mask_bit | 126);
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size() & 0xff);
  } else {
    out += static_cast<char>(mask_bit | 127);
    for (int shift = 56; shift >= 0; shift -= 8)
      out += static_cast<char>(payload.size() >> shift & 0xff);
  }
  if (mask_bit != 0) {
    for (const unsigned char byte : kMask) out += static_cast<char>(byte);
    for (std::size_t i = 0; i < payload.size(); ++i)
      payload[i] = static_cast<char>(static_cast<unsigned char>(payload[i]) ^ kMask[i % 4]);
  }
  return out + payload;
}

/// A block of deflate that is stored as it is.
static std::string stored_block(char header, std::string_view text) {
  const auto size = static_cast<std::uint16_t>(text.size());
  std::string out(1, header);
  for (const unsigned field : {unsigned{size}, ~unsigned{size}}) {
    out += static_cast<char>(field & 0xff);
    out += static_cast<char>(field >> 8 & 0xff);
  }
  return out.append(text);
}

std::string deflated(std::string_view text) { return stored_block('\0', text) + '\0'; }

std::string gzipped(std::string_view text) {
  constexpr std::string_view kHeader("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
  return std::string(kHeader) + stored_block('\1', text) + std::string(8, '\0');
}

std::string payload_v3(std::string_view packets) {
  std::string out;
  for (bool more = true; more;) {
    const std::size_t end = packets.find('\x1e');
    const std::string_view packet = packets.substr(0, end);
    more = end != std::string_view::npos;
    if (more) packets.remove_prefix(end + 1);
    std::size_t units = 0;  // As JavaScript counts: two for what takes four bytes.
    for (const char c : packet) {
      const auto byte = static_cast<unsigned char>(c);
      units += byte >= 0xf0 ? 2 : (byte & 0xc0) != 0x80 ? 1 : 0;
    }
    out += std::to_string(units) + ':' + std::string(packet);
  }
  return out;
}

std::string msgpack_packet(std::string_view packet) {
  nlohmann::ordered_json object = {{"type", packet.front() - '0'}};
  packet.remove_prefix(1);
  std::string ns = "/";
  if (packet.starts_with('/')) {
    ns = packet.substr(0, packet.find(','));
    packet.remove_prefix(std::min(packet.size(), ns.size() + 1));
  }
  const std::size_t data_at = std::min(packet.find_first_not_of("0123456789"), packet.size());
  if (data_at < packet.size())
    object["data"] = nlohmann::ordered_json::parse(packet.substr(data_at));
  object["nsp"] = ns;
  if (data_at != 0) object["id"] = std::stoi(std::string(packet.substr(0, data_at)));
  std::string bytes;
  nlohmann::ordered_json::to_msgpack(object, bytes);
  return bytes;
}

std::string bottomless_msgpack_packet() {
  constexpr std::size_t kDeeper = core::limits::kMsgpackDepthMax + 10;
  return "\x83\xa4type\x02\xa3nsp\xa1/\xa4"
         "data" +
         std::string(kDeeper, '\x91') + '\x90';
}

}  // namespace transcripts
