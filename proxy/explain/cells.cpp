#include "proxy/explain/cells.hpp"

#include <locale.h>
#include <wchar.h>

#include <algorithm>

namespace proxy::explain {
namespace {

constexpr std::string_view kEllipsis = "…";

/// The C library knows the width of every character, if it is asked in a locale of UTF-8. The
/// user's own may be another; the thread gets ours for as long as one of these lives.
class Utf8Locale {
 public:
  Utf8Locale() noexcept : before_(::uselocale(shared())) {}
  ~Utf8Locale() { ::uselocale(before_); }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  /// None where the system has no such locale: then all but ASCII counts as one cell.
  static locale_t shared() noexcept {
    static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;
  }

  locale_t before_;
};

struct Character {
  std::size_t bytes;
  std::size_t cells;
};

/// The character that `text`, whole UTF-8 and not empty, starts with.
Character first_character(std::string_view text) noexcept {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80) return {1, 1};
  const std::size_t bytes = std::min<std::size_t>(first >= 0xf0   ? 4
                                                  : first >= 0xe0 ? 3
                                                                  : 2,
                                                  text.size());
  auto number = static_cast<std::uint32_t>(first & (0xffU >> (bytes + 1)));
  for (std::size_t i = 1; i < bytes; ++i)
    number = number << 6 | (static_cast<unsigned char>(text[i]) & 0x3fU);
  const int cells = ::wcwidth(static_cast<wchar_t>(number));
  return {bytes, cells < 0 ? 1 : static_cast<std::size_t>(cells)};
}

/// How many bytes from the start of the text take `cells` at most, with what sits on the last one.
std::size_t bytes_within(std::string_view text, std::size_t cells) noexcept {
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    const Character next = first_character(text.substr(bytes));
    if (next.cells > cells) break;
    cells -= next.cells;
    bytes += next.bytes;
  }
  return bytes;
}

std::size_t cells_of(std::string_view text) noexcept {
  std::size_t cells = 0;
  while (!text.empty()) {
    const Character next = first_character(text);
    cells += next.cells;
    text.remove_prefix(next.bytes);
  }
  return cells;
}

}  // namespace

std::size_t width(std::string_view text) noexcept {
  const Utf8Locale locale;
  return cells_of(text);
}

std::string fit(std::string_view text, std::size_t cells) {
  const Utf8Locale locale;
  if (bytes_within(text, cells) == text.size()) return std::string(text);
  return std::string(text.substr(0, bytes_within(text, cells - 1))).append(kEllipsis);
}

std::string pad(std::string text, std::size_t cells) {
  const std::size_t taken = width(text);
  if (taken < cells) text.append(cells - taken, ' ');
  return text;
}

std::vector<std::string> wrap(std::string_view text, std::size_t cells) {
  const Utf8Locale locale;
  std::vector<std::string> lines(1);
  std::size_t left = cells;  // of the last line
  while (!text.empty()) {
    std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const std::size_t blank = lines.back().empty() ? 0 : 1;
    if (const std::size_t taken = cells_of(word); blank + taken <= left) {
      lines.back().append(blank, ' ').append(word);
      left -= blank + taken;
      continue;
    }
    if (blank > 0) lines.emplace_back();
    for (left = cells; !word.empty();) {
      if (left < cells) lines.emplace_back();
      const std::size_t bytes = bytes_within(word, cells);
      lines.back().assign(word.substr(0, bytes));
      left = cells - cells_of(word.substr(0, bytes));
      word.remove_prefix(bytes);
    }
  }
  return lines;
}

}  // namespace proxy::explain
