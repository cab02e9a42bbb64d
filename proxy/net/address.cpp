#include "proxy/net/address.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <array>
#include <charconv>
#include <cstring>
#include <optional>

namespace proxy::net {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

/// HOST and what follows it, `:PORT` or nothing.
struct Split {
  std::string_view host;
  std::string_view rest;
};

std::optional<Split> split_host(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == text.npos) return std::nullopt;
    return Split{text.substr(1, end - 1), text.substr(end + 1)};
  }
  const std::size_t colon = text.find(':');
  if (colon == text.npos) return Split{text, {}};
  if (text.find(':', colon + 1) != text.npos) return std::nullopt;  // IPv6 wants brackets
  return Split{text.substr(0, colon), text.substr(colon)};
}

std::optional<HttpUrl::Scheme> scheme_of(std::string_view url) {
  if (url.starts_with("http://")) return HttpUrl::Scheme::Http;
  if (url.starts_with("https://") || url.starts_with("wss://")) return HttpUrl::Scheme::Https;
  return std::nullopt;
}

tl::unexpected<StartError> refuse(std::string_view what, std::string_view text,
                                  std::string_view advice) {
  return tl::unexpected(
      StartError{std::string(what) + " '" + std::string(text) + "'; " + std::string(advice)});
}

}  // namespace

std::string Endpoint::text() const {
  const std::string port_text = std::to_string(port);
  return host.find(':') == host.npos ? host + ':' + port_text : '[' + host + "]:" + port_text;
}

tl::expected<Endpoint, StartError> parse_endpoint(std::string_view text) {
  constexpr std::string_view advice =
      "write HOST:PORT, for example 127.0.0.1:3001 or [::1]:3001 (port 0 picks a free one)";
  const auto split = split_host(text);
  if (!split || split->host.empty() || !split->rest.starts_with(':'))
    return refuse("cannot read the address", text, advice);
  const auto port = parse_port(split->rest.substr(1));
  if (!port) return refuse("cannot read the port of the address", text, advice);
  return Endpoint{std::string(split->host), *port};
}

tl::expected<HttpUrl, StartError> parse_http_url(std::string_view text) {
  constexpr std::string_view advice =
      "write http://HOST:PORT or https://HOST:PORT, for example http://127.0.0.1:3000";
  const auto scheme = scheme_of(text);
  if (!scheme) return refuse("cannot use the URL", text, advice);
  std::string_view authority = text.substr(text.find("://") + 3);
  if (authority.ends_with('/')) authority.remove_suffix(1);
  if (authority.find_first_of("/?#@ ") != authority.npos)
    return refuse("only a scheme, a host and a port can stand in the URL", text, advice);

  const auto split = split_host(authority);
  if (!split || split->host.empty()) return refuse("cannot read the host of the URL", text, advice);
  HttpUrl url{*scheme, {std::string(split->host), 80}};
  if (*scheme == HttpUrl::Scheme::Https) url.endpoint.port = 443;
  if (split->rest.empty()) return url;
  const auto port = split->rest.starts_with(':') ? parse_port(split->rest.substr(1)) : std::nullopt;
  if (!port || *port == 0) return refuse("cannot read the port of the URL", text, advice);
  url.endpoint.port = *port;
  return url;
}

Endpoint SocketAddress::endpoint() const {
  char text[INET6_ADDRSTRLEN] = "";
  if (family() == AF_INET6) {
    const auto& six = reinterpret_cast<const sockaddr_in6&>(storage);
    if (IN6_IS_ADDR_V4MAPPED(&six.sin6_addr))
      inet_ntop(AF_INET, six.sin6_addr.s6_addr + 12, text, sizeof text);
    else
      inet_ntop(AF_INET6, &six.sin6_addr, text, sizeof text);
    return {text, ntohs(six.sin6_port)};
  }
  const auto& four = reinterpret_cast<const sockaddr_in&>(storage);
  inet_ntop(AF_INET, &four.sin_addr, text, sizeof text);
  return {text, ntohs(four.sin_port)};
}

core::address::SocketEnd SocketAddress::socket_end() const noexcept {
  core::address::SocketEnd end;
  if (family() == AF_INET6) {
    const auto& six = reinterpret_cast<const sockaddr_in6&>(storage);
    std::memcpy(end.address.bytes.data(), six.sin6_addr.s6_addr, end.address.bytes.size());
    end.port = ntohs(six.sin6_port);
  } else if (family() == AF_INET) {
    const auto& four = reinterpret_cast<const sockaddr_in&>(storage);
    std::array<std::uint8_t, 4> bytes;
    std::memcpy(bytes.data(), &four.sin_addr, bytes.size());
    end = {core::address::IpAddress::of_ipv4(bytes), ntohs(four.sin_port)};
  }
  return end;
}

SocketAddress local_address(int fd) {
  SocketAddress address;
  address.length = sizeof address.storage;
  getsockname(fd, address.get(), &address.length);
  return address;
}

std::vector<SocketAddress> addresses_of(const addrinfo* list) {
  std::vector<SocketAddress> addresses;
  for (; list != nullptr; list = list->ai_next) {
    SocketAddress& address = addresses.emplace_back();
    std::memcpy(&address.storage, list->ai_addr, list->ai_addrlen);
    address.length = list->ai_addrlen;
  }
  return addresses;
}

tl::expected<std::vector<SocketAddress>, int> resolve(const Endpoint& endpoint) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int error =
      getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &list);
  if (error != 0) return tl::unexpected(error);
  auto addresses = addresses_of(list);
  freeaddrinfo(list);
  return addresses;
}

}  // namespace proxy::net
