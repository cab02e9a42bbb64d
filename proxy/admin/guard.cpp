#include "proxy/admin/guard.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

namespace proxy::admin {
namespace {

char lower(char letter) noexcept {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool same_text(std::string_view one, std::string_view two) noexcept {
  return std::equal(one.begin(), one.end(), two.begin(), two.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

/// `name:80`, `name`, `[::1]:80`: the name or address alone, an IPv6 address in its brackets.
std::string_view without_port(std::string_view authority) noexcept {
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

bool is_address(std::string_view host) noexcept {
  in6_addr parsed;
  if (!host.starts_with('[')) return inet_pton(AF_INET, std::string(host).c_str(), &parsed) == 1;
  return host.size() > 2 &&
         inet_pton(AF_INET6, std::string(host.substr(1, host.size() - 2)).c_str(), &parsed) == 1;
}

bool is_loopback(const net::SocketAddress& address) noexcept {
  constexpr std::uint32_t kNet = 127;
  if (address.family() == AF_INET) {
    sockaddr_in four;
    std::memcpy(&four, &address.storage, sizeof four);
    return ntohl(four.sin_addr.s_addr) >> 24 == kNet;
  }
  if (address.family() != AF_INET6) return false;
  sockaddr_in6 six;
  std::memcpy(&six, &address.storage, sizeof six);
  if (IN6_IS_ADDR_V4MAPPED(&six.sin6_addr)) return six.sin6_addr.s6_addr[12] == kNet;
  return IN6_IS_ADDR_LOOPBACK(&six.sin6_addr);
}

bool is_probe(std::string_view path) noexcept { return path == "/healthz" || path == "/readyz"; }

}  // namespace

Guard::Guard(Access access, const net::Endpoint& asked_for) : access_(std::move(access)) {
  access_.hosts.push_back("localhost");
  access_.hosts.push_back(asked_for.host);
}

Guard::Answer Guard::judge(const Request& request) const {
  if (request.hosts.size() > 1 || (!request.hosts.empty() && !knows(request.hosts.front())))
    return Answer::UnknownHost;
  if (!request.origin.empty()) {
    const std::size_t scheme = request.origin.find("://");
    if (scheme == std::string_view::npos || request.hosts.empty() ||
        !same_text(request.origin.substr(scheme + 3), request.hosts.front()))
      return Answer::ForeignPage;
  }
  if (is_probe(request.path) || access_.token.empty() || has_token(request.authorization))
    return Answer::Pass;
  return Answer::NoToken;
}

bool Guard::knows(std::string_view authority) const {
  std::string_view host = without_port(authority);
  if (host.ends_with('.')) host.remove_suffix(1);  // The same name, from the root on.
  if (is_address(host)) return true;
  return !host.empty() && std::any_of(access_.hosts.begin(), access_.hosts.end(),
                                      [&](const std::string& own) { return same_text(own, host); });
}

bool Guard::has_token(std::string_view authorization) const {
  constexpr std::string_view kBearer = "bearer ";
  if (!same_text(authorization.substr(0, kBearer.size()), kBearer)) return false;
  std::string_view token = authorization.substr(kBearer.size());
  token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));
  return equal_in_constant_time(token, access_.token);
}

bool others_can_reach(const net::Endpoint& endpoint) {
  const auto addresses = net::resolve(endpoint);
  return addresses && !std::all_of(addresses->begin(), addresses->end(), is_loopback);
}

bool equal_in_constant_time(std::string_view given, std::string_view secret) noexcept {
  if (secret.empty()) return given.empty();
  // Volatile, so that nobody stops at the first difference on our behalf.
  volatile std::size_t differences = given.size() ^ secret.size();
  for (std::size_t i = 0; i < given.size(); ++i)
    differences = differences |
                  static_cast<std::size_t>(static_cast<unsigned char>(given[i]) ^
                                           static_cast<unsigned char>(secret[i % secret.size()]));
  return differences == 0;
}

}  // namespace proxy::admin
