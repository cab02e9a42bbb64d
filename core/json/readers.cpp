// Reading text that inspect() accepted: nothing is checked again.

#include <algorithm>
#include <cstring>

#include "core/json/json.hpp"
#include "core/json/scan.hpp"
#include "core/json/string_run.hpp"
#include "core/json/wtf8.hpp"

namespace core::json {
namespace {

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
  return join(unit, low);
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
    const Wtf8 pair = encode_wtf8(join(high, low));
    std::memcpy(out.data() + write, pair.bytes.data(), pair.size);
    write += pair.size;
    read += 6;
  }
  out.resize(write);
}

}  // namespace

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
  if (rest.size() < plain.size()) return false;  // An escape is longer than what it denotes.
  if (std::memchr(rest.data(), '\\', rest.size()) == nullptr) return rest == plain;
  while (!rest.empty()) {
    if (rest.front() != '\\') {
      if (plain.empty() || plain.front() != rest.front()) return false;
      rest.remove_prefix(1);
      plain.remove_prefix(1);
      continue;
    }
    const Wtf8 escaped = encode_wtf8(take_escape(rest));
    if (!plain.starts_with(escaped.view())) return false;
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
    const Wtf8 escaped = encode_wtf8(take_escape(rest));
    out.append(escaped.view());
  }
  if (out.find('\xed', from) != std::string::npos) join_surrogates(out, from);
}

}  // namespace core::json
