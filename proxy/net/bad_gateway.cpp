#include "proxy/net/bad_gateway.hpp"

#include <cctype>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace proxy::net {

std::string failure_reason(int error) {
  switch (error) {
    case ECONNREFUSED:
      return "connection refused, so nothing listens there";
    case ETIMEDOUT:
      return "no answer";
    case EHOSTUNREACH:
    case ENETUNREACH:
      return "there is no route to it";
    case EADDRNOTAVAIL:
      return "no free local port to connect from";
    default: {
      std::string reason = std::strerror(error);
      reason[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(reason[0])));
      return reason;
    }
  }
}

std::string bad_gateway(const Endpoint& upstream, const std::string& reason,
                        std::span<const char> request) {
  const std::string sentence = "sioscope could not connect to the upstream server at " +
                               upstream.text() + ": " + reason + ".\n";
  const std::string head =
      "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " +
      std::to_string(sentence.size()) + "\r\nConnection: close\r\n\r\n";
  const bool is_head = std::string_view(request.data(), request.size()).starts_with("HEAD ");
  return is_head ? head : head + sentence;
}

}  // namespace proxy::net
