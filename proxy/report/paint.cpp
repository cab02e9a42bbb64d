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

/// The character that starts here, when it is whole UTF-8: its number and its length. No length for
/// anything else, which includes a lone surrogate and a longer form than needed.
struct Character {
  std::uint32_t number = 0;
  std::size_t bytes = 0;
};
Character first_character(std::string_view text) {
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < bytes) return {};
  std::uint32_t number = first & (0xffU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    number = number << 6 | (byte(i) & 0x3fU);
  }
  const bool surrogate = number >= 0xd800 && number <= 0xdfff;
  if (number < kLeast[bytes] || number > 0x10ffff || surrogate) return {};
  return {number, bytes};
}

bool may_be_shown(std::uint32_t character) {
  if (character < 0x20 || (character >= 0x7f && character < 0xa0)) return false;  // controls
  if (character >= 0x202a && character <= 0x202e) return false;  // these turn the line around
  if (character >= 0x2066 && character <= 0x2069) return false;  // likewise
  return (character & 0xfffe) != 0xfffe;  // no characters at all, and illegal in XML
}

/// A CI's runner reads our lines too, and takes `::name::` at the start of one and `##[name]`
/// anywhere for a command to itself. Source: GitHub's "Workflow commands", and its runner's
/// ActionCommand, whose older form is the second.
bool starts_command(std::string_view rest, bool at_start) {
  return rest.starts_with("##[") || (at_start && rest.starts_with("::"));
}

}  // namespace

std::string paint(std::string_view text, Ink ink, Colours colours) {
  if (colours == Colours::Off) return std::string(text);
  return std::string(code(ink)).append(text).append("\x1b[0m");
}

std::string printable(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  bool at_start = true;  // only blanks so far
  while (!text.empty()) {
    const Character character = first_character(text);
    const bool shown =
        character.bytes > 0 && may_be_shown(character.number) && !starts_command(text, at_start);
    if (shown) {
      safe.append(text.substr(0, character.bytes));
    } else {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\x%02x",
                    static_cast<unsigned>(static_cast<unsigned char>(text[0])));
      safe.append(escape);
    }
    at_start = at_start && shown && text[0] == ' ';
    text.remove_prefix(shown ? character.bytes : 1);
  }
  return safe;
}

Colours colours_for(int fd) {
  const char* const no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return Colours::Off;
  return ::isatty(fd) == 1 ? Colours::On : Colours::Off;
}

}  // namespace proxy::report
