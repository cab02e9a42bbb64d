#include "core/address/forwarded_for.hpp"

namespace core::address {
namespace {

constexpr std::string_view kWhiteSpace = " \t";

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(kWhiteSpace);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
}

/// `10.0.0.1`, `10.0.0.1:80`, `::1`, `[::1]`, `[::1]:80`.
std::optional<IpAddress> element_address(std::string_view element) noexcept {
  if (auto address = ip_address_of(element)) return address;
  if (element.starts_with('[') && element.ends_with(']')) {
    const std::string_view host = element.substr(1, element.size() - 2);
    return host.find(':') == host.npos ? std::nullopt : ip_address_of(host);
  }
  const auto end = socket_end_of(element);
  return end ? std::optional(end->address) : std::nullopt;
}

}  // namespace

std::optional<IpAddress> forwarded_for(std::string_view value, const Networks& trusted) noexcept {
  std::optional<IpAddress> reached;
  while (!value.empty()) {
    const std::size_t comma = value.rfind(',');
    const std::size_t begin = comma == value.npos ? 0 : comma + 1;
    const std::string_view element = trimmed(value.substr(begin));
    value = value.substr(0, comma == value.npos ? 0 : comma);
    if (element.empty()) continue;
    const auto address = element_address(element);
    if (!address) break;
    reached = address;
    if (!trusted.hold(*address)) break;
  }
  return reached;
}

}  // namespace core::address
