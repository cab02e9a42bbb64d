#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/client/engine_packet.hpp"
#include "core/client/http_reader.hpp"
#include "core/client/link.hpp"
#include "core/client/websocket_endpoint.hpp"
#include "core/instant.hpp"
#include "core/server/heartbeat.hpp"
#include "core/server/request.hpp"

namespace core::server {

using client::Actions;
using client::LinkId;
using client::Message;
using client::Revision;

/// Which revisions of Engine.IO are served; `V3Too` is `allowEIO3` of engine.io.
enum class Revisions : std::uint8_t { V4Only, V3Too };

struct EngineOptions {
  std::string path = "/socket.io/";
  Revisions revisions = Revisions::V4Only;
  Duration ping_interval = std::chrono::seconds(25);
  Duration ping_timeout = std::chrono::seconds(20);
  Duration upgrade_timeout = std::chrono::seconds(10);
  std::size_t payload_bytes_max = 1'000'000;  ///< of one request body or WebSocket message
};

/// One Engine.IO session, counted from 1. Its sid is another thing: a secret.
enum class SessionNumber : std::uint32_t { None = 0 };

enum class CloseReason : std::uint8_t {
  ClientClosed,  ///< packet `1`, or a WebSocket Close
  ServerClosed,  ///< close() was called
  PingTimeout,
  ParseError,      ///< no Engine.IO packet
  TransportError,  ///< a link broke, or requests overlapped
};
[[nodiscard]] std::string_view name(CloseReason reason) noexcept;

struct SessionOpened {
  SessionNumber session;
  std::string sid;
  Revision revision;
};
struct MessageReceived {
  SessionNumber session;
  Message message;
};
struct SessionUpgraded {
  SessionNumber session;
};
struct SessionClosed {
  SessionNumber session;
  CloseReason reason;
};
using EngineHappening =
    std::variant<SessionOpened, MessageReceived, SessionUpgraded, SessionClosed>;

struct EngineOutput {
  Actions actions;
  std::vector<EngineHappening> happenings;
};

/// An Engine.IO server (4, and 3 if asked for) as a machine: HTTP polling, WebSocket, the upgrade
/// between them, heartbeats. Bytes of accepted links in; bytes, ends of links and happenings out.
/// It owns no socket and no clock.
///
///     link ── HTTP requests ──► session (poll and post)        one answer at a time on each link
///     link ── WebSocket ──────► session, or its probe
///
/// Time: call advance() at deadline(). A step costs a look at every session: fit for demos and
/// tests, not for crowds. Source: Engine.IO protocol v4; engine.io 6 where the text is silent.
class EngineServer {
 public:
  /// `seed` makes the sids: pass real randomness where sids must be secret.
  EngineServer(EngineOptions options, std::uint64_t seed);

  // --- Links ---
  void opened(LinkId link);
  void receive(LinkId link, std::string_view bytes, Instant now, EngineOutput& out);
  void closed(LinkId link, Instant now, EngineOutput& out);

  // --- Sessions: unknown numbers are ignored, since a session may have closed meanwhile ---
  void send(SessionNumber session, const Message& message, Instant now, EngineOutput& out);
  void close(SessionNumber session, CloseReason reason, Instant now, EngineOutput& out);
  /// "polling" or "websocket"; empty when there is no such session.
  [[nodiscard]] std::string_view transport(SessionNumber session) const noexcept;
  /// Where the session is heard from: its WebSocket, or the link where its poll waits; else None.
  [[nodiscard]] LinkId link_of(SessionNumber session) const noexcept;
  [[nodiscard]] std::size_t session_count() const noexcept { return sessions_.size(); }

  [[nodiscard]] std::optional<Instant> deadline() const noexcept;
  void advance(Instant now, EngineOutput& out);

 private:
  struct HttpLink {
    client::HttpReader reader;
    client::HttpMessage request;  ///< the one being answered
    bool answering = false;
    SessionNumber polls = SessionNumber::None;  ///< the session whose poll waits here
    bool base64 = false;  ///< its request says that it takes no bytes (`b64=1`)
  };
  struct WebSocketLink {
    client::WebSocketEndpoint endpoint;
    SessionNumber session;
  };
  using Link = std::variant<HttpLink, WebSocketLink>;

  struct Probe {  ///< an upgrade under way
    LinkId link;
    Instant until;
    std::optional<Instant> noop_at;  ///< once `2probe` came: when to free a waiting poll
  };
  struct Session {
    std::string sid;
    Revision revision;
    Heartbeat heartbeat;
    LinkId websocket = LinkId::None;  ///< None: polling
    LinkId poll = LinkId::None;       ///< the link where a poll waits
    std::optional<Probe> probe;
    std::vector<client::EnginePacket> outbox;
    std::optional<Instant> closing_until;  ///< a polling session that still has to be told `1`
    bool base64 = false;                   ///< its handshake said `b64=1`
  };

  // A step of the machine: one call from outside.
  struct Step {
    Instant now;
    EngineOutput& out;
  };
  using Sessions = std::map<SessionNumber, Session>;

  void answer_requests(LinkId link, Step step);
  void handle(LinkId link, HttpLink& http, Step step);
  void open_session(LinkId link, HttpLink& http, bool websocket, Revision revision, Step step);
  void take_poll(LinkId link, HttpLink& http, Sessions::iterator session, Step step);
  void take_post(LinkId link, HttpLink& http, Sessions::iterator session, Step step);
  struct Payload {
    std::string body;
    std::string_view type = "text/plain; charset=UTF-8";
  };
  void respond(LinkId link, int status, const Payload& payload, Step step);
  [[nodiscard]] static Payload one_packet(std::string_view text, Revision revision);
  [[nodiscard]] Payload take_outbox(Session& session, const HttpLink& http);
  void refuse(LinkId link, Refusal refusal, Step step);

  void switch_to_websocket(LinkId link, HttpLink& http, SessionNumber session, Step step);
  void receive_websocket(LinkId link, std::string_view bytes, Step step);
  void receive_probe(LinkId link, SessionNumber number, const Message& message, Step step);
  void end_websocket(LinkId link, Step step);
  void flush_websocket(LinkId link, Step step);

  void receive_packet(SessionNumber number, const Message& message, Step step);
  void push(SessionNumber number, client::EnginePacket packet, Step step);
  void flush(SessionNumber number, Step step);
  void end_session(SessionNumber number, CloseReason reason, std::string_view last_poll, Step step);
  [[nodiscard]] Sessions::iterator find(std::string_view sid) noexcept;
  [[nodiscard]] std::string make_sid();
  [[nodiscard]] std::string handshake(const std::string& sid, bool websocket) const;
  [[nodiscard]] static std::optional<Instant> deadline_of(const Session& session) noexcept;

  EngineOptions options_;
  std::mt19937_64 random_;
  std::map<LinkId, Link> links_;
  Sessions sessions_;
  std::uint32_t last_session_ = 0;
};

}  // namespace core::server
