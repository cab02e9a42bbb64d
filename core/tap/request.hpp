#pragma once

#include <cstdint>
#include <string_view>

#include "core/event.hpp"
#include "core/http/exchanges.hpp"
#include "core/tap/emitter.hpp"
#include "core/tap/ends.hpp"
#include "core/tap/messages.hpp"
#include "core/tap/tap.hpp"

namespace core::tap {

/// What the tap itself must remember of a request until its response has passed.
struct EngineRequest {
  bool engine = false;  ///< an Engine.IO request: it names a transport
  HttpMethod method = HttpMethod::Other;
  TransportName transport = TransportName::Other;
  std::uint8_t eio = 0;
  bool asks_new = false;      ///< brings no sid, and wants a handshake
  bool jsonp = false;         ///< payloads are wrapped, both ways
  bool octet_stream = false;  ///< the request's own body is one, as browsers post binary in v3

  /// Whether this revision of the protocol is read.
  [[nodiscard]] bool is_known_revision() const noexcept { return eio == 3 || eio == 4; }
  /// Where it is.
  [[nodiscard]] Revision revision() const noexcept { return static_cast<Revision>(eio); }
  /// Whether the body that goes in `direction` is a polling payload that we read: what a POST
  /// brings, and what a GET is answered with.
  [[nodiscard]] bool carries_payload(Direction direction) const noexcept {
    return is_known_revision() && transport == TransportName::Polling &&
           method == (direction == Direction::ToServer ? HttpMethod::Post : HttpMethod::Get);
  }
};

/// What `Content-Type` calls a body of Engine.IO 3 that is binary.
[[nodiscard]] inline bool is_octet_stream(std::string_view content_type) noexcept {
  return content_type.substr(0, content_type.find(';')) == "application/octet-stream";
}

/// Reads a request head on the Socket.IO path and, when it is Engine.IO's, emits
/// EventKind::Request. The client is `ends.client`, or, where that is trusted, whom its
/// X-Forwarded-For names. Other requests there (the client bundle that servers offer) are nobody's
/// business.
[[nodiscard]] EngineRequest read_request(const http::RequestHead& head, const Settings& settings,
                                         const Ends& ends, Emitter& emit);

}  // namespace core::tap
