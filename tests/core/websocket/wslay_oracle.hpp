#pragma once

#include <wslay/wslay.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/websocket/utf8.hpp"
#include "frames.hpp"

// What a stream means according to wslay: its frame API takes the frames apart, and the rules that
// it leaves to its caller are applied here, plainly.

namespace oracle {

enum class End : std::uint8_t { Read, Error, OverlongLength };

struct Verdict {
  std::vector<std::string> items;  ///< As frames::describe() writes them.
  End end = End::Read;
};

struct Frame {
  wslay_frame_iocb head{};
  std::string payload;
};

/// Takes frames off a stream, for as long as wslay does.
class Frames {
 public:
  enum class Step : std::uint8_t { Complete, Incomplete, Refused };

  explicit Frames(std::string_view stream) : rest_(stream) {
    const wslay_frame_callbacks callbacks{nullptr, receive, nullptr};
    wslay_frame_context_init(&context_, &callbacks, this);
  }
  ~Frames() { wslay_frame_context_free(context_); }
  Frames(const Frames&) = delete;
  Frames& operator=(const Frames&) = delete;

  Step next(Frame& frame) {
    frame = Frame{};
    while (true) {
      wslay_frame_iocb part{};
      const ssize_t got = wslay_frame_recv(context_, &part);
      if (got == WSLAY_ERR_WANT_READ && rest_.empty()) return Step::Incomplete;
      if (got == WSLAY_ERR_WANT_READ) continue;
      if (got < 0) return Step::Refused;
      frame.head = part;
      frame.payload.append(reinterpret_cast<const char*>(part.data), part.data_length);
      if (frame.payload.size() == part.payload_length) return Step::Complete;
    }
  }

 private:
  static ssize_t receive(std::uint8_t* into, std::size_t size, int, void* self) {
    std::string_view& rest = static_cast<Frames*>(self)->rest_;
    if (rest.empty()) return -1;
    const std::size_t step = std::min(size, rest.size());
    std::memcpy(into, rest.data(), step);
    rest.remove_prefix(step);
    return static_cast<ssize_t>(step);
  }

  wslay_frame_context_ptr context_ = nullptr;
  std::string_view rest_;
};

inline bool overlong_length(std::string_view header) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(header[i]); };
  if (header.size() >= 4 && (byte(1) & 0x7F) == 126) return (byte(2) << 8 | byte(3)) < 126;
  if (header.size() >= 10 && (byte(1) & 0x7F) == 127)
    return byte(2) == 0 && byte(3) == 0 && byte(4) == 0 && byte(5) == 0 && byte(6) == 0 &&
           byte(7) == 0;
  return false;
}

inline Verdict read(std::string_view stream, core::Direction direction,
                    core::websocket::Compression compression, std::uint32_t message_bytes_max) {
  using core::websocket::ReadErrc;
  Verdict verdict;
  Frames frames(stream);
  Frame frame;
  std::size_t at = 0;
  bool open = false;
  bool text = false, compressed = false;
  std::string message;

  const auto error = [&](ReadErrc code) {
    verdict.items.push_back("error " + std::to_string(static_cast<int>(code)) + " at " +
                            std::to_string(at));
    verdict.end = End::Error;
    return verdict;
  };
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(stream[at + i]); };

  while (true) {
    const Frames::Step step = frames.next(frame);
    // The two-byte rules hold as soon as two bytes are there, whatever wslay makes of the frame.
    if (stream.size() - at >= 2) {
      const unsigned opcode = byte(0) & 15u, rsv = byte(0) >> 4 & 7u, length = byte(1) & 127u;
      const bool fin = byte(0) >= 128, mask = byte(1) >= 128, control = opcode >= 8;
      const bool rsv1_allowed = compression == core::websocket::Compression::PerMessageDeflate;
      if ((rsv & 3) != 0 || (rsv != 0 && !rsv1_allowed)) return error(ReadErrc::ReservedBits);
      if (opcode > 10 || (opcode > 2 && opcode < 8)) return error(ReadErrc::ReservedOpcode);
      if (control && !fin) return error(ReadErrc::FragmentedControl);
      if (rsv != 0 && (control || opcode == 0)) return error(ReadErrc::ReservedBits);
      if (control && length > 125) return error(ReadErrc::ControlTooLong);
      if (opcode == 8 && length == 1) return error(ReadErrc::CloseTooShort);
      if (opcode == 0 && !open) return error(ReadErrc::UnexpectedContinuation);
      if ((opcode == 1 || opcode == 2) && open) return error(ReadErrc::ExpectedContinuation);
      if (mask && direction == core::Direction::ToClient) return error(ReadErrc::MaskedServerFrame);
      if (!mask && direction == core::Direction::ToServer)
        return error(ReadErrc::UnmaskedClientFrame);
    }
    if (step == Frames::Step::Refused) {
      if (overlong_length(stream.substr(at))) {
        verdict.end = End::OverlongLength;
        return verdict;
      }
      return error(ReadErrc::LengthTooLarge);  // All else that wslay refuses was named above.
    }
    if (step == Frames::Step::Incomplete) return verdict;

    const std::string& payload = frame.payload;
    if (frame.head.opcode >= 8) {
      unsigned code = 0;
      std::string_view shown = payload;
      if (frame.head.opcode == 8) {
        code = 1005;
        if (!payload.empty()) {
          code = static_cast<unsigned>(static_cast<unsigned char>(payload[0]) * 256 +
                                       static_cast<unsigned char>(payload[1]));
          shown.remove_prefix(2);
          const bool sendable =
              (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
              (code >= 3000 && code <= 4999);
          if (!sendable) return error(ReadErrc::BadCloseCode);
          if (!core::websocket::valid_utf8(shown)) return error(ReadErrc::InvalidUtf8);
        }
      }
      verdict.items.push_back("control " + std::to_string(frame.head.opcode) + " " +
                              std::to_string(code) + " " + std::string(shown));
    } else {
      if (frame.head.opcode != 0) {
        open = true;
        text = frame.head.opcode == 1;
        compressed = frame.head.rsv != 0;
        message.clear();
      }
      message += payload;
      if (frame.head.fin != 0) {
        open = false;
        if (message.size() > message_bytes_max)
          verdict.items.push_back((text ? "skipped text " : "skipped binary ") +
                                  std::to_string(message.size()));
        else if (text && !compressed && !core::websocket::valid_utf8(message))
          return error(ReadErrc::InvalidUtf8);
        else
          verdict.items.push_back((text ? "text" : "binary") +
                                  std::string(compressed ? " compressed " : " ") + message);
      }
    }
    const unsigned length = byte(1) & 127u;
    at += 2 +
          (length == 126   ? 2
           : length == 127 ? 8
                           : 0) +
          (byte(1) >= 128 ? 4 : 0) + payload.size();
  }
}

}  // namespace oracle
