// How inspect() works: inspect_compact() answers for nearly every text (compact.cpp), and what it
// has no answer for is looked at closely. That is one loop over values. What surrounds the current
// value is a stack of bits, one a level, set for arrays. The innermost 64 levels are in a register,
// the rest is spilled a word at a time, first to a small array on the stack, then to the heap.

#include "core/json/json.hpp"

#include <array>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

#include "core/json/scan.hpp"
#include "core/json/string_run.hpp"

namespace core::json {
namespace {

/// Levels of nesting beyond the innermost 64, a word each 64. Kept apart from what the loop holds
/// in registers.
class OuterLevels {
 public:
  /// Keeps the word of levels [64 * index, 64 * index + 64). False when no memory was left.
  [[nodiscard]] bool store(std::size_t index, std::uint64_t bits) noexcept {
    if (index == capacity_words_ && !grow()) return false;
    words()[index] = bits;
    return true;
  }

  [[nodiscard]] std::uint64_t load(std::size_t index) noexcept { return words()[index]; }

 private:
  static constexpr std::size_t kInlineWords = 1024 / 64;

  std::uint64_t* words() noexcept { return heap_ ? heap_.get() : inline_.data(); }

  bool grow() noexcept {
    std::unique_ptr<std::uint64_t[]> larger(new (std::nothrow) std::uint64_t[capacity_words_ * 2]);
    if (!larger) return false;
    std::memcpy(larger.get(), words(), capacity_words_ * sizeof(std::uint64_t));
    heap_ = std::move(larger);
    capacity_words_ *= 2;
    return true;
  }

  std::size_t capacity_words_ = kInlineWords;
  std::unique_ptr<std::uint64_t[]> heap_;
  std::array<std::uint64_t, kInlineWords> inline_;  // Left as it is: written before it is read.
};

/// Each step takes where it starts and returns where it ends, or nullptr after stop().
class Inspector {
 public:
  Inspector(std::string_view text, Shape& shape) noexcept
      : begin_(text.data()), end_(begin_ + text.size()), shape_(shape) {}

  [[nodiscard]] bool run() noexcept {
    const char* at = skip_space(begin_, end_);
    if (at == end_) {
      stop(Errc::UnexpectedEnd, at);
      return false;
    }
    shape_.kind = kind_of(*at);

    at = value(at);
    if (at == nullptr) return false;

    at = skip_space(at, end_);
    if (at != end_) stop(Errc::TrailingText, at);
    return at == end_;
  }

  [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
  const char* stop(Errc code, const char* at) noexcept {
    error_ = {code, static_cast<std::size_t>(at - begin_)};
    return nullptr;
  }

  /// What stands here is wrong: say whether it is a byte or the lack of one.
  const char* stop_here(const char* at) noexcept {
    return stop(at == end_ ? Errc::UnexpectedEnd : Errc::UnexpectedByte, at);
  }

  /// One value of any depth.
  const char* value(const char* at) noexcept {
    std::size_t depth = 0;
    std::uint64_t arrays = 0;  // Of the innermost 64 levels, the lowest bit the innermost.
    const char* element = at;  // Start of the current element of the outermost container.
    for (;;) {
      // A value starts here.
      if (at == end_) return stop(Errc::UnexpectedEnd, at);
      if (depth == 1) element = at;
      const char first = *at;
      if (first == '"') {
        at = string(at);
        if (at == nullptr) return nullptr;
      } else if (first == '[' || first == '{') {
        const bool is_array = first == '[';
        if (depth % 64 == 0 && depth != 0 && !outer_.store(depth / 64 - 1, arrays))
          return stop(Errc::OutOfMemory, at);
        arrays = arrays << 1U | (is_array ? 1U : 0U);
        ++depth;
        at = skip_space(at + 1, end_);
        if (at == end_) return stop(Errc::UnexpectedEnd, at);
        if (*at != (is_array ? ']' : '}')) {
          if (!is_array && (at = key(at)) == nullptr) return nullptr;
          continue;
        }
        ++at;
        arrays >>= 1U;
        --depth;
        if (depth % 64 == 0 && depth != 0) arrays = outer_.load(depth / 64 - 1);
      } else {
        at = scalar(at);
        if (at == nullptr) return nullptr;
      }
      // A value ended here; it may end what surrounds it.
      for (;;) {
        if (depth == 0) return at;
        const bool in_array = (arrays & 1U) != 0;
        if (depth == 1) count_element(in_array, element, at);
        if (at != end_ && is_space(*at)) at = skip_space(at + 1, end_);
        if (at == end_) return stop(Errc::UnexpectedEnd, at);
        if (*at == ',') {
          ++at;
          if (at != end_ && is_space(*at)) at = skip_space(at + 1, end_);
          if (!in_array && (at = key(at)) == nullptr) return nullptr;
          break;
        }
        if (*at != (in_array ? ']' : '}')) return stop(Errc::UnexpectedByte, at);
        ++at;
        arrays >>= 1U;
        --depth;
        if (depth % 64 == 0 && depth != 0) arrays = outer_.load(depth / 64 - 1);
      }
    }
  }

  void count_element(bool in_array, const char* begin, const char* end) noexcept {
    ++shape_.element_count;
    if (!in_array) return;
    shape_.last = {kind_of(*begin), {begin, static_cast<std::size_t>(end - begin)}};
    if (shape_.element_count == 1) shape_.first = shape_.last;
  }

  const char* key(const char* at) noexcept {
    if (at == end_ || *at != '"') return stop_here(at);
    at = string(at);
    if (at == nullptr) return nullptr;
    if (at != end_ && *at != ':') at = skip_space(at, end_);
    if (at == end_ || *at != ':') return stop_here(at);
    ++at;
    if (at != end_ && is_space(*at)) at = skip_space(at + 1, end_);
    return at;
  }

  const char* string(const char* at) noexcept {
    ++at;
    for (;;) {
      at = skip_run(begin_, at, end_);
      if (at == end_) return stop(Errc::UnexpectedEnd, at);
      if (*at == '"') return at + 1;
      if (*at != '\\') return stop(Errc::ControlCharacter, at);
      at = escape(at);
      if (at == nullptr) return nullptr;
    }
  }

  const char* escape(const char* at) noexcept {
    ++at;
    if (at == end_) return stop(Errc::UnexpectedEnd, at);
    if (is_short_escape(*at)) return at + 1;
    if (*at != 'u') return stop(Errc::BadEscape, at);
    ++at;
    for (int digit = 0; digit < 4; ++digit, ++at) {
      if (at == end_) return stop(Errc::UnexpectedEnd, at);
      if (!is_hex(*at)) return stop(Errc::BadEscape, at);
    }
    return at;
  }

  const char* scalar(const char* at) noexcept {
    switch (*at) {
      case 't':
        return literal("true", at);
      case 'f':
        return literal("false", at);
      case 'n':
        return literal("null", at);
    }
    if (*at == '-' || is_digit(*at)) return number(at);
    return stop(Errc::UnexpectedByte, at);
  }

  const char* literal(std::string_view word, const char* at) noexcept {
    for (const char expected : word) {
      if (at == end_ || *at != expected) return stop_here(at);
      ++at;
    }
    return at;
  }

  const char* number(const char* at) noexcept {
    if (*at == '-') ++at;
    if (at != end_ && *at == '0') {
      ++at;
      if (at != end_ && is_digit(*at)) return stop(Errc::BadNumber, at);
    } else if ((at = digits(at)) == nullptr) {
      return nullptr;
    }
    if (at != end_ && *at == '.' && (at = digits(at + 1)) == nullptr) return nullptr;
    if (at != end_ && (*at == 'e' || *at == 'E')) {
      ++at;
      if (at != end_ && (*at == '+' || *at == '-')) ++at;
      at = digits(at);
    }
    return at;
  }

  const char* digits(const char* at) noexcept {
    if (at == end_) return stop(Errc::UnexpectedEnd, at);
    if (!is_digit(*at)) return stop(Errc::BadNumber, at);
    do ++at;
    while (at != end_ && is_digit(*at));
    return at;
  }

  const char* begin_;
  const char* end_;
  Shape& shape_;
  Error error_{};
  OuterLevels outer_;
};

}  // namespace

tl::expected<Shape, Error> inspect_closely(std::string_view text) noexcept {
  tl::expected<Shape, Error> result;
  Inspector inspector(text, *result);
  if (!inspector.run()) result = tl::unexpected(inspector.error());
  return result;
}

std::string_view reason_text(Errc code) noexcept {
  switch (code) {
    case Errc::UnexpectedEnd:
      return "the JSON text ends too early";
    case Errc::UnexpectedByte:
      return "a character that cannot stand there in JSON";
    case Errc::ControlCharacter:
      return "a control character in a JSON string";
    case Errc::BadEscape:
      return "an escape that JSON does not know";
    case Errc::BadNumber:
      return "not a JSON number";
    case Errc::TrailingText:
      return "text after the JSON value";
    case Errc::OutOfMemory:
      return "nested too deep to follow";
  }
  return {};
}

}  // namespace core::json
