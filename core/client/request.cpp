#include "core/client/request.hpp"

#include <algorithm>

namespace core::client {
namespace {

bool is_named(std::string_view name, std::string_view lower_case) noexcept {
  return std::equal(name.begin(), name.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) {
                      return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
                    });
}

}  // namespace

void Requests::take_cookies(const HttpMessage& response) {
  if (policy_ == CookiePolicy::Ignore) return;
  for (const auto& [name, value] : response.headers)
    if (name == "set-cookie") cookies_.receive(value);
}

std::string Requests::head(std::string_view method, std::string_view transport) const {
  std::string text(method);
  text.append(" ").append(target_.path).append("?EIO=");
  text += static_cast<char>('0' + static_cast<int>(revision_));
  text.append("&transport=").append(transport);
  if (!target_.query.empty()) text.append("&").append(target_.query);
  if (!sid_.empty()) text.append("&sid=").append(sid_);
  text += " HTTP/1.1\r\n";

  std::string_view host = target_.host;
  std::string cookie, others;
  for (const auto& [name, value] : target_.headers) {
    if (is_named(name, "host"))
      host = value;
    else if (is_named(name, "cookie"))
      cookie = value;
    else
      others.append(name).append(": ").append(value).append("\r\n");
  }
  if (const std::string set = cookies_.header(); !set.empty())
    cookie.append(cookie.empty() ? "" : "; ").append(set);

  text.append("Host: ").append(host).append("\r\n").append(others);
  if (!cookie.empty()) text.append("Cookie: ").append(cookie).append("\r\n");
  return text;
}

}  // namespace core::client
