#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace proxy::client {

enum class Security : std::uint8_t { Plain, Tls };

/// Where a client's links go.
struct Remote {
  std::string host;  ///< a name, IPv4, or IPv6 without brackets
  std::uint16_t port = 0;
  Security security = Security::Plain;

  /// For the Host header: `app.example`, `[::1]:3000`; without the port that its scheme implies.
  [[nodiscard]] std::string authority() const;
  /// `app.example:443`
  [[nodiscard]] std::string text() const;
};

/// What a user writes, as `io(URL)` of the JavaScript client reads it: the path is a namespace.
struct ServerUrl {
  Remote remote;
  std::string ns = "/";
  std::string query = {};  ///< without its `?`
};

/// Reads `http://`, `https://`, `ws://` or `wss://HOST[:PORT][/NAMESPACE][?QUERY]`. Without a
/// scheme it is http. The error is a sentence for the user.
[[nodiscard]] tl::expected<ServerUrl, std::string> parse_server_url(std::string_view text);

}  // namespace proxy::client
