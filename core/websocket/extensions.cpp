#include <algorithm>
#include <charconv>
#include <utility>

#include "core/websocket/deflate.hpp"

namespace core::websocket {
namespace {

// extensions = extension *( "," extension )     extension = token *( ";" parameter )
// parameter  = token [ "=" ( token | quoted-string that holds a token ) ]
// with blanks around each. Source: RFC 6455, section 9.1.

constexpr bool is_token(char c) noexcept {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kMarks.find(c) != std::string_view::npos;
}

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool names(std::string_view text, std::string_view lower_name) noexcept {
  return std::ranges::equal(text, lower_name, {}, lower);
}

/// Walks over the header's value.
class Cursor {
 public:
  explicit Cursor(std::string_view text) noexcept : text_(text) { skip_blanks(); }

  [[nodiscard]] std::size_t at() const noexcept { return at_; }
  [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }

  /// Whether `mark` is next; then it is taken.
  [[nodiscard]] bool take(char mark) noexcept {
    if (at_end() || text_[at_] != mark) return false;
    ++at_;
    skip_blanks();
    return true;
  }

  /// A token; empty when there is none.
  [[nodiscard]] std::string_view token() noexcept {
    const std::size_t begin = at_;
    while (!at_end() && is_token(text_[at_])) ++at_;
    const std::string_view taken = text_.substr(begin, at_ - begin);
    skip_blanks();
    return taken;
  }

  /// A token, in quotes or not. No value of ours needs a backslash.
  [[nodiscard]] std::string_view value() noexcept {
    if (at_end() || text_[at_] != '"') return token();
    const std::size_t begin = ++at_;
    while (!at_end() && is_token(text_[at_])) ++at_;
    const std::string_view taken = text_.substr(begin, at_ - begin);
    return take('"') ? taken : std::string_view{};
  }

 private:
  void skip_blanks() noexcept {
    while (!at_end() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// 8..15 in decimal digits, without leading zeros. Source: RFC 7692, section 7.1.2.
std::optional<std::uint8_t> window_bits(std::string_view text) noexcept {
  std::uint8_t bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  if (text.empty() || text.front() == '0' || error != std::errc{} ||
      end != text.data() + text.size())
    return std::nullopt;
  if (bits < 8 || bits > inflate::kWindowBitsMax) return std::nullopt;
  return bits;
}

/// Notes one parameter of a response; false when it must not stand there. Each may come once.
class ParameterNotes {
 public:
  [[nodiscard]] bool note(std::string_view name, std::optional<std::string_view> value) noexcept {
    for (const Direction from : {Direction::ToServer, Direction::ToClient}) {
      const bool client = from == Direction::ToServer;
      const auto side = static_cast<std::size_t>(from);
      if (names(name, client ? "client_no_context_takeover" : "server_no_context_takeover")) {
        agreed_.parameters[side].takeover = ContextTakeover::No;
        return !value && once(side);
      }
      if (names(name, client ? "client_max_window_bits" : "server_max_window_bits")) {
        const auto bits = value ? window_bits(*value) : std::nullopt;
        agreed_.parameters[side].window_bits = bits.value_or(0);
        return bits && once(2 + side);
      }
    }
    return false;
  }

  [[nodiscard]] const PerMessageDeflate& agreed() const noexcept { return agreed_; }

 private:
  [[nodiscard]] bool once(std::size_t which) noexcept { return !std::exchange(seen_[which], true); }

  PerMessageDeflate agreed_;
  std::array<bool, 4> seen_{};
};

}  // namespace

tl::expected<std::optional<PerMessageDeflate>, ExtensionsError> decode_extensions(
    std::string_view header_value) noexcept {
  Cursor cursor(header_value);
  if (cursor.at_end()) return std::nullopt;

  std::size_t began_at = cursor.at();
  const auto fail = [&](ExtensionsErrc code) {
    return tl::unexpected(ExtensionsError{code, began_at});
  };
  const std::string_view extension = cursor.token();
  if (extension.empty()) return fail(ExtensionsErrc::Malformed);
  if (!names(extension, "permessage-deflate")) return fail(ExtensionsErrc::UnknownExtension);

  ParameterNotes notes;
  while (cursor.take(';')) {
    began_at = cursor.at();
    const std::string_view name = cursor.token();
    std::optional<std::string_view> value;
    if (cursor.take('=')) value = cursor.value();
    if (name.empty() || (value && value->empty())) return fail(ExtensionsErrc::Malformed);
    if (!notes.note(name, value)) return fail(ExtensionsErrc::BadParameter);
  }
  began_at = cursor.at();
  if (cursor.take(',')) return fail(ExtensionsErrc::UnknownExtension);
  if (!cursor.at_end()) return fail(ExtensionsErrc::Malformed);
  return notes.agreed();
}

}  // namespace core::websocket
