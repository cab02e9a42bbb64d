#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/direction.hpp"
#include "core/event.hpp"
#include "core/instant.hpp"
#include "core/session/session.hpp"
#include "core/socketio/verdict.hpp"

namespace core::session {

/// What an event means for its session. Rules fold over these.
enum class FactKind : std::uint8_t {
  Opened,         ///< a handshake: the session begins
  Closed,         ///< it is over; Session::cause
  Connecting,     ///< the client asks for a namespace (`40`); `connect`. In v3 nobody asks for the
                  ///< root: the server's grant stands for both
  Connected,      ///< the server grants it (`40{"sid"}`); `connect`
  Disconnecting,  ///< either side leaves a namespace (`41`)
  Refused,        ///< the server refuses a namespace (`44`)
  Ping,           ///< heartbeat; from the server, in v3 from the client
  Pong,           ///< ... and its answer; Session::heartbeat holds both instants
  Poll,           ///< the client asks for more (GET)
  Message,        ///< a whole EVENT or ACK, attachments included; `message`
  Malformed,      ///< the receiver's official parser throws; `refusal`
  Crashing,       ///< every parser accepts it, and the receiving client crashes over it; `refusal`
  Gap,            ///< something of this session went by undecoded; `gap`
  SameRealm,      ///< its requests and those of `other` came from one page
  Aged,           ///< it has been open for limits::kSettledAge
  Probing,        ///< it tries a WebSocket (`2probe`)
  Upgraded,       ///< ... and goes on there (`5`)
  Parted,         ///< its WebSocket connection is over on both sides; Session::parted tells when
  Answered,     ///< an Engine.IO request was answered; `exchange`. Its session may be none of ours
  NoHandshake,  ///< a handshake request was answered with 200 and no handshake; `exchange`
  Unanswered,   ///< a request's connection ended before its answer, by `direction`; `exchange`
  WrongHeartbeat,  ///< the client pings in v4, or in v3 pongs: servers end the session over it
  Dismissed,       ///< the server said `1` on a WebSocket, which clients ignore
  Large,           ///< a large message, or payload, comes in; `large`
};
inline constexpr std::size_t kFactKinds = static_cast<std::size_t>(FactKind::Large) + 1;

/// A request and its answer.
struct ExchangeFact {
  Event::Request request;
  Event::Response response;
  Instant asked;
  bool asks_new = false;     ///< brought no sid: wants a handshake
  bool unknown_sid = false;  ///< brought one that we never saw, or forgot
  bool overlaps = false;     ///< a second poll while its session's first was pending
  bool raw = false;          ///< the answer came after its 101, among the frames
  /// How long nothing of its session had been under way when it was asked: over polling, how long
  /// it had been its client's turn. Zero while a poll was pending.
  Duration quiet{};
  /// Which of several upstreams it went to, counted from 1; 0: there is one, or nobody knows.
  std::uint8_t upstream = 0;
  std::uint8_t instead_of = 0;  ///< ... since that one could not be reached; 0: none
};

/// A whole EVENT or ACK.
struct MessageFact {
  std::uint64_t topic = 0;               ///< namespace and event name
  std::uint64_t arguments = 0;           ///< data and attachments
  std::uint64_t arguments_but_last = 0;  ///< 0: the last one is no offset
  std::uint32_t ns = 0;
  std::uint32_t id = kNoId;
  bool ack = false;     ///< an ACK, not an EVENT
  bool offset = false;  ///< its last argument is what recovery appended, as far as we can tell
  bool keyed = false;   ///< `arguments` stands for the application's own id of the message
  /// More than an event that is told and forgotten: it asks for an ACK or is one, or has an offset
  /// or an id of the application's.
  bool marked = false;
  std::uint8_t name_at = 0;  ///< where the event name stands in the excerpt
  std::uint8_t name_bytes = 0;
};

/// Why the receiver of a packet refuses it, or crashes over it.
struct RefusalFact {
  std::string_view reason = {};   ///< static text
  socketio::Causes causes = {};   ///< if by socket.io-parser: which releases refuse it
  std::string_view culprit = {};  ///< the earlier packet that is to blame, if another
};

/// A fact borrows its session, its excerpt and its details: all are good while it is being handled.
/// `session` is there but with Answered, NoHandshake and Unanswered, where it may be nullptr.
/// Which details it has is told by `kind`. There is one fact a message, so it is kept small.
struct Fact {
  FactKind kind;
  Direction direction = Direction::ToClient;
  bool truncated = false;  ///< the excerpt was cut
  Unobserved gap = Unobserved::EngineIoVersion;
  Instant at;
  Session* session;
  std::string_view excerpt = {};         ///< the packet in Engine.IO form
  const MessageFact* message = nullptr;  ///< Message; of Disconnecting and Refused `ns` alone
  const RefusalFact* refusal = nullptr;  ///< Malformed, Crashing
  const Event::Connect* connect = nullptr;
  const ExchangeFact* exchange = nullptr;
  const Event::Large* large = nullptr;
  Session* other = nullptr;  ///< SameRealm
};
using Facts = std::vector<Fact>;

}  // namespace core::session
