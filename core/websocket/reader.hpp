#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "core/direction.hpp"
#include "core/websocket/deflate.hpp"
#include "core/websocket/mask.hpp"

// How it works. `next` takes frames off the front of the caller's buffer. A frame that lies whole
// in it is unmasked there and handed out as a view: nothing is copied, nothing is kept. Only what
// a read cut in two is collected: up to 14 header bytes inside the reader, payload in one heap
// buffer that holds the message so far and, behind it, an interleaved control frame's payload.
// The buffer is freed at the first call after its message was handed out.
//
// Compressed payload is never kept: it is unmasked where it lies and inflated into that buffer,
// which then stays, if it is small, as long as later messages may refer to this one. Who must not
// compress pays for all this with one null pointer.

namespace core::websocket {

enum class MessageType : std::uint8_t { Text, Binary };

/// The values are the opcodes. Source: RFC 6455, section 5.5.
enum class ControlType : std::uint8_t { Close = 0x8, Ping = 0x9, Pong = 0xA };

/// The input is used up.
struct NeedMore {};

/// One complete message, fragments joined and inflated.
struct Message {
  std::string_view payload;  ///< Borrowed until the next call. Of Text valid UTF-8.
  MessageType type;
};

/// One control frame; may come between the fragments of a message.
struct Control {
  std::string_view payload;  ///< Borrowed until the next call. For Close the reason, valid UTF-8.
  ControlType type;
  std::uint16_t close_code;  ///< For Close: the code, kNoCloseCode when it carried none. Else 0.
};
inline constexpr std::uint16_t kNoCloseCode = 1005;

/// A complete message that was longer than the limit; its bytes were not kept, nor checked.
struct SkippedMessage {
  std::uint64_t size_bytes;  ///< Inflated. Without context takeover nobody needs the rest of it,
                             ///< and this says limit + 1.
  MessageType type;
};

enum class ReadErrc : std::uint8_t {
  ReservedBits,            ///< RSV2 or RSV3, or RSV1 where compression does not allow it.
  ReservedOpcode,          ///< 3..7 or 11..15.
  MaskedServerFrame,       ///< A server must not mask.
  UnmaskedClientFrame,     ///< A client must mask.
  FragmentedControl,       ///< A control frame without FIN.
  ControlTooLong,          ///< A control frame of more than 125 bytes.
  UnexpectedContinuation,  ///< A continuation frame, but no message is open.
  ExpectedContinuation,    ///< A new message began before the last one ended.
  LengthTooLarge,          ///< A 64-bit length with its top bit set.
  CloseTooShort,           ///< A close payload of one byte.
  BadCloseCode,    ///< Not 1000..1003, 1007..1014 or 3000..4999: what `ws` and browsers refuse.
  InvalidUtf8,     ///< In a text message or a close reason; receivers close with 1007.
  CorruptDeflate,  ///< A compressed message that does not inflate; `ws` closes with 1007.
  InflatesTooFar,  ///< Ours: more than kInflatedBytesMax in a message that later ones may refer to.
  NoMemory,        ///< Ours: there was none to inflate with, or the budget is used up.
};

/// Whether we gave up where a receiver would not: then the stream is unobserved, not broken.
[[nodiscard]] constexpr bool is_ours(ReadErrc code) noexcept {
  return code == ReadErrc::InflatesTooFar || code == ReadErrc::NoMemory;
}

/// The words for a report. Receivers close the connection over each that is not ours, with code
/// 1002, or 1007 where they say so. Source: RFC 6455, sections 5 and 7.4.1; `ws`, lib/receiver.js.
[[nodiscard]] std::string_view reason_text(ReadErrc code) noexcept;

/// The stream is no WebSocket any more, or cannot be read on, and the reader is done for good.
struct Error {
  std::uint64_t offset_bytes;  ///< In this direction's stream: where the offending frame began.
  ReadErrc code;
};

using Item = std::variant<NeedMore, Message, Control, SkippedMessage, Error>;

/// Reads one direction of one WebSocket connection, passively: it answers nothing and judges no
/// more than a receiver must. Frames after a Close are read like any other.
///
/// Law: however the same bytes are cut into inputs, the items are the same (NeedMore aside).
/// Source: RFC 6455, section 5.
class Reader {
 public:
  /// `direction` says who sends: ToServer frames must be masked, ToClient frames must not be.
  /// `deflate` is what the handshake agreed on for it: with nothing, RSV1 must not be set.
  /// A message of more than `message_bytes_max` is skipped. Capped at 2 GiB. `budget`, if any, is
  /// what inflating may take, and outlives it.
  Reader(Direction direction, std::optional<DeflateParameters> deflate,
         std::uint32_t message_bytes_max, inflate::Budget* budget = nullptr) noexcept;

  /// Takes bytes from the front of `input` and returns one item. Call it until it says NeedMore
  /// (then `input` is empty). The bytes taken are overwritten: the input must have been forwarded.
  /// After an Error every further input is swallowed.
  [[nodiscard]] Item next(std::span<char>& input) noexcept;

  /// next() for what most messages are, in a few steps: one that lies whole in front of the input,
  /// in one small frame without anything unusual. Of Binary or of Text that is valid.
  /// @return Without a payload (`data()` is nullptr) says nothing, and leaves all as it was: ask
  /// next().
  [[nodiscard]] Message next_small(std::span<char>& input) noexcept;

  /// Bytes taken since the beginning.
  [[nodiscard]] std::uint64_t offset_bytes() const noexcept { return offset_bytes_; }

  /// Whether the stream may end here: no frame and no fragmented message is half read.
  [[nodiscard]] bool between_messages() const noexcept {
    return !in_payload_ && !in_message_ && header_bytes_ == 0;
  }

  /// The data message that is half read: its start, unmasked and inflated, as far as it is kept,
  /// and its bytes: as announced; of a compressed one, as inflated so far. Zero between messages.
  /// Not to be asked before next() has said NeedMore.
  struct Unfinished {
    std::string_view start;
    std::uint64_t bytes;
    MessageType type;
  };
  [[nodiscard]] Unfinished unfinished() const noexcept;

  /// Heap bytes held now, an inflater's aside: 0 between messages, but for the buffer of a
  /// direction that compresses with context takeover.
  [[nodiscard]] std::size_t buffered_bytes_capacity() const noexcept { return capacity_bytes_; }

 private:
  [[nodiscard, gnu::noinline]] Message next_tiny(std::span<char>& input, std::span<char> frame,
                                                 MessageType type) noexcept;
  [[nodiscard, gnu::noinline]] Message next_beyond_ascii(std::span<char>& input,
                                                         std::span<char> frame) noexcept;
  [[nodiscard]] std::optional<ReadErrc> check_header(unsigned first,
                                                     unsigned second) const noexcept;
  [[nodiscard]] std::optional<ReadErrc> read_header(std::span<char>& input) noexcept;
  [[nodiscard]] std::optional<ReadErrc> read_payload(std::span<char>& input) noexcept;
  [[nodiscard]] std::optional<ReadErrc> inflate(std::string_view deflated) noexcept;
  [[nodiscard]] std::optional<ReadErrc> finish_inflating() noexcept;
  template <class Step>
  [[nodiscard]] std::optional<ReadErrc> inflate_all(Step step) noexcept;
  [[nodiscard]] Item end_frame() noexcept;
  [[nodiscard]] Item control(ControlType type, std::string_view payload,
                             std::uint64_t began_at_bytes) noexcept;
  [[nodiscard]] std::uint64_t frame_began_at_bytes() const noexcept;
  [[nodiscard]] Item fail(ReadErrc code, std::uint64_t began_at_bytes) noexcept;
  void take(std::span<char>& input, std::size_t bytes) noexcept;
  void append(const char* bytes, std::size_t size) noexcept;
  void reserve(std::size_t more_bytes, std::size_t expected_bytes) noexcept;
  void drop_handed_out() noexcept;
  void release_buffer() noexcept;

  std::uint64_t offset_bytes_ = 0;
  std::uint64_t payload_left_bytes_ = 0;  ///< Of the frame being read.
  std::uint64_t message_bytes_ = 0;       ///< Of the message so far, inflated, kept or skipped.
  std::unique_ptr<char[]> buffer_;        ///< The message so far, then control payload.
  std::unique_ptr<Inflater> inflater_;    ///< From the first compressed message on.
  inflate::Budget* budget_;
  std::uint32_t buffered_bytes_ = 0;
  std::uint32_t capacity_bytes_ = 0;
  std::uint32_t message_bytes_max_;
  MaskKey mask_ = 0;                        ///< Of the frame being read, turned to the next byte.
  std::array<unsigned char, 14> header_{};  ///< Of the frame being read.
  std::uint8_t header_bytes_ : 4 = 0;
  std::uint8_t window_bits_ : 4;  ///< What inflates RSV1's messages; 0: RSV1 must not be set.
  bool takeover_ : 1;             ///< Context takeover, where there is compression.
  bool masked_ : 1;               ///< This direction masks.
  bool failed_ : 1 = false;       ///< An error was reported.
  bool in_payload_ : 1 = false;
  bool in_message_ : 1 = false;  ///< A data frame has begun a message that has not ended.
  bool text_ : 1 = false;        ///< Of that message; so are the next two.
  bool compressed_ : 1 = false;
  bool skipping_ : 1 = false;
};
static_assert(sizeof(Reader) <= 80, "an idle connection holds two");

}  // namespace core::websocket
