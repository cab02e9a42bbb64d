#include "proxy/client/remote.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace proxy::client {
namespace {

struct Scheme {
  std::string_view name;
  Security security;
};
constexpr std::array kSchemes{Scheme{"http", Security::Plain}, Scheme{"https", Security::Tls},
                              Scheme{"ws", Security::Plain}, Scheme{"wss", Security::Tls}};

constexpr std::uint16_t implied_port(Security security) noexcept {
  return security == Security::Tls ? 443 : 80;
}

std::string in_brackets(const std::string& host) {
  return host.find(':') == std::string::npos ? host : '[' + host + ']';
}

tl::unexpected<std::string> refuse(std::string_view what, std::string_view text) {
  return tl::unexpected(std::string(what) + " the URL '" + std::string(text) +
                        "'; write http://HOST[:PORT][/NAMESPACE], or with https, ws or wss");
}

/// `HOST` and what may follow it, `:PORT`; nothing when it is neither.
std::optional<Remote> parse_authority(std::string_view text, Security security) {
  std::string_view host = text, rest;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    rest = text.substr(colon);
  }
  Remote remote{std::string(host), implied_port(security), security};
  if (host.empty()) return std::nullopt;
  if (rest.empty()) return remote;
  if (!rest.starts_with(':')) return std::nullopt;
  rest.remove_prefix(1);
  const char* const end = rest.data() + rest.size();
  const auto [stopped, error] = std::from_chars(rest.data(), end, remote.port);
  if (rest.empty() || error != std::errc{} || stopped != end || remote.port == 0)
    return std::nullopt;
  return remote;
}

}  // namespace

std::string Remote::authority() const {
  return port == implied_port(security) ? in_brackets(host) : text();
}

std::string Remote::text() const { return in_brackets(host) + ':' + std::to_string(port); }

tl::expected<ServerUrl, std::string> parse_server_url(std::string_view text) {
  std::string_view rest = text;
  Security security = Security::Plain;
  if (const auto end = text.find("://"); end != std::string_view::npos) {
    const auto scheme = std::find_if(kSchemes.begin(), kSchemes.end(), [&](const Scheme& it) {
      return it.name == text.substr(0, end);
    });
    if (scheme == kSchemes.end()) return refuse("cannot use the scheme of", text);
    security = scheme->security;
    rest.remove_prefix(end + 3);
  }
  if (std::any_of(rest.begin(), rest.end(),
                  [](char c) { return c <= ' ' || c == '#' || c == '\x7f'; }))
    return refuse("a space, a # or a control character stands in", text);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  rest.remove_prefix(authority.size());
  if (authority.find('@') != std::string_view::npos)
    return refuse("a user and password belong into --header 'Authorization: ...', not into", text);

  auto remote = parse_authority(authority, security);
  if (!remote) return refuse("cannot read host and port of", text);
  ServerUrl url{std::move(*remote)};
  const auto mark = rest.find('?');
  if (mark != std::string_view::npos) url.query = rest.substr(mark + 1);
  const std::string_view path = rest.substr(0, mark);
  if (path.size() > 1) url.ns = path;
  return url;
}

}  // namespace proxy::client
