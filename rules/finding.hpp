#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/direction.hpp"
#include "core/ids.hpp"
#include "core/instant.hpp"
#include "core/session/grade.hpp"

/// What a rule says, in the shape of the record that reports write. Everything is owned; engine
/// sids stand whole, and a report shortens them (report::Redaction).
namespace rules {

enum class Severity : std::uint8_t { Info, Warning, Error };
enum class Confidence : std::uint8_t { Possible, Likely, Certain };
enum class Fault : std::uint8_t { Unknown, Client, Server, Network };

using Grade = core::session::Grade;

enum class What : std::uint8_t {
  Packet,
  Handshake,
  Request,
  Response,
  Close,
  Abort,
  Ping,
  Pong,
  Silence
};

/// One thing seen on the wire that proves something.
struct Evidence {
  core::Instant at;
  core::Direction direction = core::Direction::ToClient;
  core::SessionId session = core::SessionId::None;
  What what = What::Packet;
  std::string packet;  ///< in Engine.IO form, kExcerptBytesMax at most; empty when it is no packet
  bool truncated = false;  ///< the packet was longer
  std::string note;
};

/// A namespace socket of a session, as the server's own logs name it.
struct SocketRef {
  std::string ns;
  std::string id;
};

/// A session as a finding shows it, copied when the finding is written.
struct SessionRef {
  core::SessionId id = core::SessionId::None;
  std::string engine_sid;
  std::vector<SocketRef> sockets;
  std::string_view transport;  ///< "polling" or "websocket"
  int eio = 4;
  core::Instant opened{};  ///< its handshake
};

/// The name of one event: namespace and event as they stand on the wire, decoded.
struct EventName {
  std::string ns;
  std::string event;
};

/// One finding. Written again, whole, under the same `number` when it grows or gains confidence.
struct Finding {
  std::uint32_t number = 0;  ///< `f-1`
  std::string_view rule;     ///< `leak/orphan-after-parse-error`
  Severity severity = Severity::Error;
  Confidence confidence = Confidence::Possible;
  core::ClientId client = core::ClientId::None;
  Grade grade = Grade::None;
  SessionRef session;  ///< the one at fault: the orphan
  std::optional<SessionRef> successor;
  std::optional<core::Direction> direction;
  std::optional<EventName> event;
  std::uint64_t count = 1;  ///< how often; for duplicate/*, the number of extra copies
  core::Instant first_seen;
  core::Instant last_seen;
  Fault fault = Fault::Unknown;
  bool unproven = false;           ///< a candidate that ended before it could be proven
  std::string summary;             ///< one sentence
  std::string remedy;              ///< one sentence
  std::vector<Evidence> evidence;  ///< oldest first
};

/// A session that is open and may yet become a finding, or is one that is not proven yet.
struct Suspect {
  Finding finding;           ///< as far as it stands; number 0 while nothing was said
  core::Instant settles_at;  ///< by then it will have been proven or refuted
};

/// Later evidence refuted a finding.
struct Withdrawn {
  std::uint32_t number = 0;
  std::string reason;
};

[[nodiscard]] constexpr std::string_view name(Severity value) noexcept {
  switch (value) {
    case Severity::Info:
      return "info";
    case Severity::Warning:
      return "warning";
    case Severity::Error:
      return "error";
  }
  return "";
}
[[nodiscard]] constexpr std::string_view name(Confidence value) noexcept {
  switch (value) {
    case Confidence::Possible:
      return "possible";
    case Confidence::Likely:
      return "likely";
    case Confidence::Certain:
      return "certain";
  }
  return "";
}
[[nodiscard]] constexpr std::string_view name(Fault value) noexcept {
  switch (value) {
    case Fault::Unknown:
      return "unknown";
    case Fault::Client:
      return "client";
    case Fault::Server:
      return "server";
    case Fault::Network:
      return "network";
  }
  return "";
}
using core::session::name;  // of a Grade
[[nodiscard]] constexpr std::string_view name(What value) noexcept {
  switch (value) {
    case What::Packet:
      return "packet";
    case What::Handshake:
      return "handshake";
    case What::Request:
      return "request";
    case What::Response:
      return "response";
    case What::Close:
      return "close";
    case What::Abort:
      return "abort";
    case What::Ping:
      return "ping";
    case What::Pong:
      return "pong";
    case What::Silence:
      return "silence";
  }
  return "";
}

}  // namespace rules
