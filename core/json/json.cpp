// How inspect() works: one loop over values. What surrounds the current value is a stack of bits,
// one a level, set for arrays. The innermost 64 levels are in a register, the rest is spilled a
// word at a time, first to a small array on the stack, then to the heap.

#include "core/json/json.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

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

constexpr bool is_digit(char byte) noexcept { return byte >= '0' && byte <= '9'; }

constexpr bool is_hex(char byte) noexcept {
  return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

constexpr bool is_space(char byte) noexcept {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

const char* skip_space(const char* at, const char* end) noexcept {
  while (at != end && is_space(*at)) ++at;
  return at;
}

/// Kind of the value that starts with this byte, for text known to be valid.
Kind kind_of(char first) noexcept {
  switch (first) {
    case '"':
      return Kind::String;
    case '{':
      return Kind::Object;
    case '[':
      return Kind::Array;
    case 't':
      return Kind::True;
    case 'f':
      return Kind::False;
    case 'n':
      return Kind::Null;
  }
  return Kind::Number;
}

/// Each step takes where it starts and returns where it ends, or nullptr after stop().
class Inspector {
 public:
  Inspector(std::string_view text, Shape& shape) noexcept
      : begin_(text.data()), end_(begin_ + text.size()), shape_(shape) {}

  [[nodiscard]] bool run() noexcept {
    const char* at = skip_space(begin_, end_);
    if (at == end_) return stop(Errc::UnexpectedEnd, at) != nullptr;
    shape_.kind = kind_of(*at);

    at = value(at);
    if (at == nullptr) return false;

    at = skip_space(at, end_);
    return at == end_ || stop(Errc::TrailingText, at) != nullptr;
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
    switch (*at) {
      case '"':
      case '\\':
      case '/':
      case 'b':
      case 'f':
      case 'n':
      case 'r':
      case 't':
        return at + 1;
      case 'u':
        break;
      default:
        return stop(Errc::BadEscape, at);
    }
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

/// Skips one string of valid text. `at` is its opening quote.
const char* skip_string(const char* begin, const char* at, const char* end) noexcept {
  ++at;
  for (;;) {
    at = skip_run(begin, at, end);
    if (*at == '"') return at + 1;
    at += 2;  // A backslash and what it escapes.
  }
}

/// Skips one value of valid text; brackets balance, so counting them is enough.
const char* skip_value(const char* begin, const char* at, const char* end) noexcept {
  std::size_t depth = 0;
  do {
    switch (*at) {
      case '"':
        at = skip_string(begin, at, end);
        break;
      case '[':
      case '{':
        ++depth;
        ++at;
        break;
      case ']':
      case '}':
        --depth;
        ++at;
        break;
      case ',':
      case ':':
      case ' ':
      case '\t':
      case '\n':
      case '\r':
        ++at;
        break;
      default:
        while (at != end && *at != ',' && *at != ']' && *at != '}' && !is_space(*at)) ++at;
    }
  } while (depth != 0);
  return at;
}

/// Takes a value, and the comma or bracket behind it, off the front of `rest`.
Value take_value(std::string_view& rest) noexcept {
  const Value value = leading_value(rest);
  const char* const end = rest.data() + rest.size();
  const char* const delimiter = skip_space(value.raw.data() + value.raw.size(), end);
  const char* const next = *delimiter == ',' ? skip_space(delimiter + 1, end) : delimiter;
  rest = {next, static_cast<std::size_t>(end - next)};
  return value;
}

/// The content of a container, from its first member or its closing bracket on.
std::string_view inside(std::string_view container) noexcept {
  const char* const end = container.data() + container.size();
  const char* const open = skip_space(container.data(), end);
  const char* const first = skip_space(open + 1, end);
  return {first, static_cast<std::size_t>(end - first)};
}

constexpr unsigned hex_value(char digit) noexcept {
  if (is_digit(digit)) return static_cast<unsigned>(digit - '0');
  return static_cast<unsigned>((digit | 0x20) - 'a' + 10);
}

unsigned hex4(const char* digits) noexcept {
  unsigned value = 0;
  for (int i = 0; i < 4; ++i) value = value * 16 + hex_value(digits[i]);
  return value;
}

constexpr bool is_high_surrogate(unsigned unit) noexcept { return unit >= 0xd800 && unit < 0xdc00; }
constexpr bool is_low_surrogate(unsigned unit) noexcept { return unit >= 0xdc00 && unit < 0xe000; }

/// A short piece of WTF-8.
struct Utf8 {
  std::array<char, 4> bytes;
  std::uint8_t size;
};

Utf8 encode(unsigned point) noexcept {
  const auto tail = [](unsigned bits) { return static_cast<char>(0x80U | (bits & 0x3fU)); };
  if (point < 0x80) return {{static_cast<char>(point)}, 1};
  if (point < 0x800) return {{static_cast<char>(0xc0U | point >> 6U), tail(point)}, 2};
  if (point < 0x10000)
    return {{static_cast<char>(0xe0U | point >> 12U), tail(point >> 6U), tail(point)}, 3};
  return {
      {static_cast<char>(0xf0U | point >> 18U), tail(point >> 12U), tail(point >> 6U), tail(point)},
      4};
}

/// The unit of a surrogate written out as three bytes at the start of `text`, or 0.
unsigned surrogate_at(std::string_view text) noexcept {
  if (text.size() < 3 || text[0] != '\xed') return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  const auto third = static_cast<unsigned char>(text[2]);
  if (second < 0xa0 || second > 0xbf || third < 0x80 || third > 0xbf) return 0;
  return 0xd000U | (second & 0x3fU) << 6U | (third & 0x3fU);
}

/// Takes one escape off the front of `rest` (which starts with a backslash), a surrogate pair
/// in two escapes as one.
unsigned take_escape(std::string_view& rest) noexcept {
  const char letter = rest[1];
  if (letter != 'u') {
    rest.remove_prefix(2);
    switch (letter) {
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
    }
    return static_cast<unsigned char>(letter);
  }
  const unsigned unit = hex4(rest.data() + 2);
  rest.remove_prefix(6);
  if (!is_high_surrogate(unit) || rest.size() < 6 || rest[0] != '\\' || rest[1] != 'u') return unit;
  const unsigned low = hex4(rest.data() + 2);
  if (!is_low_surrogate(low)) return unit;
  rest.remove_prefix(6);
  return 0x10000U + ((unit - 0xd800U) << 10U) + (low - 0xdc00U);
}

std::string_view without_quotes(std::string_view raw) noexcept {
  return raw.substr(1, raw.size() - 2);
}

/// Joins surrogate halves that stand side by side in out[from..).
void join_surrogates(std::string& out, std::size_t from) {
  std::size_t write = from;
  for (std::size_t read = from; read < out.size();) {
    const std::string_view rest = std::string_view(out).substr(read);
    const unsigned high = surrogate_at(rest);
    const unsigned low = is_high_surrogate(high) ? surrogate_at(rest.substr(3)) : 0;
    if (!is_low_surrogate(low)) {
      out[write++] = out[read++];
      continue;
    }
    const Utf8 pair = encode(0x10000U + ((high - 0xd800U) << 10U) + (low - 0xdc00U));
    std::memcpy(out.data() + write, pair.bytes.data(), pair.size);
    write += pair.size;
    read += 6;
  }
  out.resize(write);
}

}  // namespace

tl::expected<Shape, Error> inspect(std::string_view text) noexcept {
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

Value leading_value(std::string_view text) noexcept {
  const char* const end = text.data() + text.size();
  const char* const after = skip_value(text.data(), text.data(), end);
  return {kind_of(text.front()), {text.data(), static_cast<std::size_t>(after - text.data())}};
}

ElementReader::ElementReader(std::string_view array) noexcept : rest_(inside(array)) {}

std::optional<Value> ElementReader::next() noexcept {
  if (rest_.front() == ']') return std::nullopt;
  return take_value(rest_);
}

MemberReader::MemberReader(std::string_view object) noexcept : rest_(inside(object)) {}

std::optional<Member> MemberReader::next() noexcept {
  if (rest_.front() == '}') return std::nullopt;
  const char* const begin = rest_.data();
  const char* const end = begin + rest_.size();
  const char* const after_key = skip_string(begin, begin, end);
  const char* const value = skip_space(skip_space(after_key, end) + 1, end);
  rest_ = {value, static_cast<std::size_t>(end - value)};
  return Member{{begin, static_cast<std::size_t>(after_key - begin)}, take_value(rest_)};
}

std::optional<Value> find_member(std::string_view object, std::string_view key) noexcept {
  std::optional<Value> found;
  MemberReader members(object);
  while (const std::optional<Member> member = members.next())
    if (string_equals(member->key, key)) found = member->value;
  return found;
}

bool string_equals(std::string_view raw, std::string_view plain) noexcept {
  std::string_view rest = without_quotes(raw);
  if (std::memchr(rest.data(), '\\', rest.size()) == nullptr) return rest == plain;
  while (!rest.empty()) {
    if (rest.front() != '\\') {
      if (plain.empty() || plain.front() != rest.front()) return false;
      rest.remove_prefix(1);
      plain.remove_prefix(1);
      continue;
    }
    const Utf8 escaped = encode(take_escape(rest));
    if (!plain.starts_with(std::string_view(escaped.bytes.data(), escaped.size))) return false;
    plain.remove_prefix(escaped.size);
  }
  return plain.empty();
}

void unescape(std::string_view raw, std::string& out) {
  const std::size_t from = out.size();
  std::string_view rest = without_quotes(raw);
  while (!rest.empty()) {
    const std::size_t plain = std::min(rest.find('\\'), rest.size());
    out.append(rest.substr(0, plain));
    rest.remove_prefix(plain);
    if (rest.empty()) break;
    const Utf8 escaped = encode(take_escape(rest));
    out.append(escaped.bytes.data(), escaped.size);
  }
  if (out.find('\xed', from) != std::string::npos) join_surrogates(out, from);
}

}  // namespace core::json
