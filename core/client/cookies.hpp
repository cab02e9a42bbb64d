#pragma once

#include <map>
#include <string>
#include <string_view>

namespace core::client {

/// What a server asked to be sent back to it, for as long as one engine lives: load balancers find
/// the session's server by it. Domain, path and scheme are not looked at, since all requests of an
/// engine have the same; nor is the date of `Expires`, since core has no clock.
/// Source: RFC 6265, 5.2.
class Cookies {
 public:
  /// The value of a Set-Cookie header: `lb=a3; Path=/; HttpOnly`. With `Max-Age` of 0 or less, or
  /// no value, the cookie is forgotten. More than kCookiesMax are not kept.
  void receive(std::string_view set_cookie);
  /// The value of a Cookie header, `lb=a3; other=1`; empty when there is none.
  [[nodiscard]] std::string header() const;

  static constexpr std::size_t kCookiesMax = 50;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace core::client
