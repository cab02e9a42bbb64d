#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace proxy::report {

enum class Colours : std::uint8_t { Off, On };
enum class Ink : std::uint8_t { Red, Yellow, Green, Bold, Dim };

/// The text in a colour, or as it is when colours are off.
[[nodiscard]] std::string paint(std::string_view text, Ink ink, Colours colours);

/// Text from the network as a terminal may show it, a CI may log it and XML 1.0 may hold it: UTF-8
/// on one line. Control characters, which could move the cursor or worse, become `\x1b` and the
/// like; so do bytes that are no UTF-8 (lone surrogates among them), and the first character of
/// what a CI's runner would take for a command to itself.
[[nodiscard]] std::string printable(std::string_view text);

/// Colours when the descriptor is a terminal and NO_COLOR is not set (no-color.org).
[[nodiscard]] Colours colours_for(int fd);

}  // namespace proxy::report
