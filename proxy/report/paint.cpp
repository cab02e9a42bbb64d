#include "proxy/report/paint.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace proxy::report {
namespace {

std::string_view code(Ink ink) {
  switch (ink) {
    case Ink::Red:
      return "\x1b[31m";
    case Ink::Yellow:
      return "\x1b[33m";
    case Ink::Green:
      return "\x1b[32m";
    case Ink::Bold:
      return "\x1b[1m";
    case Ink::Dim:
      return "\x1b[2m";
  }
  return "";
}

/// Bytes of the UTF-8 character that starts here and may be shown; 0 for any other byte.
std::size_t shown_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  const std::size_t bytes = first >= 0xf0 && first < 0xf5 ? 4
                            : first >= 0xe0               ? 3
                            : first >= 0xc2               ? 2
                                                          : 0;
  if (bytes == 0 || first >= 0xf5 || text.size() < bytes) return 0;
  for (std::size_t i = 1; i < bytes; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  if (first == 0xc2 && byte(1) < 0xa0) return 0;  // C1 controls
  if (first == 0xe2 && byte(1) == 0x80 && byte(2) >= 0xaa && byte(2) <= 0xae)
    return 0;  // turn the line around
  if (first == 0xe2 && byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9) return 0;  // likewise
  return bytes;
}

}  // namespace

std::string paint(std::string_view text, Ink ink, Colours colours) {
  if (colours == Colours::Off) return std::string(text);
  return std::string(code(ink)).append(text).append("\x1b[0m");
}

std::string printable(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const std::size_t bytes = shown_bytes(text);
    if (bytes > 0) {
      safe.append(text.substr(0, bytes));
    } else {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\x%02x",
                    static_cast<unsigned>(static_cast<unsigned char>(text[0])));
      safe.append(escape);
    }
    text.remove_prefix(bytes > 0 ? bytes : 1);
  }
  return safe;
}

Colours colours_for(int fd) {
  const char* const no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return Colours::Off;
  return ::isatty(fd) == 1 ? Colours::On : Colours::Off;
}

}  // namespace proxy::report
