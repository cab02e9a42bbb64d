#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Text as a terminal lays it out, in cells of one column. The text is UTF-8 on one line: what
/// report::printable returns.
namespace proxy::explain {

/// How many cells the text takes: two for a wide character, none for one that sits on another.
[[nodiscard]] std::size_t width(std::string_view text) noexcept;

/// The text in `cells` cells at most, which are one at least; what is longer ends in `…`. No
/// character is cut.
[[nodiscard]] std::string fit(std::string_view text, std::size_t cells);

/// The text with blanks behind it up to `cells`; a longer one as it is.
[[nodiscard]] std::string pad(std::string text, std::size_t cells);

/// The text in lines of `cells` at most, which are two at least, broken at blanks; a word that is
/// longer than a line is broken between its characters. One empty line for no text.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, std::size_t cells);

}  // namespace proxy::explain
