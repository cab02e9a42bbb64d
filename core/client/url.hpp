#pragma once

#include <string>
#include <string_view>

namespace core::client {

/// Where the server is, as every request of a client names it. Connecting is the driver's business.
struct Target {
  std::string host;  ///< for the Host header: `127.0.0.1:3000`
  std::string path = "/socket.io/";
  std::string query = {};  ///< of the application: `token=abc`, already encoded
};

/// The request target of one Engine.IO request: `/socket.io/?EIO=4&transport=polling&sid=...`.
[[nodiscard]] inline std::string request_target(const Target& target, std::string_view transport,
                                                std::string_view sid) {
  std::string text = target.path + "?EIO=4&transport=";
  text += transport;
  if (!target.query.empty()) text += '&' + target.query;
  if (!sid.empty()) text.append("&sid=").append(sid);
  return text;
}

}  // namespace core::client
