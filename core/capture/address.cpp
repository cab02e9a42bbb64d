#include "core/capture/address.hpp"

#include "core/address/ip_address.hpp"

namespace core::capture {

std::string text_of(const Endpoint& endpoint) {
  std::string text;
  if (endpoint.ipv6) {
    text += '[';
    address::add_ipv6(endpoint.address, text);
    text += ']';
  } else {
    address::add_ipv4(std::span(endpoint.address).first<4>(), text);
  }
  return text + ":" + std::to_string(endpoint.port);
}

std::optional<Endpoint> endpoint_of(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  const auto port = address::number_of(text.substr(colon + 1), 0xffff);
  std::string_view host = text.substr(0, colon);
  Endpoint endpoint;
  endpoint.ipv6 = host.starts_with('[') && host.ends_with(']');
  if (endpoint.ipv6) host = host.substr(1, host.find_first_of("%]") - 1);
  if (!port || !(endpoint.ipv6 ? address::read_ipv6(host, endpoint.address)
                               : address::read_ipv4(host, std::span(endpoint.address).first<4>())))
    return std::nullopt;
  endpoint.port = static_cast<std::uint16_t>(*port);
  return endpoint;
}

}  // namespace core::capture
