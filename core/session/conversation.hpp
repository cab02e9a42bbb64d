#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/event_buffer.hpp"
#include "core/session/fact.hpp"
#include "core/session/session.hpp"

namespace core::session {

/// Whether a packet could be read.
enum class Heard : std::uint8_t {
  Understood,   ///< or refused, for a reason that was told
  OtherParser,  ///< the session uses a parser of its own, or Engine.IO alone
  GaveUp,       ///< one that we follow no further, and say so
};

/// What the two sides of a session say to each other: Socket.IO packets and attachments, in order,
/// into facts. Judges as the receiving side's decoder would; its state lies in the session
/// (Receiving, Namespace).
///
/// A session's first word tells its parser. It is a CONNECT: the client's, in Engine.IO 3 the
/// server's. In text it is socket.io-parser's, in binary socket.io-msgpack-parser's; what is
/// neither is OtherParser. From then on every packet is held to that parser.
class Conversation {
 public:
  /// EventKind::Connect.
  void connect(const EventView& view, Session& session, Facts& out);
  /// EventKind::Packet.
  [[nodiscard]] Heard packet(const EventView& view, Session& session, Facts& out);
  /// EventKind::Binary.
  [[nodiscard]] Heard binary(const Event& event, Session& session, Facts& out);
  /// EventKind::EngineError.
  void engine_error(const EventView& view, Session& session, Facts& out);
  /// EventKind::WebSocketError.
  void websocket_error(const Event& event, Session& session, Facts& out);

 private:
  /// What a Malformed fact says.
  struct Refusal {
    std::string_view excerpt = {};
    bool truncated = false;
    std::string_view reason = {};
    socketio::Causes causes = {};
    std::string_view culprit = {};
  };

  /// Whether a packet that reads so is one in this session; learns the parser from its first word.
  [[nodiscard]] bool is_read_so(Session& session, Reading reading) noexcept;
  void not_read_so(const EventView& view, Session& session, Facts& out);
  /// A v3 server grants a namespace: the root unasked, and no socket id is said.
  void granted_v3(Namespace& ns, const EventView& view, Session& session, Facts& out);
  /// The receiver's decoder throws: at this packet, or on account of one that waits for
  /// attachments.
  [[nodiscard]] Heard refuse(Session& session, const EventView& view, bool truncated,
                             socketio::PacketErrc code, socketio::Causes causes, Facts& out);
  void malformed(Session& session, const Event& event, const Refusal& refusal, Facts& out);
  /// A whole packet.
  [[gnu::always_inline]] void complete(std::string_view excerpt, const Event::Packet& header,
                                       Session& session, Facts& out, Direction direction,
                                       Instant at, std::uint64_t content, bool truncated);

  // What the latest facts borrow.
  MessageFact message_;
  RefusalFact refusal_;
  std::string culprit_;
  std::unique_ptr<PendingBinary> whole_;
};

}  // namespace core::session
