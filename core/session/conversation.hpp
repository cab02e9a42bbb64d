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
};

/// What the two sides of a session say to each other: Socket.IO packets and attachments, in order,
/// into facts. Judges as the receiving side's decoder would; its state lies in the session
/// (Receiving, Namespace).
///
/// A session's first word is the client's CONNECT, in text. Binary instead, or text that does not
/// even begin with a packet type, is OtherParser: such as msgpack.
class Conversation {
 public:
  /// EventKind::Connect.
  void connect(EventView view, Session& session, Facts& out);
  /// EventKind::Packet.
  [[nodiscard]] Heard packet(EventView view, Session& session, Facts& out);
  /// EventKind::Binary.
  [[nodiscard]] Heard binary(const Event& event, Session& session, Facts& out);
  /// EventKind::EngineError.
  void engine_error(EventView view, Session& session, Facts& out);

 private:
  /// The receiver's decoder throws: at this packet, or on account of one that waits for
  /// attachments.
  [[nodiscard]] Heard refuse(Session& session, EventView view, bool truncated,
                             socketio::PacketErrc code, Facts& out);
  void malformed(Session& session, const Event& event, std::string_view excerpt, bool truncated,
                 std::string_view reason, std::string_view culprit, Facts& out);
  void complete(Session& session, Direction direction, Instant at, const Event::Packet& header,
                std::uint64_t content, std::string_view excerpt, bool truncated, Facts& out);

  std::string culprit_;                   ///< what the last Malformed fact borrows
  std::unique_ptr<PendingBinary> whole_;  ///< what the last binary Message fact borrows
};

}  // namespace core::session
