#include "core/engineio/payload_v3.hpp"

#include <cmath>

#include "core/engineio/packet_v3.hpp"
#include "core/json/number.hpp"
#include "core/json/wtf8.hpp"

namespace core::engineio {
namespace {

/// No JavaScript engine has strings as long as this, so no such length can be right.
constexpr double kUnitsMax = 0x1p30;

/// What the official parser makes of a length, if anything: `Number(length)` must be the number of
/// units that are there.
std::optional<std::size_t> parse_length(std::string_view text) noexcept {
  if (text.empty()) return std::nullopt;
  if (text.size() <= 9) {  // As all encoders write it.
    std::size_t length = 0;
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9')
      length = length * 10 + static_cast<std::size_t>(text[digits++] - '0');
    if (digits == text.size()) return length;
  }
  const double number = json::string_to_number(text);
  if (!(number >= 0 && number < kUnitsMax) || number != std::trunc(number)) return std::nullopt;
  return static_cast<std::size_t>(number);
}

}  // namespace

PayloadV3Stream::Result PayloadV3Stream::next() noexcept {
  if (kept_was_given_) release_kept();
  for (;;) {
    switch (state_) {
      case State::Start:
        if (!chunk_.empty()) {
          state_ = State::Length;
          continue;
        }
        if (!finished_) return std::nullopt;
        return fail(PayloadErrc::Malformed);  // An empty body.
      case State::Length:
        if (Result error = read_length()) return error;
        if (state_ == State::Packet) continue;
        return std::nullopt;
      case State::Packet:
        return read_packet();
      case State::Broken:
        return fail(PayloadErrc::Malformed);
      case State::Skipping:
        chunk_ = {};
        if (finished_) start_over();
        return std::nullopt;
    }
  }
}

/// Reads lengths until one is not zero: then the state is Packet. Otherwise the chunk is used up.
PayloadV3Stream::Result PayloadV3Stream::read_length() noexcept {
  for (;;) {
    const std::size_t colon = chunk_.find(':');
    if (colon == std::string_view::npos) {
      if (Result error = keep_chunk()) return error;
      if (!finished_) return std::nullopt;
      if (!kept_.empty()) return fail(PayloadErrc::Malformed);
      start_over();
      return std::nullopt;
    }

    std::string_view text = chunk_.substr(0, colon);
    if (!kept_.empty()) {
      if (text.size() > kept_bytes_max_ - kept_.size()) return fail(PayloadErrc::TooLarge);
      kept_.append(text);
      text = kept_;
    }
    const std::optional<std::size_t> length = parse_length(text);
    chunk_.remove_prefix(colon + 1);
    if (!kept_.empty()) release_kept();
    if (!length) return fail(PayloadErrc::Malformed);
    if (*length == 0) continue;
    units_left_ = *length;
    walk_ = {};
    state_ = State::Packet;
    return std::nullopt;
  }
}

PayloadV3Stream::Result PayloadV3Stream::read_packet() noexcept {
  const std::size_t bytes = walk_.take(chunk_, units_left_);
  if (units_left_ != 0) {
    if (Result error = keep_chunk()) return error;
    if (!finished_) return std::nullopt;
    if (units_left_ != 1 || !walk_.inside_character()) return fail(PayloadErrc::Malformed);
    units_left_ = 0;  // What is left of a character becomes U+FFFD, one unit.
    return give({});
  }
  const std::string_view piece = chunk_.substr(0, bytes);
  chunk_.remove_prefix(bytes);
  return give(piece);
}

/// Gives the packet that `piece` completes.
PayloadV3Stream::Result PayloadV3Stream::give(std::string_view piece) noexcept {
  std::string_view packet = piece;
  if (!kept_.empty() || walk_.split_character()) {
    if (piece.size() > kept_bytes_max_ - kept_.size()) return fail(PayloadErrc::TooLarge);
    kept_.append(piece);
    packet = kept_;
  }
  // The first character alone decides whether decode_packet_v3() refuses, and no half of one is
  // a type.
  if (!decode_packet_v3(packet)) return fail(PayloadErrc::Malformed);
  state_ = State::Length;
  if (packet.data() != kept_.data()) return packet;

  kept_was_given_ = true;
  if (walk_.split_character()) {
    // Not the digits of the next length: that one starts with half a character, and no number does.
    const auto byte = [&](std::size_t from_end) {
      return static_cast<unsigned char>(kept_[kept_.size() - from_end]) & 0x3fU;
    };
    const unsigned point = (byte(4) & 7U) << 18U | byte(3) << 12U | byte(2) << 6U | byte(1);
    const unsigned high = 0xd800U + ((point - 0x10000U) >> 10U);
    kept_.resize(kept_.size() - 4);
    kept_.append(json::encode_wtf8(high).view());
    state_ = State::Broken;
  }
  return std::string_view(kept_);
}

PayloadV3Stream::Result PayloadV3Stream::keep_chunk() noexcept {
  if (chunk_.size() > kept_bytes_max_ - kept_.size()) return fail(PayloadErrc::TooLarge);
  kept_.append(chunk_);
  chunk_ = {};
  return std::nullopt;
}

PayloadV3Stream::Result PayloadV3Stream::fail(PayloadErrc code) noexcept {
  release_kept();
  state_ = State::Skipping;
  return tl::unexpected(code);
}

/// An idle connection keeps nothing; and an assignment would keep the buffer.
void PayloadV3Stream::release_kept() noexcept {
  kept_was_given_ = false;
  std::string().swap(kept_);
}

void PayloadV3Stream::start_over() noexcept {
  finished_ = false;
  state_ = State::Start;
}

}  // namespace core::engineio
