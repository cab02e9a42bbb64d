#include "core/address/ip_address.hpp"

#include <algorithm>
#include <charconv>

namespace core::address {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

void add_number(unsigned number, int base, std::string& out) {
  char digits[8];
  const auto end = std::to_chars(digits, digits + sizeof digits, number, base).ptr;
  out.append(digits, end);
}

/// The groups of one side of `::`, or of a whole address: as many as `bytes` has room for at most.
/// Returns how many, or nothing.
std::optional<std::size_t> read_groups(std::string_view text,
                                       std::span<std::uint8_t> bytes) noexcept {
  for (std::size_t count = 0; count + 2 <= bytes.size();) {
    const std::size_t end = text.find(':');
    const std::string_view group = text.substr(0, end);
    if (end == text.npos && group.find('.') != group.npos) {
      std::array<std::uint8_t, 4> tail;
      if (count + 4 > bytes.size() || !read_ipv4(group, tail)) return std::nullopt;
      std::copy(tail.begin(), tail.end(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
      return count + 4;
    }
    unsigned number = 0;
    const auto [rest, error] =
        std::from_chars(group.data(), group.data() + group.size(), number, 16);
    if (group.size() > 4 || error != std::errc{} || rest != group.data() + group.size())
      return std::nullopt;
    bytes[count] = static_cast<std::uint8_t>(number >> 8);
    bytes[count + 1] = static_cast<std::uint8_t>(number);
    count += 2;
    if (end == text.npos) return count;
    text.remove_prefix(end + 1);
  }
  return std::nullopt;
}

}  // namespace

IpAddress IpAddress::of_ipv4(std::span<const std::uint8_t, 4> bytes) noexcept {
  IpAddress address;
  std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes.begin());
  std::copy(bytes.begin(), bytes.end(), address.bytes.begin() + kMappedPrefix.size());
  return address;
}

bool IpAddress::is_ipv4() const noexcept {
  return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes.begin());
}

std::optional<unsigned> number_of(std::string_view digits, unsigned most) noexcept {
  unsigned number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc{} || rest != end || number > most) return std::nullopt;
  return number;
}

bool read_ipv4(std::string_view text, std::span<std::uint8_t, 4> out) noexcept {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const bool last = i + 1 == out.size();
    const std::size_t end = text.find('.');
    if ((end == text.npos) != last) return false;
    const std::string_view part = text.substr(0, end);
    const auto number = number_of(part, 0xff);
    if (!number || (part.size() > 1 && part.front() == '0')) return false;
    out[i] = static_cast<std::uint8_t>(*number);
    if (!last) text.remove_prefix(end + 1);
  }
  return true;
}

bool read_ipv6(std::string_view text, std::span<std::uint8_t, 16> out) noexcept {
  const std::size_t gap = text.find("::");
  if (gap == text.npos) return read_groups(text, out) == out.size();
  const std::string_view before = text.substr(0, gap), behind = text.substr(gap + 2);
  std::array<std::uint8_t, 16> tail{};
  std::fill(out.begin(), out.end(), std::uint8_t{0});
  // `::` stands for one group at least.
  const auto head_bytes = before.empty() ? 0 : read_groups(before, out.first<14>());
  const auto tail_bytes = behind.empty() ? 0 : read_groups(behind, std::span(tail).first<14>());
  if (!head_bytes || !tail_bytes || *head_bytes + *tail_bytes > 14) return false;
  if (before.find('.') != before.npos) return false;  // IPv4 stands at the end alone.
  std::copy_n(tail.begin(), *tail_bytes, out.end() - static_cast<std::ptrdiff_t>(*tail_bytes));
  return true;
}

void add_ipv4(std::span<const std::uint8_t, 4> bytes, std::string& out) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i != 0) out += '.';
    add_number(bytes[i], 10, out);
  }
}

void add_ipv6(std::span<const std::uint8_t, 16> bytes, std::string& out) {
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
  const std::size_t begin = out.size();
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == run_begin) {
      out += "::";
      i += run_size - 1;
      continue;
    }
    if (out.size() != begin && out.back() != ':') out += ':';
    add_number(group(i), 16, out);
  }
}

std::string text_of(const IpAddress& address) {
  std::string text;
  if (address.is_ipv4())
    add_ipv4(address.ipv4(), text);
  else
    add_ipv6(address.bytes, text);
  return text;
}

std::string text_of(const SocketEnd& end) {
  const std::string host = text_of(end.address);
  return (end.address.is_ipv4() ? host : "[" + host + "]") + ":" + std::to_string(end.port);
}

std::optional<IpAddress> ip_address_of(std::string_view text) noexcept {
  std::array<std::uint8_t, 4> ipv4;
  if (read_ipv4(text, ipv4)) return IpAddress::of_ipv4(ipv4);
  IpAddress address;
  if (!read_ipv6(text.substr(0, text.find('%')), address.bytes)) return std::nullopt;
  return address;
}

std::optional<SocketEnd> socket_end_of(std::string_view text) noexcept {
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed)
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != host.npos)
    return std::nullopt;
  const auto port = number_of(text.substr(colon + 1), 0xffff);
  const auto address = ip_address_of(host);
  if (!port || !address || (bracketed && host.find(':') == host.npos)) return std::nullopt;
  return SocketEnd{*address, static_cast<std::uint16_t>(*port)};
}

}  // namespace core::address
