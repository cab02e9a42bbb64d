#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/client/http_reader.hpp"

namespace core::server {

/// Engine.IO's refusals; the value is the `code` of the body.
/// Source: engine.io 6, "Server.errors".
enum class Refusal : std::uint8_t {
  UnknownTransport,
  UnknownSession,
  BadHandshakeMethod,
  BadRequest,
  Forbidden,
  UnsupportedProtocol,
};

/// `{"code":1,"message":"Session ID unknown"}`
[[nodiscard]] std::string refusal_body(Refusal refusal);

/// What an Engine.IO request asks for, from its target.
struct EngineQuery {
  std::string_view path;  ///< Views borrow the target.
  std::string_view transport;
  std::string_view sid;
  std::string_view eio;
  std::string_view b64;
};
[[nodiscard]] EngineQuery parse_query(std::string_view target) noexcept;

/// A response with a body and its length. `type` is the Content-Type.
[[nodiscard]] std::string encode_response(int status, std::string_view type, std::string_view body,
                                          const client::HttpMessage& request);
/// The 101 that begins WebSocket.
[[nodiscard]] std::string encode_switch(const client::HttpMessage& request);

}  // namespace core::server
