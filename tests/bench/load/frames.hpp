#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace tests::bench {

inline constexpr unsigned kText = 0x1;
inline constexpr unsigned kBinary = 0x2;
inline constexpr unsigned kClose = 0x8;
/// RSV1, added to the opcode of a message that is compressed. Source: RFC 7692, section 6.
inline constexpr unsigned kDeflated = 0x40;

/// A WebSocket frame where it lies in a buffer. We write both ends, so it is always whole messages,
/// and headers are trusted.
struct FrameView {
  unsigned opcode;
  bool deflated;  ///< RSV1
  bool masked;
  std::string_view payload;  ///< as on the wire, masked or not
  std::size_t bytes;         ///< with its header
};

/// The frame that `bytes` begin with; nothing when it is not whole yet.
[[nodiscard]] inline std::optional<FrameView> read_frame(std::string_view bytes) noexcept {
  if (bytes.size() < 2) return std::nullopt;
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const bool masked = (at(1) & 0x80) != 0;
  std::size_t length = at(1) & 0x7F;
  std::size_t header = 2;
  if (length >= 126) {
    const std::size_t extended = length == 126 ? 2 : 8;
    header += extended;
    if (bytes.size() < header) return std::nullopt;
    length = 0;
    for (std::size_t i = 0; i < extended; ++i) length = length << 8 | at(2 + i);
  }
  if (masked) header += 4;
  if (bytes.size() < header + length) return std::nullopt;
  return FrameView{at(0) & 0x0FU, (at(0) & kDeflated) != 0, masked, bytes.substr(header, length),
                   header + length};
}

/// Appends a header; returns where in `out` the mask key stands, if there is one.
inline std::size_t append_header(std::string& out, unsigned opcode, bool masked,
                                 std::size_t length) {
  const char mask_bit = masked ? static_cast<char>(0x80) : '\0';
  out += static_cast<char>(0x80 | opcode);
  const std::size_t extended = length < 126 ? 0 : length <= 0xffff ? 2 : 8;
  const std::size_t small = extended == 0 ? length : extended == 2 ? 126 : 127;
  out +=
      static_cast<char>(static_cast<unsigned char>(small) | static_cast<unsigned char>(mask_bit));
  for (std::size_t i = extended; i-- > 0;) out += static_cast<char>(length >> (8 * i) & 0xff);
  const std::size_t key_at = out.size();
  if (masked) out.append(4, '\0');
  return key_at;
}

/// XORs `bytes` with the four bytes of `key`, in place.
inline void mask(char* bytes, std::size_t count, std::uint32_t key) noexcept {
  const std::uint64_t wide = std::uint64_t{key} << 32 | key;
  for (; count >= 8; bytes += 8, count -= 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes, 8);
    word ^= wide;
    std::memcpy(bytes, &word, 8);
  }
  char key_bytes[4];
  std::memcpy(key_bytes, &key, 4);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<char>(bytes[i] ^ key_bytes[i % 4]);
}

/// A client's frame, masked with `key`.
inline void append_client_frame(std::string& out, unsigned opcode, std::string_view payload,
                                std::uint32_t key) {
  const std::size_t key_at = append_header(out, opcode, true, payload.size());
  std::memcpy(out.data() + key_at, &key, 4);
  out += payload;
  mask(out.data() + key_at + 4, payload.size(), key);
}

/// The server's echo of a frame from the client.
inline void append_echo(std::string& out, const FrameView& frame) {
  append_header(out, frame.opcode | (frame.deflated ? kDeflated : 0), false, frame.payload.size());
  std::uint32_t key = 0;
  if (frame.masked) std::memcpy(&key, frame.payload.data() - 4, 4);
  out += frame.payload;
  mask(out.data() + out.size() - frame.payload.size(), frame.payload.size(), key);
}

inline void append_server_frame(std::string& out, unsigned opcode, std::string_view payload) {
  append_header(out, opcode, false, payload.size());
  out += payload;
}

}  // namespace tests::bench
