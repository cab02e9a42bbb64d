#pragma once

#include <cstddef>
#include <string>

#include "core/client/http_reader.hpp"

namespace core::client {

/// What a server said where a handshake or a packet was expected, for whoever has to find out why.
struct Answer {
  int status = 0;  ///< of HTTP; 0 when it was none
  std::string content_type = {};
  std::string location = {};  ///< of a redirection
  std::string start = {};     ///< of the body, or of what was no HTTP; kStartBytes at most

  static constexpr std::size_t kStartBytes = 200;
};

[[nodiscard]] inline Answer answer_of(const HttpMessage& response) {
  return {response.status, std::string(response.header("content-type")),
          std::string(response.header("location")), response.body.substr(0, Answer::kStartBytes)};
}

}  // namespace core::client
