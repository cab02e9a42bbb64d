#include "core/capture/address.hpp"

#include <algorithm>
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

/// A number up to `most`, in digits of `base`; nothing for anything else.
std::optional<unsigned> number_of(std::string_view text, int base, unsigned most) noexcept {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc{} || end != text.data() + text.size() || number > most)
    return std::nullopt;
  return number;
}

/// Reads up to `groups` numbers between separators into `bytes`, each of `width` bytes. Returns how
/// many, or nothing.
std::optional<std::size_t> read_groups(std::string_view text, char separator, int base,
                                       std::size_t width, std::size_t groups, std::uint8_t* bytes) {
  for (std::size_t count = 0; count < groups;) {
    const std::size_t end = text.find(separator);
    const auto number = number_of(text.substr(0, end), base, width == 1 ? 0xff : 0xffff);
    if (!number) return std::nullopt;
    if (width == 2) bytes[count * width] = static_cast<std::uint8_t>(*number >> 8);
    bytes[count * width + width - 1] = static_cast<std::uint8_t>(*number);
    ++count;
    if (end == text.npos) return count;
    text.remove_prefix(end + 1);
  }
  return std::nullopt;
}

bool read_ipv4(std::string_view text, std::uint8_t* bytes) {
  return read_groups(text, '.', 10, 1, 4, bytes) == 4;
}

/// Source: RFC 4291, section 2.2, but for the form that ends in IPv4.
bool read_ipv6(std::string_view text, std::array<std::uint8_t, 16>& bytes) {
  const std::size_t gap = text.find("::");
  if (gap == text.npos) return read_groups(text, ':', 16, 2, 8, bytes.data()) == 8;
  const std::string_view before = text.substr(0, gap), behind = text.substr(gap + 2);
  std::array<std::uint8_t, 16> tail{};
  const auto head_groups = before.empty() ? 0 : read_groups(before, ':', 16, 2, 7, bytes.data());
  const auto tail_groups = behind.empty() ? 0 : read_groups(behind, ':', 16, 2, 7, tail.data());
  if (!head_groups || !tail_groups || *head_groups + *tail_groups > 7) return false;
  std::copy_n(tail.begin(), *tail_groups * 2,
              bytes.end() - static_cast<std::ptrdiff_t>(*tail_groups * 2));
  return true;
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

std::optional<Endpoint> endpoint_of(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  const auto port = number_of(text.substr(colon + 1), 10, 0xffff);
  std::string_view host = text.substr(0, colon);
  Endpoint endpoint;
  endpoint.ipv6 = host.starts_with('[') && host.ends_with(']');
  if (endpoint.ipv6) host = host.substr(1, host.find_first_of("%]") - 1);
  if (!port || !(endpoint.ipv6 ? read_ipv6(host, endpoint.address)
                               : read_ipv4(host, endpoint.address.data())))
    return std::nullopt;
  endpoint.port = static_cast<std::uint16_t>(*port);
  return endpoint;
}

}  // namespace core::capture
