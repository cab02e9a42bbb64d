#include "core/engineio/jsonp.hpp"

#include <optional>
#include <utility>

#include "core/json/string_run.hpp"
#include "core/json/wtf8.hpp"

namespace core::engineio {
namespace {

constexpr std::string_view kPrefix = "___eio[";

std::optional<unsigned> hex_digit(char byte) noexcept {
  if (byte >= '0' && byte <= '9') return static_cast<unsigned>(byte - '0');
  if (byte >= 'a' && byte <= 'f') return static_cast<unsigned>(byte - 'a') + 10;
  if (byte >= 'A' && byte <= 'F') return static_cast<unsigned>(byte - 'A') + 10;
  return std::nullopt;
}

/// What a backslash and this byte stand for, or nothing when that is refused.
std::optional<char> escaped(char byte) noexcept {
  switch (byte) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    case 'x':
    case '\n':
    case '\r':
      return std::nullopt;
    default:
      break;
  }
  if (byte >= '0' && byte <= '9') return std::nullopt;
  if (static_cast<unsigned char>(byte) >= 0x80) return std::nullopt;  // U+2028 would be a line end.
  return byte;
}

bool is_space(char byte) noexcept {
  return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

}  // namespace

std::string_view JsonpResponse::receive(std::string_view chunk) {
  text_.clear();
  const char* at = chunk.data();
  const char* const end = at + chunk.size();
  while (at != end && state_ != State::Malformed) {
    if (state_ == State::Text) {
      const char* const stop = json::skip_run(chunk.data(), at, end);
      if (stop != at) {
        release_half();
        text_.append(at, stop);
        at = stop;
        continue;
      }
    }
    take(*at++);
  }
  return text_;
}

JsonpEnd JsonpResponse::finish() noexcept {
  const bool is_complete = state_ == State::Semicolon || state_ == State::Done;
  std::string().swap(text_);  // An idle connection keeps nothing; and an assignment would.
  *this = {};
  return is_complete ? JsonpEnd::Complete : JsonpEnd::Malformed;
}

void JsonpResponse::take(char byte) {
  const auto step = [&](bool is_legal, State next) {
    at_ = 0;
    state_ = is_legal ? next : State::Malformed;
  };
  switch (state_) {
    case State::Prefix:
      if (byte != kPrefix[at_]) return step(false, State::Malformed);
      if (++at_ == kPrefix.size()) step(true, State::Index);
      return;
    case State::Index:
      if (byte < '0' || byte > '9') return step(byte == ']' && at_ != 0, State::Open);
      at_ = 1;
      return;
    case State::Open:
      return step(byte == '(', State::Quote);
    case State::Quote:
      return step(byte == '"', State::Text);
    case State::Text:
      if (byte == '\\') return step(true, State::Backslash);
      release_half();
      if (byte == '"') return step(true, State::Close);
      if (byte == '\n' || byte == '\r') return step(false, State::Malformed);
      text_ += byte;
      return;
    case State::Backslash:
      return take_escape(byte);
    case State::Unit: {
      const std::optional<unsigned> digit = hex_digit(byte);
      if (!digit) return step(false, State::Malformed);
      unit_ = static_cast<std::uint16_t>(unsigned{unit_} << 4U | *digit);
      if (++at_ == 4) take_unit();
      return;
    }
    case State::Close:
      return step(byte == ')', State::Semicolon);
    case State::Semicolon:
      return step(byte == ';' || is_space(byte), byte == ';' ? State::Done : State::Semicolon);
    case State::Done:
      return step(is_space(byte), State::Done);
    case State::Malformed:
      return;
  }
}

void JsonpResponse::take_escape(char byte) {
  at_ = 0;
  if (byte == 'u') {
    unit_ = 0;
    state_ = State::Unit;
    return;
  }
  release_half();
  const std::optional<char> meant = escaped(byte);
  state_ = meant ? State::Text : State::Malformed;
  if (meant) text_ += *meant;
}

void JsonpResponse::take_unit() {
  at_ = 0;
  state_ = State::Text;
  if (half_ != 0 && json::is_low_surrogate(unit_)) {
    text_ += json::encode_wtf8(json::join(std::exchange(half_, std::uint16_t{0}), unit_)).view();
    return;
  }
  release_half();
  if (json::is_high_surrogate(unit_))
    half_ = unit_;
  else
    text_ += json::encode_wtf8(unit_).view();
}

void JsonpResponse::release_half() {
  if (half_ == 0) return;
  text_ += json::encode_wtf8(std::exchange(half_, std::uint16_t{0})).view();
}

std::string_view JsonpForm::receive(std::string_view chunk) {
  text_.clear();
  for (const char byte : chunk) {
    if (malformed_) break;
    take(byte);
  }
  return text_;
}

std::string_view JsonpForm::last_text() {
  text_.clear();
  if (malformed_) return {};
  if (state_ == State::Key) end_key();
  if (state_ == State::Data) end_data();
  return text_;
}

JsonpEnd JsonpForm::finish() noexcept {
  const JsonpEnd end = malformed_  ? JsonpEnd::Malformed
                       : has_data_ ? JsonpEnd::Complete
                                   : JsonpEnd::Nothing;
  std::string().swap(text_);
  *this = {};
  return end;
}

void JsonpForm::take(char byte) {
  switch (state_) {
    case State::Key:
      return take_key(byte);
    case State::Data:
      return take_data(byte);
    case State::OtherValue:
      if (byte == '&') state_ = State::Key;
      return;
  }
}

void JsonpForm::take_key(char byte) {
  if (byte == '=' || byte == '&') {
    end_key();
    if (byte == '&') state_ = State::Key;
  } else if (key_bytes_ < key_.size()) {
    key_[key_bytes_++] = byte;
  }
}

/// A value begins, maybe an empty one.
void JsonpForm::end_key() {
  const std::string_view key(key_.data(), key_bytes_);
  key_bytes_ = 0;
  state_ = State::OtherValue;
  if (key != "d" && key != "%64") return;
  malformed_ = has_data_;
  has_data_ = true;
  state_ = State::Data;
}

void JsonpForm::take_data(char byte) {
  if (percent_bytes_ != 0) {
    const std::optional<unsigned> digit = hex_digit(byte);
    if (digit && percent_bytes_ == 1) {
      percent_[percent_bytes_++] = byte;
      return;
    }
    if (digit) {
      percent_bytes_ = 0;
      put(static_cast<char>(*hex_digit(percent_[1]) << 4U | *digit));
      return;
    }
    release_percent();
  }
  if (byte == '&') {
    end_data();
  } else if (byte == '%') {
    percent_[percent_bytes_++] = byte;
  } else {
    put(byte == '+' ? ' ' : byte);
  }
}

void JsonpForm::end_data() {
  release_percent();
  if (backslashes_ != 0) text_ += '\\';
  backslashes_ = 0;
  state_ = State::Key;
}

void JsonpForm::release_percent() {
  for (std::uint8_t i = 0; i < percent_bytes_; ++i) put(percent_[i]);
  percent_bytes_ = 0;
}

/// Undoes what the client did to line feeds: one backslash and `n` are a line feed; of more
/// backslashes before an `n`, the last goes.
void JsonpForm::put(char byte) {
  if (byte == '\\') {
    if (backslashes_ != 0) text_ += '\\';
    backslashes_ = backslashes_ == 0 ? 1 : 2;
    return;
  }
  if (byte == 'n' && backslashes_ == 1)
    byte = '\n';
  else if (byte != 'n' && backslashes_ != 0)
    text_ += '\\';
  backslashes_ = 0;
  text_ += byte;
}

}  // namespace core::engineio
