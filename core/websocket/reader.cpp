#include "core/websocket/reader.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/limits.hpp"
#include "core/websocket/utf8.hpp"

namespace core::websocket {
namespace {

// One frame:   FIN RSV RSV RSV opcode(4) | MASK length(7) | length(16 or 64) | key(32) | payload
// The 7-bit length is the length up to 125; 126 and 127 say that 16 or 64 bits of it follow.
// Source: RFC 6455, section 5.2.
constexpr unsigned kFin = 0x80, kRsv1 = 0x40, kRsv23 = 0x30, kOpcode = 0x0F;
constexpr unsigned kMask = 0x80, kLength = 0x7F, kLength16 = 126, kLength64 = 127;
constexpr unsigned kContinuation = 0x0, kText = 0x1, kBinary = 0x2, kFirstControl = 0x8;
constexpr unsigned kClose = 0x8, kPong = 0xA;
constexpr unsigned kControlBytesMax = 125;

/// Above this a message cannot be kept: sizes in the reader are 32 bits wide.
constexpr std::uint32_t kMessageBytesCap = std::uint32_t{1} << 31;

ReadErrc read_error(InflateErrc code) noexcept {
  return code == InflateErrc::NoMemory ? ReadErrc::NoMemory : ReadErrc::CorruptDeflate;
}

/// What a message that a read cut in two reserves at once, at most; more as its bytes arrive, so
/// that a length that is only claimed costs nothing.
constexpr std::uint64_t kFirstReserveBytes = 16 * 1024;

/// An inflated message's buffer of this size stays for the next one, beside a window of twice that.
constexpr std::size_t kStandingBytesMax = 16 * 1024;
/// Room to inflate a message in, at first: what most packets fit in.
constexpr std::size_t kFirstRoomBytes = 1024;
/// Room for what is inflated into nowhere.
constexpr std::size_t kNowhereBytes = 16 * 1024;

constexpr std::size_t length_bytes(unsigned second) noexcept {
  const unsigned length = second & kLength;
  return length == kLength64 ? 8 : length == kLength16 ? 2 : 0;
}

constexpr std::size_t header_size_bytes(unsigned second) noexcept {
  return 2 + length_bytes(second) + ((second & kMask) != 0 ? 4 : 0);
}

std::uint64_t payload_length(const unsigned char* header) noexcept {
  const std::size_t extended_bytes = length_bytes(header[1]);
  if (extended_bytes == 0) return header[1] & kLength;
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < extended_bytes; ++i) length = length << 8 | header[2 + i];
  return length;
}

MaskKey mask_key(const unsigned char* header, std::size_t header_bytes) noexcept {
  if ((header[1] & kMask) == 0) return 0;
  MaskKey key;
  std::memcpy(&key, header + header_bytes - 4, 4);
  return key;
}

/// Codes an endpoint may send. 1004..1006 and 1015 never travel; 1016..2999 are not assigned.
/// Source: RFC 6455, section 7.4; IANA's registry; `ws`, lib/validation.js.
constexpr bool may_be_sent(unsigned code) noexcept {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

}  // namespace

Reader::Reader(Direction direction, std::optional<DeflateParameters> deflate,
               std::uint32_t message_bytes_max, inflate::Budget* budget) noexcept
    : budget_(budget),
      message_bytes_max_(std::min(message_bytes_max, kMessageBytesCap)),
      window_bits_(deflate ? deflate->window_bits & 0xF : 0),
      takeover_(deflate && deflate->takeover == ContextTakeover::Yes),
      masked_(direction == Direction::ToServer) {}

Message Reader::next_small(std::span<char>& input) noexcept {
  constexpr Message kNone{};
  if (!between_messages() || failed_ || buffer_ != nullptr) [[unlikely]]
    return kNone;
  const std::size_t header_bytes = 2 + 4 * std::size_t{masked_};
  if (input.size() < header_bytes) return kNone;
  const auto* header = reinterpret_cast<const unsigned char*>(input.data());
  const unsigned opcode = header[0] & ~kFin;  // The reserved bits, too: they must not be set.
  const unsigned size_bytes = header[1] ^ (kMask * masked_);
  if (header[0] < kFin || (opcode != kText && opcode != kBinary) || size_bytes >= kLength16 ||
      input.size() < header_bytes + size_bytes || size_bytes > message_bytes_max_)
    return kNone;

  const std::span<char> frame = input.first(header_bytes + size_bytes);
  const MessageType type = opcode == kText ? MessageType::Text : MessageType::Binary;
  if (size_bytes < sizeof(MaskBlock)) return next_tiny(input, frame, type);
  const bool ascii =
      unmask_blocks(frame.data() + header_bytes, size_bytes, mask_key(header, header_bytes));
  if (opcode == kText && !ascii) [[unlikely]]
    return next_beyond_ascii(input, frame);
  take(input, frame.size());
  return {{frame.data() + header_bytes, size_bytes}, type};
}

/// A payload of less than a block.
Message Reader::next_tiny(std::span<char>& input, std::span<char> frame,
                          MessageType type) noexcept {
  const auto* header = reinterpret_cast<const unsigned char*>(frame.data());
  const std::size_t header_bytes = header_size_bytes(header[1]);
  const std::span<char> payload = frame.subspan(header_bytes);
  if (!unmask_bytes(payload.data(), payload.size(), mask_key(header, header_bytes)) &&
      type == MessageType::Text)
    return next_beyond_ascii(input, frame);
  take(input, frame.size());
  return {{payload.data(), payload.size()}, type};
}

/// Text, already unmasked.
Message Reader::next_beyond_ascii(std::span<char>& input, std::span<char> frame) noexcept {
  const auto* header = reinterpret_cast<const unsigned char*>(frame.data());
  const std::size_t header_bytes = header_size_bytes(header[1]);
  const std::string_view text(frame.data() + header_bytes, frame.size() - header_bytes);
  if (!valid_utf8(text)) {  // As it was: masking twice is no masking.
    (void)unmask(frame.data() + header_bytes, text.size(), mask_key(header, header_bytes));
    return {};
  }
  take(input, frame.size());
  return {text, MessageType::Text};
}

Item Reader::next(std::span<char>& input) noexcept {
  if (buffer_ != nullptr && !in_payload_) drop_handed_out();
  if (failed_) {
    take(input, input.size());
    return NeedMore{};
  }

  // The common case: the whole frame lies in the input, and is a plain message or a control frame.
  if (header_bytes_ == 0 && input.size() >= 2) {
    const auto* header = reinterpret_cast<const unsigned char*>(input.data());
    if (const auto code = check_header(header[0], header[1])) return fail(*code, offset_bytes_);

    const unsigned opcode = header[0] & kOpcode;
    const bool whole_message = (header[0] & (kFin | kRsv1)) == kFin && opcode != kContinuation;
    const std::size_t header_bytes = header_size_bytes(header[1]);
    if (whole_message && input.size() >= header_bytes) {
      const std::uint64_t length = payload_length(header);
      const bool control_frame = opcode >= kFirstControl;
      if (length <= input.size() - header_bytes &&
          (control_frame || length <= message_bytes_max_)) {
        const std::uint64_t began_at = offset_bytes_;
        const std::string_view payload(input.data() + header_bytes, length);
        const bool ascii =
            unmask(input.data() + header_bytes, payload.size(), mask_key(header, header_bytes));
        take(input, header_bytes + payload.size());
        if (control_frame) return control(static_cast<ControlType>(opcode), payload, began_at);
        if (opcode == kText && !ascii && !valid_utf8(payload))
          return fail(ReadErrc::InvalidUtf8, began_at);
        return Message{payload, opcode == kText ? MessageType::Text : MessageType::Binary};
      }
    }
  }

  while (true) {
    if (!in_payload_) {
      if (const auto code = read_header(input)) return fail(*code, offset_bytes_ - header_bytes_);
      if (!in_payload_) return NeedMore{};
    }
    if (const auto code = read_payload(input)) return fail(*code, frame_began_at_bytes());
    if (payload_left_bytes_ > 0) return NeedMore{};
    Item item = end_frame();
    if (!std::holds_alternative<NeedMore>(item)) return item;
  }
}

/// What the first two bytes alone make illegal, in the order in which `ws` looks.
std::optional<ReadErrc> Reader::check_header(unsigned first, unsigned second) const noexcept {
  const unsigned opcode = first & kOpcode;
  const bool rsv1 = (first & kRsv1) != 0;
  if ((first & kRsv23) != 0 || (rsv1 && window_bits_ == 0)) return ReadErrc::ReservedBits;

  if (opcode == kContinuation) {
    if (rsv1) return ReadErrc::ReservedBits;  // Only the first frame of a message carries it.
    if (!in_message_) return ReadErrc::UnexpectedContinuation;
  } else if (opcode == kText || opcode == kBinary) {
    if (in_message_) return ReadErrc::ExpectedContinuation;
  } else if (opcode >= kFirstControl && opcode <= kPong) {
    if ((first & kFin) == 0) return ReadErrc::FragmentedControl;
    if (rsv1) return ReadErrc::ReservedBits;
    if ((second & kLength) > kControlBytesMax) return ReadErrc::ControlTooLong;
    if (opcode == kClose && (second & kLength) == 1) return ReadErrc::CloseTooShort;
  } else {
    return ReadErrc::ReservedOpcode;
  }

  const bool masked = (second & kMask) != 0;
  if (masked && !masked_) return ReadErrc::MaskedServerFrame;
  if (!masked && masked_) return ReadErrc::UnmaskedClientFrame;
  return std::nullopt;
}

Reader::Unfinished Reader::unfinished() const noexcept {
  const MessageType type = text_ ? MessageType::Text : MessageType::Binary;
  if (!in_message_) return {{}, 0, type};
  const std::string_view start(buffer_.get(), skipping_ ? 0 : buffered_bytes_);
  // A control frame's payload may lie behind it.
  return {start.substr(0, static_cast<std::size_t>(message_bytes_)), message_bytes_, type};
}

/// Collects header bytes. When the header is complete the frame has begun: `in_payload_` is set.
std::optional<ReadErrc> Reader::read_header(std::span<char>& input) noexcept {
  while (true) {
    const std::size_t wanted_bytes = header_bytes_ < 2 ? 2 : header_size_bytes(header_[1]);
    const std::size_t step = std::min(wanted_bytes - header_bytes_, input.size());
    if (step > 0) std::memcpy(header_.data() + header_bytes_, input.data(), step);
    header_bytes_ = (header_bytes_ + step) & 0xF;
    take(input, step);
    if (header_bytes_ < wanted_bytes) return std::nullopt;
    if (wanted_bytes > 2) break;
    if (const auto code = check_header(header_[0], header_[1])) return code;
    if (header_size_bytes(header_[1]) == 2) break;
  }

  const std::uint64_t length = payload_length(header_.data());
  if (length >> 63 != 0) return ReadErrc::LengthTooLarge;
  payload_left_bytes_ = length;
  mask_ = mask_key(header_.data(), header_bytes_);
  in_payload_ = true;

  const unsigned opcode = header_[0] & kOpcode;
  if (opcode >= kFirstControl) return std::nullopt;
  if (opcode != kContinuation) {
    in_message_ = true;
    text_ = opcode == kText;
    compressed_ = (header_[0] & kRsv1) != 0;
  }
  if (compressed_) return std::nullopt;  // What it inflates to counts.
  if (message_bytes_ + length > message_bytes_max_) {
    skipping_ = true;
    release_buffer();
  }
  message_bytes_ += length;
  return std::nullopt;
}

/// Takes what the input has of the frame's payload, and keeps or inflates it unless its message is
/// skipped. An error can only come of inflating.
std::optional<ReadErrc> Reader::read_payload(std::span<char>& input) noexcept {
  const auto step =
      static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_bytes_, input.size()));
  const bool control_frame = (header_[0] & kOpcode) >= kFirstControl;
  std::optional<ReadErrc> error;
  if (!control_frame && compressed_) {
    (void)unmask(input.data(), step, mask_);
    mask_ = advance(mask_, step);
    error = inflate({input.data(), step});
  } else if (control_frame || !skipping_) {
    append(input.data(), step);
    // ASCII or not: a message in pieces is checked once it is whole.
    (void)unmask(buffer_.get() + buffered_bytes_ - step, step, mask_);
    mask_ = advance(mask_, step);
  }
  payload_left_bytes_ -= step;
  take(input, step);
  return error;
}

/// Inflates a piece of the message behind what there is of it.
std::optional<ReadErrc> Reader::inflate(std::string_view deflated) noexcept {
  if (deflated.empty()) return std::nullopt;
  return inflate_all([&](std::span<char> room) { return inflater_->next(deflated, room); });
}

std::optional<ReadErrc> Reader::finish_inflating() noexcept {
  return inflate_all([&](std::span<char> room) { return inflater_->finish(room); });
}

/// Takes steps of the inflater until one leaves room. A message that grows over the limit is given
/// up, at once when no other can refer to it; else its text is thrown away, up to a bound.
template <class Step>
std::optional<ReadErrc> Reader::inflate_all(Step step) noexcept {
  if (inflater_ == nullptr) {
    if (skipping_) return std::nullopt;
    inflater_ = std::make_unique<Inflater>(
        DeflateParameters{window_bits_, takeover_ ? ContextTakeover::Yes : ContextTakeover::No},
        budget_);
  }
  while (!skipping_) {
    reserve(1, kFirstRoomBytes);
    const std::size_t left_bytes = message_bytes_max_ - message_bytes_ + 1;
    const std::size_t room_bytes =
        std::min<std::size_t>(capacity_bytes_ - buffered_bytes_, left_bytes);
    const auto written = step(std::span(buffer_.get() + buffered_bytes_, room_bytes));
    if (!written) return read_error(written.error());

    message_bytes_ += *written;
    buffered_bytes_ += static_cast<std::uint32_t>(*written);
    if (message_bytes_ > message_bytes_max_) {
      skipping_ = true;
      release_buffer();
    } else if (*written < room_bytes) {
      return std::nullopt;
    }
  }

  if (!takeover_) {
    inflater_.reset();
    return std::nullopt;
  }
  std::array<char, kNowhereBytes> nowhere;
  while (true) {
    const auto written = step(std::span(nowhere));
    if (!written) return read_error(written.error());
    message_bytes_ += *written;
    if (message_bytes_ > limits::kInflatedBytesMax) return ReadErrc::InflatesTooFar;
    if (*written < nowhere.size()) return std::nullopt;
  }
}

/// The frame is complete: its item, or NeedMore after a fragment.
Item Reader::end_frame() noexcept {
  const std::uint64_t length = payload_length(header_.data());
  const std::uint64_t began_at = frame_began_at_bytes();
  const unsigned opcode = header_[0] & kOpcode;
  in_payload_ = false;
  header_bytes_ = 0;
  if (opcode >= kFirstControl)
    return control(static_cast<ControlType>(opcode),
                   {buffer_.get() + (buffered_bytes_ - length), static_cast<std::size_t>(length)},
                   began_at);
  if ((header_[0] & kFin) == 0) return NeedMore{};
  if (compressed_)
    if (const auto code = finish_inflating()) return fail(*code, began_at);

  const MessageType type = text_ ? MessageType::Text : MessageType::Binary;
  const std::uint64_t size_bytes = message_bytes_;
  const bool skipped = skipping_;
  in_message_ = false;
  skipping_ = false;
  message_bytes_ = 0;
  compressed_ = false;
  if (skipped) return SkippedMessage{size_bytes, type};

  const std::string_view payload(buffer_.get(), buffered_bytes_);
  if (text_ && !valid_utf8(payload)) return fail(ReadErrc::InvalidUtf8, began_at);
  return Message{payload, type};
}

/// Where the frame that is being read began.
std::uint64_t Reader::frame_began_at_bytes() const noexcept {
  const std::uint64_t read_bytes = payload_length(header_.data()) - payload_left_bytes_;
  return offset_bytes_ - read_bytes - header_bytes_;
}

Item Reader::control(ControlType type, std::string_view payload,
                     std::uint64_t began_at_bytes) noexcept {
  if (type != ControlType::Close) return Control{payload, type, 0};
  if (payload.empty()) return Control{payload, type, kNoCloseCode};

  const auto code = static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8 |
                                               static_cast<unsigned char>(payload[1]));
  const std::string_view reason = payload.substr(2);
  if (!may_be_sent(code)) return fail(ReadErrc::BadCloseCode, began_at_bytes);
  if (!valid_utf8(reason)) return fail(ReadErrc::InvalidUtf8, began_at_bytes);
  return Control{reason, type, code};
}

Item Reader::fail(ReadErrc code, std::uint64_t began_at_bytes) noexcept {
  failed_ = true;
  in_payload_ = false;
  inflater_.reset();
  release_buffer();
  return Error{began_at_bytes, code};
}

void Reader::take(std::span<char>& input, std::size_t bytes) noexcept {
  offset_bytes_ += bytes;
  input = input.subspan(bytes);
}

void Reader::append(const char* bytes, std::size_t size) noexcept {
  if (size == 0) return;
  reserve(size, std::min<std::uint64_t>(payload_left_bytes_, kFirstReserveBytes));
  std::memcpy(buffer_.get() + buffered_bytes_, bytes, size);
  buffered_bytes_ += static_cast<std::uint32_t>(size);
}

/// Makes room for `more_bytes`. A buffer that must grow gets `expected_bytes` if that is more.
void Reader::reserve(std::size_t more_bytes, std::size_t expected_bytes) noexcept {
  if (buffered_bytes_ + more_bytes <= capacity_bytes_) return;
  const std::size_t grown_bytes = std::max(buffered_bytes_ + std::max(more_bytes, expected_bytes),
                                           std::size_t{capacity_bytes_} * 2);
  auto grown = std::make_unique_for_overwrite<char[]>(grown_bytes);
  if (buffered_bytes_ > 0) std::memcpy(grown.get(), buffer_.get(), buffered_bytes_);
  buffer_ = std::move(grown);
  capacity_bytes_ = static_cast<std::uint32_t>(std::min<std::size_t>(grown_bytes, UINT32_MAX));
}

/// Between two frames: only the open message's bytes are still ours to keep.
void Reader::drop_handed_out() noexcept {
  buffered_bytes_ = in_message_ && !skipping_ ? static_cast<std::uint32_t>(message_bytes_) : 0;
  const bool stands = inflater_ != nullptr && takeover_ && capacity_bytes_ <= kStandingBytesMax;
  if (buffered_bytes_ == 0 && !stands) release_buffer();
}

void Reader::release_buffer() noexcept {
  buffer_.reset();
  buffered_bytes_ = 0;
  capacity_bytes_ = 0;
}

std::string_view reason_text(ReadErrc code) noexcept {
  switch (code) {
    case ReadErrc::ReservedBits:
      return "a WebSocket frame with a reserved bit set: receivers close with 1002";
    case ReadErrc::ReservedOpcode:
      return "a WebSocket frame with a reserved opcode: receivers close with 1002";
    case ReadErrc::MaskedServerFrame:
      return "a masked WebSocket frame from the server: receivers close with 1002";
    case ReadErrc::UnmaskedClientFrame:
      return "an unmasked WebSocket frame from the client: receivers close with 1002";
    case ReadErrc::FragmentedControl:
      return "a fragmented WebSocket control frame: receivers close with 1002";
    case ReadErrc::ControlTooLong:
      return "a WebSocket control frame of more than 125 bytes: receivers close with 1002";
    case ReadErrc::UnexpectedContinuation:
      return "a WebSocket continuation of no message: receivers close with 1002";
    case ReadErrc::ExpectedContinuation:
      return "a WebSocket message inside another: receivers close with 1002";
    case ReadErrc::LengthTooLarge:
      return "a WebSocket frame length over 2^63: receivers close with 1002";
    case ReadErrc::CloseTooShort:
      return "a WebSocket Close of one byte: receivers close with 1002";
    case ReadErrc::BadCloseCode:
      return "a WebSocket Close with a code that must not be sent: receivers close with 1002";
    case ReadErrc::InvalidUtf8:
      return "a WebSocket text that is not UTF-8: receivers close with 1007";
    case ReadErrc::CorruptDeflate:
      return "a compressed WebSocket message that does not inflate: receivers close with 1007";
    case ReadErrc::InflatesTooFar:
      return "a compressed WebSocket message of more text than is inflated";
    case ReadErrc::NoMemory:
      return "a compressed WebSocket message that no memory was left for";
  }
  return {};
}

}  // namespace core::websocket
