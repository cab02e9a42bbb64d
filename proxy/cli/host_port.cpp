#include "proxy/cli/host_port.hpp"

#include <charconv>

namespace proxy::cli {
namespace {

tl::expected<std::uint16_t, HostPortErrc> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped_at, error] = std::from_chars(text.data(), end, port);
  if (text.empty()) return tl::unexpected(HostPortErrc::NoPort);
  if (error != std::errc{} || stopped_at != end) return tl::unexpected(HostPortErrc::BadPort);
  return port;
}

}  // namespace

tl::expected<HostPort, HostPortErrc> parse_host_port(std::string_view text) {
  const bool bracketed = text.starts_with('[');
  const std::size_t host_end = bracketed ? text.find(']') : text.rfind(':');
  if (bracketed && host_end == std::string_view::npos) return tl::unexpected(HostPortErrc::BadHost);

  const std::string_view host = bracketed ? text.substr(1, host_end - 1) : text.substr(0, host_end);
  std::string_view rest = host_end == std::string_view::npos ? "" : text.substr(host_end);
  if (bracketed) rest.remove_prefix(1);
  if (host.find_first_of(" \t/@?#[]") != std::string_view::npos)
    return tl::unexpected(HostPortErrc::BadHost);
  if (!bracketed && host.find(':') != std::string_view::npos)
    return tl::unexpected(HostPortErrc::BadHost);
  if (host.empty()) return tl::unexpected(HostPortErrc::NoHost);
  if (!rest.starts_with(':')) return tl::unexpected(HostPortErrc::NoPort);
  return parse_port(rest.substr(1)).map([&](std::uint16_t port) {
    return HostPort{std::string(host), port};
  });
}

std::string to_string(const HostPort& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace proxy::cli
