#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/client/cookies.hpp"
#include "core/client/http_reader.hpp"
#include "core/client/revision.hpp"

namespace core::client {

/// Where the server is, as every request of a client names it. Connecting is the driver's business.
struct Target {
  std::string host = {};  ///< for the Host header: `127.0.0.1:3000`
  std::string path = "/socket.io/";
  std::string query = {};  ///< of the application: `token=abc`, already encoded
  /// More headers for each request, as name and value, with no line break in either. A `Host`
  /// replaces ours; `Cookie` stands before the cookies that the server set.
  std::vector<std::pair<std::string, std::string>> headers = {};
};

/// Whether cookies that the server sets are sent back to it. Sticky sessions need them.
enum class CookiePolicy : std::uint8_t { Replay, Ignore };

/// Writes the requests of one engine.
class Requests {
 public:
  /// `target` must outlive it.
  Requests(const Target& target, Revision revision, CookiePolicy cookies)
      : target_(target), revision_(revision), policy_(cookies) {}

  /// From now on requests carry this sid.
  void set_session(std::string_view sid) { sid_ = sid; }
  void take_cookies(const HttpMessage& response);

  /// The head of a request without the empty line at its end:
  ///
  ///     GET /socket.io/?EIO=4&transport=polling&sid=... HTTP/1.1
  ///     Host: 127.0.0.1:3000
  [[nodiscard]] std::string head(std::string_view method, std::string_view transport) const;

 private:
  const Target& target_;
  Revision revision_;
  CookiePolicy policy_;
  std::string sid_;
  Cookies cookies_;
};

}  // namespace core::client
