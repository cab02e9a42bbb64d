#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

#include "core/direction.hpp"
#include "core/ids.hpp"
#include "core/instant.hpp"

/// The vocabulary: what one TCP connection can show. A tap emits these; the session tracker reads
/// them. An event is 64 bytes, owns what it says, and may carry a short text (an excerpt, a sid),
/// so it can cross a thread, a file or a network as it is.
///
/// Secrets never enter an event in clear: cookies, `Authorization` and `auth` are there as keyed
/// hashes only. Engine.IO sids are there whole, since they tie connections together; reports
/// shorten them.
namespace core {

enum class EventKind : std::uint8_t {
  StreamEnded,  ///< `stream`: no more bytes in this direction, on a connection that told of
                ///< anything else
  Unobserved,   ///< `unobserved`: something was passed on without being decoded
  Request,      ///< `request`: head of an HTTP request on the Socket.IO path; text: sid, or empty
  Response,  ///< `response`: its final (or 101) head; text: start of an engine error body, or empty
  ExchangeEnded,    ///< `exchange`: the whole response has passed
  Handshake,        ///< `handshake`: Engine.IO `open`, ToClient; text: the sid
  EnginePacket,     ///< `engine`: ping, pong, close, upgrade or noop
  EngineError,      ///< `engine`: bytes the receiver's engine.io-parser throws at; text: excerpt
  Packet,           ///< `packet`: a Socket.IO packet in text form; text: excerpt
  Connect,          ///< `connect`: a Socket.IO CONNECT that decodes; text: excerpt without secrets
  Binary,           ///< `binary`: a binary Engine.IO message, attachment or not
  WebSocketClosed,  ///< `close`: a Close frame
  WebSocketError,   ///< `broken`: bytes that no WebSocket receiver accepts; nothing follows
  Large,            ///< `large`: a message or polling payload over kLargeBytes; text: its start
  Routed,           ///< `routed`: which of several upstreams the connection goes to; ahead of its
                    ///< first request
};

/// Why something went by undecoded. The names in reports are unobserved_name()'s. The last two are
/// of captures alone: a proxy sees every byte.
enum class Unobserved : std::uint8_t {
  EngineIoVersion,  ///< a session of Engine.IO 1 or 2, or of one to come
  CustomParser,     ///< a session whose packets no parser of ours reads
  ContentEncoding,  ///< a compressed polling body
  MessageDeflate,   ///< a compressed WebSocket message
  OversizeMessage,  ///< a message over kMessageBytesMax
  BrokenHttp,  ///< llhttp refused, or bytes follow the last message; passed on unseen from here
  BrokenWebSocket,  ///< not WebSocket after a 101; likewise
  PipelineLimit,    ///< more requests in flight than kPipelinedRequestsMax
  EarlyBytes,       ///< too many bytes ahead of a 101
  RingOverflow,     ///< the observer fell behind; events were lost
  SessionLimit,     ///< more live sessions than kLiveSessionsMax
  UnknownSession,   ///< a session that began before we watched
  MemoryLimit,      ///< memory was short, and what was new was not looked at
  CaptureHole,      ///< a capture lacks bytes that crossed the wire
  JoinedMidStream,  ///< a capture begins, or a connection in it, amid the frames of a WebSocket
};

/// The last that a live proxy can meet.
inline constexpr Unobserved kLastLiveUnobserved = Unobserved::MemoryLimit;

/// Who wrote a packet: the reading in which it makes sense.
enum class Reading : std::uint8_t { Text, MsgPack };

enum class StreamEnd : std::uint8_t { Fin, Reset };
enum class HttpMethod : std::uint8_t { Get, Post, Options, Other };
enum class TransportName : std::uint8_t { Polling, WebSocket, Other };
/// Whom a response lets read it: nobody of another origin, everybody, or one origin.
enum class AllowOrigin : std::uint8_t { Nobody, Anybody, One };

/// Engine.IO packet types; the value is the digit on the wire. `Message` never stands in an event.
enum class EnginePacketType : std::uint8_t { Open, Close, Ping, Pong, Message, Upgrade, Noop };

/// 64 bytes, trivially copyable. Which member of the union holds is told by `kind`.
struct Event {
  Instant at;  ///< when the read that completed it was taken, before forwarding
  ConnectionId connection;
  std::uint32_t sequence;    ///< rises within a connection
  std::uint16_t text_bytes;  ///< of the text that follows
  EventKind kind;
  Direction direction;

  struct Stream {
    StreamEnd end;
  };
  struct Gap {
    std::uint64_t offset_bytes;  ///< in this direction's stream, where known
    std::uint32_t count;
    Unobserved reason;
    std::uint8_t
        detail;  ///< reason's own code + 1: http::ExchangeErrc, websocket::ReadErrc, ...; 0: none
  };
  struct Request {
    std::uint64_t fingerprint;  ///< address, User-Agent, Origin, and query without transport, sid,
                                ///< t, EIO, b64
    std::uint64_t client_key;   ///< configured key, hashed; 0 when absent
    std::uint32_t exchange;     ///< number of the request on its connection
    HttpMethod method;
    TransportName transport;
    std::uint8_t eio;  ///< 0 when absent
    bool asks_upgrade : 1;
    bool cross_origin : 1;   ///< `Origin` names another host than `Host`: a browser, on its guard
    bool credentials : 1;    ///< brings a cookie or `Authorization`
    bool preflight : 1;      ///< OPTIONS: may I? No use of a session
    bool websocket_key : 1;  ///< brings Sec-WebSocket-Key, as WebSocket clients do
    std::uint8_t t_bytes;    ///< of the cache buster `t`; 0 when absent or longer than the field
    char t[15];
  };
  struct Response {
    std::uint32_t exchange;
    std::uint16_t status;
    std::int8_t engine_error;  ///< Engine.IO's `code`, or -1
    AllowOrigin allow_origin;  ///< `Access-Control-Allow-Origin`
    bool allows_credentials;   ///< `Access-Control-Allow-Credentials: true`
    bool html;                 ///< a page, so probably another server's
  };
  struct Exchange {
    std::uint32_t exchange;
  };
  struct Handshake {
    std::uint32_t ping_interval_ms;
    std::uint32_t ping_timeout_ms;
    std::uint64_t max_payload;  ///< 0 when absent
    bool offers_websocket;
  };
  struct Engine {
    EnginePacketType type;
    bool probe;           ///< `2probe`, `3probe`
    std::uint8_t reason;  ///< EngineError: engineio::PacketErrc
    bool truncated;       ///< the excerpt was cut
  };
  struct Packet {
    std::uint64_t topic;  ///< hash of namespace and event name
    union {
      std::uint64_t arguments;  ///< hash of the whole data
      std::uint64_t causes;     ///< `error` is set: socketio::Causes, why which releases refuse it
    };
    std::uint64_t
        arguments_but_last;  ///< ... without a last one that may be a recovery offset; else 0
    std::uint32_t ns;        ///< hash of the namespace
    std::uint32_t id;        ///< ack id, saturating; kNoId when absent
    std::uint8_t type;       ///< socketio::PacketType
    std::uint8_t attachments;
    std::uint8_t error;    ///< socketio::PacketErrc + 1; 0 when it decodes
    std::uint8_t name_at;  ///< where in the excerpt the event name starts, raw JSON with its quotes
    std::uint8_t name_bytes;    ///< 0 when there is no name, or it lies beyond the excerpt
    bool placeholders_fit : 1;  ///< reconstructing with `attachments` would not throw
    bool truncated : 1;
    bool crashes_client : 1;  ///< every parser accepts it, and a client has no answer to it
    bool ends_in_offset : 1;  ///< its last argument looks like a recovery offset
    bool keyed : 1;           ///< `arguments` is the hash of the application's own message id
    Reading reading;
  };
  struct Connect {
    std::uint64_t pid;  ///< hash of `pid`, 0 when absent
    std::uint64_t
        auth;  ///< keyed hash of everything the client sent but pid and offset; 0 when empty
    std::uint64_t client_key;  ///< configured key `auth:PATH`, hashed; 0 when absent
    std::uint32_t ns;
    std::uint32_t offset;  ///< hash of the recovery offset that the client presents, 0 when absent
    bool truncated;
    std::uint8_t sid_at;  ///< ToClient: where in the excerpt the namespace's sid stands
    std::uint8_t sid_bytes;
    Reading reading;
  };
  struct Binary {
    std::uint64_t content;  ///< hash of the bytes
    std::uint64_t bytes;
    /// How socket.io-msgpack-parser reads it: socketio::MsgpackErrc + 1; 0 when it is a packet,
    /// which then follows as an event of its own. The session knows which reading holds.
    std::uint8_t msgpack_error;
  };
  struct Close {
    std::uint16_t code; /* 1005: none */
  };
  struct Large {
    std::uint64_t bytes;  ///< of it all, as announced; of a compressed message, as inflated so far
    bool whole;           ///< it has come in, and its own event follows
    bool truncated;
  };
  struct Routed {
    std::uint8_t upstream;    ///< counted from 1, in the order in which they are named
    std::uint8_t instead_of;  ///< ... that one, which could not be reached; 0: none
  };
  struct Broken {
    std::uint64_t offset_bytes;  ///< in this direction's stream: where the offending frame began
    std::uint8_t error;          ///< websocket::ReadErrc
  };

  union {
    Stream stream;
    Gap unobserved;
    Request request;
    Response response;
    Exchange exchange;
    Handshake handshake;
    Engine engine;
    Packet packet;
    Connect connect;
    Binary binary;
    Close close;
    Broken broken;
    Large large;
    Routed routed;
  };
};
inline constexpr std::uint32_t kNoId = 0xffff'ffff;

static_assert(sizeof(Event) == 64);
static_assert(std::is_trivially_copyable_v<Event>);

/// The word that reports use, `ring-overflow` and the like.
[[nodiscard]] constexpr std::string_view unobserved_name(Unobserved reason) noexcept {
  switch (reason) {
    case Unobserved::EngineIoVersion:
      return "engineio-version";
    case Unobserved::CustomParser:
      return "custom-parser";
    case Unobserved::ContentEncoding:
      return "content-encoding";
    case Unobserved::MessageDeflate:
      return "permessage-deflate";
    case Unobserved::OversizeMessage:
      return "oversize-message";
    case Unobserved::BrokenHttp:
      return "broken-http";
    case Unobserved::BrokenWebSocket:
      return "broken-websocket";
    case Unobserved::PipelineLimit:
      return "pipeline-limit";
    case Unobserved::EarlyBytes:
      return "early-bytes";
    case Unobserved::RingOverflow:
      return "ring-overflow";
    case Unobserved::SessionLimit:
      return "session-limit";
    case Unobserved::UnknownSession:
      return "unknown-session";
    case Unobserved::MemoryLimit:
      return "memory-limit";
    case Unobserved::CaptureHole:
      return "capture-hole";
    case Unobserved::JoinedMidStream:
      return "joined-mid-stream";
  }
  return "unknown";
}

}  // namespace core
