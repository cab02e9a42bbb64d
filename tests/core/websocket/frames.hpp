#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/websocket/reader.hpp"

// Frames for tests, built the slow and obvious way, and items as text that can be compared.

namespace frames {

inline constexpr std::uint8_t kFin = 0x80, kRsv1 = 0x40;
inline constexpr std::uint8_t kContinuation = 0, kText = 1, kBinary = 2;
inline constexpr std::uint8_t kClose = 8, kPing = 9, kPong = 10;

enum class Masked : std::uint8_t { No, Yes };

/// A frame whose first byte is `first`; masked with a fixed key when asked.
inline std::string frame(std::uint8_t first, std::string_view payload, Masked masked,
                         std::string_view key = "\x37\xfa\x21\x3d") {
  std::string out(1, static_cast<char>(first));
  const unsigned mask_bit = masked == Masked::Yes ? 0x80 : 0;
  const auto push = [&](std::uint64_t byte) { out.push_back(static_cast<char>(byte & 0xFF)); };
  if (payload.size() < 126) {
    push(mask_bit | payload.size());
  } else if (payload.size() < 65536) {
    push(mask_bit | 126);
    push(payload.size() >> 8);
    push(payload.size());
  } else {
    push(mask_bit | 127);
    for (int shift = 56; shift >= 0; shift -= 8) push(payload.size() >> shift);
  }
  if (masked == Masked::No) return out.append(payload);
  out.append(key);
  for (std::size_t i = 0; i < payload.size(); ++i)
    out.push_back(static_cast<char>(payload[i] ^ key[i % 4]));
  return out;
}

inline std::string describe(const core::websocket::Item& item) {
  using namespace core::websocket;
  struct Describe {
    std::string operator()(const NeedMore&) const { return "need more"; }
    std::string operator()(const Message& m) const {
      return (m.type == MessageType::Text ? "text " : "binary ") + std::string(m.payload);
    }
    std::string operator()(const Control& c) const {
      return "control " + std::to_string(static_cast<int>(c.type)) + " " +
             std::to_string(c.close_code) + " " + std::string(c.payload);
    }
    std::string operator()(const SkippedMessage& s) const {
      return std::string(s.type == MessageType::Text ? "skipped text " : "skipped binary ") +
             std::to_string(s.size_bytes);
    }
    std::string operator()(const Error& e) const {
      return "error " + std::to_string(static_cast<int>(e.code)) + " at " +
             std::to_string(e.offset_bytes);
    }
  };
  return std::visit(Describe{}, item);
}

/// Whether next_small() is asked first, as a tap does.
enum class Small : std::uint8_t { First, Never };

/// All items that `reader` makes of `bytes` given as one input. The input is a block of its own,
/// freed before the next call, so that a view kept too long is an ASan report.
inline void read_all(core::websocket::Reader& reader, std::string_view bytes,
                     std::vector<std::string>& items, Small small = Small::First) {
  std::vector<char> copy(bytes.begin(), bytes.end());
  std::span<char> input(copy);
  while (true) {
    if (small == Small::First) {
      const core::websocket::Message message = reader.next_small(input);
      if (message.payload.data() != nullptr) {
        items.push_back(describe(message));
        continue;
      }
    }
    const core::websocket::Item item = reader.next(input);
    if (std::holds_alternative<core::websocket::NeedMore>(item)) return;
    items.push_back(describe(item));
  }
}

}  // namespace frames
