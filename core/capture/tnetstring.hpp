#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace core::capture {

/// One value of a tnetstring, as mitmproxy writes them: `5:hello,`, a length, a colon, so many
/// bytes, and a kind:
///
///     ,  bytes   ;  text   #  integer   ^  float   !  bool   ~  null   }  dictionary   ]  list
///
/// Borrows its text. What is not there, or of another kind, reads as empty: no damage is worse than
/// a value that is missing. Source: https://tnetstrings.info, and mitmproxy's own kinds.
class Tnetstring {
 public:
  Tnetstring() = default;

  /// Takes the value at the front of `rest`; nothing when there is none whole.
  [[nodiscard]] static std::optional<Tnetstring> take(std::string_view& rest) noexcept {
    std::size_t size = 0;
    const char* const end = rest.data() + rest.size();
    const auto length = std::from_chars(rest.data(), end, size);
    if (length.ec != std::errc() || length.ptr == rest.data() || length.ptr == end ||
        *length.ptr != ':')
      return std::nullopt;
    const std::size_t behind = static_cast<std::size_t>(end - length.ptr) - 1;
    if (behind == 0 || size > behind - 1) return std::nullopt;
    const Tnetstring value({length.ptr + 1, size}, length.ptr[1 + size]);
    rest.remove_prefix(rest.size() - behind + size + 1);
    return value;
  }

  [[nodiscard]] bool is_dictionary() const noexcept { return kind_ == '}'; }
  [[nodiscard]] bool is_null() const noexcept { return kind_ == '~' || kind_ == '\0'; }
  /// Of a dictionary, the value under `key`.
  [[nodiscard]] Tnetstring operator[](std::string_view key) const noexcept {
    if (kind_ != '}') return {};
    for (std::string_view rest = bytes_; !rest.empty();) {
      const auto name = take(rest);
      const auto value = take(rest);
      if (!name || !value) return {};
      if (name->text() == key) return *value;
    }
    return {};
  }
  /// Calls `take_one(element)` for each of a list.
  template <class TakeOne>
  void each(TakeOne take_one) const {
    if (kind_ != ']') return;
    for (std::string_view rest = bytes_; !rest.empty();) {
      const auto element = take(rest);
      if (!element) return;
      take_one(*element);
    }
  }
  /// Of a list, the n-th element.
  [[nodiscard]] Tnetstring at(std::size_t n) const noexcept {
    if (kind_ != ']') return {};
    for (std::string_view rest = bytes_; !rest.empty(); --n) {
      const auto element = take(rest);
      if (!element || n == 0) return element.value_or(Tnetstring());
    }
    return {};
  }
  /// Bytes or text.
  [[nodiscard]] std::string_view text() const noexcept {
    return kind_ == ',' || kind_ == ';' ? bytes_ : std::string_view{};
  }
  [[nodiscard]] std::optional<double> number() const noexcept {
    if (kind_ != '#' && kind_ != '^') return std::nullopt;
    double number = 0;
    const auto result = std::from_chars(bytes_.data(), bytes_.data() + bytes_.size(), number);
    if (result.ec != std::errc()) return std::nullopt;
    return number;
  }
  [[nodiscard]] bool is_true() const noexcept { return kind_ == '!' && bytes_ == "true"; }
  [[nodiscard]] bool is_false() const noexcept { return kind_ == '!' && bytes_ == "false"; }

 private:
  Tnetstring(std::string_view bytes, char kind) noexcept : bytes_(bytes), kind_(kind) {}

  std::string_view bytes_;
  char kind_ = '\0';
};

}  // namespace core::capture
