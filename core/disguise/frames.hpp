#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/direction.hpp"
#include "core/websocket/deflate.hpp"
#include "core/websocket/mask.hpp"
#include "core/websocket/reader.hpp"

namespace core::disguise {

/// Bytes to be written over those that stand at `offset_bytes` of a direction's stream.
struct Replacement {
  Direction direction;
  std::uint64_t offset_bytes;
  std::string bytes;
};

/// Writes pseudonyms over the secrets of one whole Engine.IO message, in place; false: it has none.
using HideInMessage = std::function<bool(websocket::MessageType type, std::span<char> message)>;

/// What a client sends over a WebSocket, looked through for CONNECT packets. It goes from frame
/// header to frame header and opens no other message: a few nanoseconds a frame.
class ClientFrames {
 public:
  /// `begin`: where the WebSocket begins in the stream.
  explicit ClientFrames(std::uint64_t begin) noexcept : offset_(begin) {}

  void receive(std::span<const char> bytes, const HideInMessage& hide,
               std::vector<Replacement>& out);
  [[nodiscard]] std::uint64_t settled() const noexcept {
    return parts_.empty() ? offset_ : parts_.front().offset_bytes;
  }

 private:
  enum class Look : std::uint8_t {
    Undecided,  ///< too little of the message is here
    Collect,    ///< it is a CONNECT
    Pass,       ///< it is none
    Hide,       ///< it is one, and longer than any that is honest: none of it is shown
  };
  struct Part {  ///< payload of the message at hand
    std::uint64_t offset_bytes;
    std::size_t bytes;
    websocket::MaskKey mask;
  };

  [[nodiscard]] std::span<const char> pass_short_frames(std::span<const char> bytes) noexcept;
  void begin_frame(std::span<const char>& bytes);
  void collect(std::span<const char> payload, std::vector<Replacement>& out);
  void end_frame(const HideInMessage& hide, std::vector<Replacement>& out);
  void replace_parts(std::string_view plain, std::vector<Replacement>& out);
  void forget_message();

  std::uint64_t offset_;    ///< behind what was received
  std::uint64_t left_ = 0;  ///< of the frame's payload
  std::array<unsigned char, 14> header_{};
  std::uint8_t header_bytes_ = 0;
  websocket::MaskKey mask_ = 0;  ///< turned to the next byte
  bool in_payload_ = false;
  bool control_ = false;
  bool final_ = false;
  bool binary_ = false;
  Look look_ = Look::Undecided;
  std::string message_;      ///< its start, or all of it, unmasked
  std::vector<Part> parts_;  ///< where that stands
};

/// One direction of a WebSocket that may compress, written anew: one frame a message, inflated.
class PlainFrames {
 public:
  PlainFrames(Direction direction, websocket::DeflateParameters parameters);

  /// Adds frames for what became whole. `false`: it can be followed no further; nothing is added
  /// from here on.
  bool receive(std::span<const char> bytes, const HideInMessage& hide, std::string& out);

 private:
  void add(unsigned opcode, std::string_view payload, std::string& out) const;
  void break_off(websocket::ReadErrc code, std::string& out) const;

  Direction direction_;
  websocket::Reader reader_;
  bool broken_ = false;
};

}  // namespace core::disguise
