#pragma once

#include <wslay/wslay.h>
#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/websocket/utf8.hpp"
#include "frames.hpp"

// What a stream means according to wslay: its frame API takes the frames apart, and the rules that
// it leaves to its caller are applied here, plainly. zlib inflates what is compressed, frame by
// frame.

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

/// The text of one direction's compressed messages.
class Text {
 public:
  explicit Text(const std::optional<core::websocket::DeflateParameters>& parameters)
      : takeover_(parameters && parameters->takeover == core::websocket::ContextTakeover::Yes) {
    inflateInit2(&zlib_, parameters ? -parameters->window_bits : -15);
  }
  ~Text() { inflateEnd(&zlib_); }
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;

  /// Adds a frame's payload, in text, to `message`; false when it is corrupt.
  bool add(std::string_view payload, std::string& message) {
    char room[512];
    zlib_.next_in = reinterpret_cast<const Bytef*>(payload.data());
    zlib_.avail_in = static_cast<uInt>(payload.size());
    while (true) {
      zlib_.next_out = reinterpret_cast<Bytef*>(room);
      zlib_.avail_out = sizeof room;
      const int result = inflate(&zlib_, Z_SYNC_FLUSH);
      message.append(room, sizeof room - zlib_.avail_out);
      if (result != Z_OK && result != Z_BUF_ERROR && result != Z_STREAM_END) return false;
      if (result == Z_STREAM_END) {
        inflateReset(&zlib_);
        final_block_ = true;
      }
      if (zlib_.avail_in == 0 && zlib_.avail_out > 0) return true;
    }
  }

  bool end(std::string& message) {
    const bool fine = add(std::string_view("\0\0\xFF\xFF", 4), message);
    if (!takeover_ || (final_block_ && (zlib_.data_type & 128) == 0)) inflateReset(&zlib_);
    final_block_ = false;
    return fine;
  }

  [[nodiscard]] bool takeover() const { return takeover_; }

 private:
  z_stream zlib_{};
  bool takeover_;
  bool final_block_ = false;
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
                    const std::optional<core::websocket::DeflateParameters>& deflate,
                    std::uint32_t message_bytes_max) {
  using core::websocket::ReadErrc;
  Verdict verdict;
  Frames frames(stream);
  Frame frame;
  std::size_t at = 0;
  bool open = false;
  bool text = false, compressed = false;
  std::string message;
  Text inflated(deflate);

  const auto error = [&](ReadErrc code) {
    verdict.items.push_back("error " + std::to_string(static_cast<int>(code)) + " at " +
                            std::to_string(at));
    verdict.end = End::Error;
    return verdict;
  };
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(stream[at + i]); };
  // A compressed message without context takeover is left alone once it is too long.
  const auto nobody_needs = [&](const std::string& so_far) {
    return compressed && !inflated.takeover() && so_far.size() > message_bytes_max;
  };

  while (true) {
    const Frames::Step step = frames.next(frame);
    // The two-byte rules hold as soon as two bytes are there, whatever wslay makes of the frame.
    if (stream.size() - at >= 2) {
      const unsigned opcode = byte(0) & 15u, rsv = byte(0) >> 4 & 7u, length = byte(1) & 127u;
      const bool fin = byte(0) >= 128, mask = byte(1) >= 128, control = opcode >= 8;
      const bool rsv1_allowed = deflate.has_value();
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
    const std::string& payload = frame.payload;
    if (step == Frames::Step::Incomplete) {
      if (payload.empty() || frame.head.opcode >= 8) return verdict;
      if (frame.head.opcode != 0) {
        compressed = frame.head.rsv != 0;
        message.clear();
      }
      if (compressed && !inflated.add(payload, message) && !nobody_needs(message))
        return error(ReadErrc::CorruptDeflate);
      return verdict;
    }
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
      if (!compressed)
        message += payload;
      else if (!inflated.add(payload, message) && !nobody_needs(message))
        return error(ReadErrc::CorruptDeflate);
      if (frame.head.fin != 0) {
        open = false;
        if (compressed && !inflated.end(message) && !nobody_needs(message))
          return error(ReadErrc::CorruptDeflate);
        if (message.size() > message_bytes_max)
          verdict.items.push_back(
              (text ? "skipped text " : "skipped binary ") +
              std::to_string(nobody_needs(message) ? message_bytes_max + 1 : message.size()));
        else if (text && !core::websocket::valid_utf8(message))
          return error(ReadErrc::InvalidUtf8);
        else
          verdict.items.push_back((text ? "text " : "binary ") + message);
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
