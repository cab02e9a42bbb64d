#include "core/capture/address.hpp"

#include <charconv>

namespace core::capture {
namespace {

void add_number(unsigned number, int base, std::string& out) {
  char digits[8];
  const auto end = std::to_chars(digits, digits + sizeof digits, number, base).ptr;
  out.append(digits, end);
}

std::string ipv6_text(const std::array<std::uint8_t, 16>& bytes) {
  const auto group = [&](std::size_t i) { return unsigned{bytes[2 * i]} << 8 | bytes[2 * i + 1]; };
  // The longest run of zero groups, two at least, becomes `::`.
  std::size_t run_begin = 8, run_size = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t size = 0;
    while (i + size < 8 && group(i + size) == 0) ++size;
    if (size > run_size) {
      run_begin = i;
      run_size = size;
    }
  }
  std::string text;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == run_begin) {
      text += "::";
      i += run_size - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    add_number(group(i), 16, text);
  }
  return text;
}

}  // namespace

std::string text_of(const Endpoint& endpoint) {
  std::string text;
  if (endpoint.ipv6) {
    text = "[" + ipv6_text(endpoint.address) + "]";
  } else {
    for (std::size_t i = 0; i < 4; ++i) {
      if (i != 0) text += '.';
      add_number(endpoint.address[i], 10, text);
    }
  }
  return text + ":" + std::to_string(endpoint.port);
}

}  // namespace core::capture
