#include "core/engineio/binary_payload_v3.hpp"

#include <algorithm>
#include <limits>

#include "core/engineio/packet_v3.hpp"
#include "core/engineio/utf16_walk.hpp"
#include "core/json/wtf8.hpp"

namespace core::engineio {
namespace {

constexpr char kHeadEnd = '\xff';
constexpr unsigned kDigitsMax = 310;  ///< The parser's own, checked before a byte is added.
/// Longer than any body. A longer length is this one.
constexpr std::size_t kPacketBytesMax = std::numeric_limits<std::size_t>::max() / 16;

std::size_t append_digit(std::size_t length, unsigned digit) noexcept {
  return std::min(length * 10 + digit, kPacketBytesMax);
}

/// Each byte as the character of its number, in UTF-8.
std::string latin1_to_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 2);
  for (const char byte : bytes) text += json::encode_wtf8(static_cast<unsigned char>(byte)).view();
  return text;
}

/// U+FFFD for each surrogate that is written out: as many bytes.
void replace_surrogates(std::string& text) noexcept {
  for (std::size_t at = text.find('\xed'); at != std::string::npos; at = text.find('\xed', at + 1))
    if (json::surrogate_at(std::string_view(text).substr(at)) != 0)
      text.replace(at, 3, "\xef\xbf\xbd");
}

}  // namespace

FrameHeadV3::Progress FrameHeadV3::take(std::string_view& chunk) noexcept {
  std::size_t at = 0;
  Progress progress = Progress::WantsMore;
  for (; at < chunk.size() && progress == Progress::WantsMore; ++at) {
    const unsigned byte = static_cast<unsigned char>(chunk[at]);
    if (!has_type_) {
      has_type_ = true;
      is_text_ = byte == 0;
    } else if (chunk[at] == kHeadEnd) {
      progress = Progress::Complete;
    } else if (digits_ > kDigitsMax) {
      progress = Progress::Malformed;
    } else {
      ++length_bytes_;
      digits_ = static_cast<std::uint16_t>(digits_ + (byte > 99 ? 3 : byte > 9 ? 2 : 1));
      if (byte > 99) packet_bytes_ = append_digit(packet_bytes_, byte / 100);
      if (byte > 9) packet_bytes_ = append_digit(packet_bytes_, byte / 10 % 10);
      packet_bytes_ = append_digit(packet_bytes_, byte % 10);
    }
  }
  chunk.remove_prefix(at);
  return progress;
}

void FrameHeadV3::start_next() noexcept {
  const bool end_is_next_type = has_type_ && digits_ == 0;
  *this = {};
  has_type_ = end_is_next_type;  // Not 0, so binary.
}

bool is_framed_v3(std::string_view body) noexcept {
  FrameHeadV3 head;
  while (!body.empty()) {
    if (head.take(body) != FrameHeadV3::Progress::Complete) return false;
    body.remove_prefix(std::min(body.size(), head.skipped_bytes() + head.packet_bytes()));
    head.start_next();
  }
  return !head.started();
}

BinaryPayloadV3Stream::Result BinaryPayloadV3Stream::next() noexcept {
  if (kept_was_given_) release_kept();
  if (state_ == State::Head) {
    switch (head_.take(chunk_)) {
      case FrameHeadV3::Progress::WantsMore:
        if (!finished_) return std::nullopt;
        if (head_.started()) return fail(PayloadErrc::Malformed);
        start_over();
        return std::nullopt;
      case FrameHeadV3::Progress::Complete:
        skipped_bytes_ = head_.skipped_bytes();
        missing_bytes_ = head_.packet_bytes();
        state_ = State::Packet;
        break;
      case FrameHeadV3::Progress::Malformed:
        return fail(PayloadErrc::Malformed);
    }
  }
  if (state_ == State::Packet) return read_packet();

  chunk_ = {};
  if (finished_) start_over();
  return std::nullopt;
}

BinaryPayloadV3Stream::Result BinaryPayloadV3Stream::read_packet() noexcept {
  const std::size_t skipped = std::min(skipped_bytes_, chunk_.size());
  chunk_.remove_prefix(skipped);
  skipped_bytes_ -= skipped;

  const std::string_view piece = chunk_.substr(0, missing_bytes_);
  const bool is_complete = (skipped_bytes_ == 0 && piece.size() == missing_bytes_) ||
                           finished_;  // The last may be short.
  if (is_complete && kept_.empty()) {
    chunk_.remove_prefix(piece.size());
    return give(piece);
  }
  if (piece.size() > kept_bytes_max_ - kept_.size()) return fail(PayloadErrc::TooLarge);
  kept_.append(piece);
  chunk_.remove_prefix(piece.size());
  missing_bytes_ -= piece.size();
  if (!is_complete) return std::nullopt;
  kept_was_given_ = true;
  return give(kept_);
}

BinaryPayloadV3Stream::Result BinaryPayloadV3Stream::give(std::string_view bytes) noexcept {
  state_ = State::Head;
  const bool is_text = head_.is_text();
  head_.start_next();
  if (is_text) return give_text(bytes);
  return PayloadPiece{bytes, true};
}

BinaryPayloadV3Stream::Result BinaryPayloadV3Stream::give_text(std::string_view bytes) noexcept {
  if (!decode_packet_v3(bytes)) return fail(PayloadErrc::Malformed);  // The first byte decides.

  Utf16Walk walk;
  std::size_t units_left = std::numeric_limits<std::size_t>::max();
  (void)walk.take(bytes, units_left);
  const bool is_ascii = std::numeric_limits<std::size_t>::max() - units_left == bytes.size() &&
                        !walk.saw_invalid() && !walk.inside_character();
  if (is_ascii) return PayloadPiece{bytes};

  if (bytes.front() == 'b') {
    kept_ = latin1_to_utf8(bytes);
    kept_was_given_ = true;
    return PayloadPiece{kept_};
  }
  if (walk.saw_invalid() || walk.inside_character()) return fail(PayloadErrc::Malformed);
  if (!walk.saw_surrogate()) return PayloadPiece{bytes};
  if (!kept_was_given_) kept_ = bytes;
  kept_was_given_ = true;
  replace_surrogates(kept_);
  return PayloadPiece{kept_};
}

BinaryPayloadV3Stream::Result BinaryPayloadV3Stream::fail(PayloadErrc code) noexcept {
  release_kept();
  head_ = {};
  state_ = State::Skipping;
  return tl::unexpected(code);
}

/// An idle connection keeps nothing; and an assignment would keep the buffer.
void BinaryPayloadV3Stream::release_kept() noexcept {
  kept_was_given_ = false;
  std::string().swap(kept_);
}

void BinaryPayloadV3Stream::start_over() noexcept {
  finished_ = false;
  head_ = {};
  state_ = State::Head;
}

}  // namespace core::engineio
