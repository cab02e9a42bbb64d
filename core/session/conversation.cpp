#include "core/session/conversation.hpp"

#include <xxhash.h>

#include <utility>

#include "core/engineio/packet.hpp"
#include "core/limits.hpp"
#include "core/socketio/msgpack_packet.hpp"
#include "core/socketio/packet.hpp"
#include "core/websocket/reader.hpp"

namespace core::session {
namespace {

/// `/chat,12["x"]` stands behind `42`, `451-` and so on: the namespace runs from the slash to the
/// comma.
std::string_view namespace_of(std::string_view excerpt) {
  const std::size_t slash = excerpt.find_first_of("/[{\"");
  if (slash == std::string_view::npos || excerpt[slash] != '/') return "/";
  return excerpt.substr(slash, excerpt.find(',', slash) - slash);
}

bool speaks_no_socketio(const Event::Packet& packet) {
  return packet.error == static_cast<unsigned>(socketio::PacketErrc::UnknownType) + 1;
}

/// The side whose CONNECT is a session's first word.
Direction introducer(const Session& session) {
  return session.eio == 3 ? Direction::ToClient : Direction::ToServer;
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t both[2] = {a, b};
  return XXH3_64bits(both, sizeof both);
}

}  // namespace

bool Conversation::is_read_so(Session& session, Reading reading) noexcept {
  const Parser parser = reading == Reading::Text ? Parser::Json : Parser::MsgPack;
  if (session.parser == Parser::Unknown) session.parser = parser;
  return session.parser == parser;
}

void Conversation::connect(const EventView& view, Session& session, Facts& out) {
  const Event& event = view.event;
  if (!is_read_so(session, event.connect.reading)) return not_read_so(view, session, out);
  const auto received =
      session.receiving[static_cast<std::size_t>(event.direction)].reconstructor.receive_packet(
          0, socketio::Placeholders::Fit);
  if (!received) {
    static_cast<void>(refuse(session, view, event.connect.truncated, received.error(),
                             socketio::causes_of(received.error()), out));
    return;
  }

  Namespace* ns = session.find_namespace(event.connect.ns);
  if (ns == nullptr && session.namespaces.size() < limits::kNamespacesMax) {
    ns = &session.namespaces.emplace_back();
    ns->hash = event.connect.ns;
    ns->name = namespace_of(view.text);
  }
  const bool asks = event.direction == Direction::ToServer;
  if (asks && ns != nullptr) {
    ns->presented_pid = event.connect.pid;
    ns->presented_offset = event.connect.offset;
  }
  if (asks) {
    if (session.connecting == Instant{}) {
      session.connecting = event.at;
      session.auth = event.connect.auth;
      if (event.connect.client_key != 0) session.client_key = event.connect.client_key;
    }
  } else if (session.eio == 3) {
    if (ns != nullptr) granted_v3(*ns, view, session, out);
  } else if (ns != nullptr && event.connect.sid_bytes != 0) {
    ns->connected = true;
    ns->left = false;
    ns->pid = event.connect.pid;
    ns->socket_sid = view.text.substr(event.connect.sid_at, event.connect.sid_bytes);
  }
  out.push_back({.kind = asks ? FactKind::Connecting : FactKind::Connected,
                 .direction = event.direction,
                 .truncated = event.connect.truncated,
                 .at = event.at,
                 .session = &session,
                 .excerpt = view.text,
                 .connect = &event.connect});
}

void Conversation::granted_v3(Namespace& ns, const EventView& view, Session& session, Facts& out) {
  ns.connected = true;
  ns.left = false;
  // Source: socket.io 2, Namespace.add(): the root's sockets have the engine's sid.
  ns.socket_sid = ns.name == "/" ? session.engine_sid : ns.name + '#' + session.engine_sid;
  if (session.connecting != Instant{}) return;
  session.connecting = view.event.at;
  out.push_back({.kind = FactKind::Connecting,
                 .direction = Direction::ToClient,
                 .at = view.event.at,
                 .session = &session,
                 .excerpt = view.text,
                 .connect = &view.event.connect});
}

inline void Conversation::complete(std::string_view excerpt, const Event::Packet& header,
                                   Session& session, Facts& out, Direction direction, Instant at,
                                   std::uint64_t content, bool truncated) {
  const auto type = socketio::plain(static_cast<socketio::PacketType>(header.type));
  Namespace* const ns = session.find_namespace(header.ns);
  const bool crashes = header.crashes_client && direction == Direction::ToClient && ns != nullptr &&
                       !ns->left;  // Else nobody listens.
  FactKind kind = FactKind::Message;
  switch (type) {
    case socketio::PacketType::Connect:
    case socketio::PacketType::BinaryEvent:
    case socketio::PacketType::BinaryAck:
      return;
    case socketio::PacketType::Disconnect:
    case socketio::PacketType::ConnectError:
      if (ns != nullptr) {
        ns->connected = false;
        ns->left = true;
      }
      message_ = {.ns = header.ns};
      kind = type == socketio::PacketType::Disconnect ? FactKind::Disconnecting : FactKind::Refused;
      break;
    case socketio::PacketType::Event:
    case socketio::PacketType::Ack:
      message_.topic = header.topic;
      message_.arguments = header.arguments;
      message_.arguments_but_last = header.arguments_but_last;
      if (content != 0) {
        message_.arguments = mix(header.arguments, content);
        if (header.arguments_but_last != 0)
          message_.arguments_but_last = mix(header.arguments_but_last, content);
      }
      message_.ns = header.ns;
      message_.id = header.id;
      message_.ack = type == socketio::PacketType::Ack;
      message_.offset = false;
      message_.keyed = header.keyed;
      message_.name_at = header.name_at;
      message_.name_bytes = header.name_bytes;
      if (!message_.ack && ns != nullptr && direction == Direction::ToClient) {
        ++ns->delivered;
        message_.offset =
            header.ends_in_offset && header.id == kNoId && (ns->pid != 0 || ns->presented_pid != 0);
      } else if (!message_.ack && ns != nullptr && header.id != kNoId) {
        if (ns->first_ack == kNoId) ns->first_ack = header.id;
        ns->last_ack = header.id;
      }
      message_.marked = message_.id != kNoId || message_.ack || message_.offset || message_.keyed;
      break;
  }
  // Written where it stays: to copy what was just stored piece by piece stalls, once a message.
  Fact& fact = out.emplace_back();
  fact.kind = kind;
  fact.direction = direction;
  fact.truncated = truncated;
  fact.at = at;
  fact.session = &session;
  fact.excerpt = excerpt;
  fact.message = &message_;
  if (!crashes) return;
  refusal_ = {.reason = type == socketio::PacketType::Event
                            ? "an EVENT without a payload, so without a name to emit"
                            : "a CONNECT_ERROR without a payload, whose message the client reads"};
  out.push_back({.kind = FactKind::Crashing,
                 .direction = direction,
                 .truncated = truncated,
                 .at = at,
                 .session = &session,
                 .excerpt = excerpt,
                 .refusal = &refusal_});
}

Heard Conversation::packet(const EventView& view, Session& session, Facts& out) {
  const Event& event = view.event;
  if (session.parser == Parser::Unknown && speaks_no_socketio(event.packet))
    return Heard::OtherParser;
  if (session.parser != Parser::Unknown || event.direction == introducer(session) ||
      event.packet.reading == Reading::MsgPack) {
    if (!is_read_so(session, event.packet.reading)) {
      not_read_so(view, session, out);
      return Heard::Understood;
    }
  }
  Receiving& receiving = session.receiving[static_cast<std::size_t>(event.direction)];

  if (event.packet.error != 0) {
    // Parsers 3.x do not throw at an unknown type: they make an ERROR packet of it, which nobody
    // listens to.
    if (session.eio == 3 && speaks_no_socketio(event.packet) &&
        !receiving.reconstructor.is_waiting())
      return Heard::Understood;
    const auto own = static_cast<socketio::PacketErrc>(event.packet.error - 1);
    const socketio::PacketErrc code = receiving.reconstructor.receive_malformed(own);
    const socketio::Causes causes =
        code == own ? socketio::Causes::from_bits(static_cast<std::uint32_t>(event.packet.causes))
                    : socketio::causes_of(code);
    return refuse(session, view, event.packet.truncated, code, causes, out);
  }
  const auto progress = receiving.reconstructor.receive_packet(
      event.packet.attachments, event.packet.placeholders_fit ? socketio::Placeholders::Fit
                                                              : socketio::Placeholders::Illegal);
  if (!progress)
    return refuse(session, view, event.packet.truncated, progress.error(),
                  socketio::causes_of(progress.error()), out);

  if (*progress == socketio::Progress::Pending) {
    receiving.pending = std::make_unique<PendingBinary>(
        PendingBinary{event.packet, 0, event.at, std::string(view.text), event.packet.truncated});
    return Heard::Understood;
  }
  complete(view.text, event.packet, session, out, event.direction, event.at, 0,
           event.packet.truncated);
  return Heard::Understood;
}

Heard Conversation::binary(const Event& event, Session& session, Facts& out) {
  const bool is_packet = event.binary.msgpack_error == 0;
  if (session.parser == Parser::Unknown) {
    if (is_packet) return Heard::Understood;  // The next event says what it is.
    if (event.direction == introducer(session)) return Heard::OtherParser;
  }
  if (session.parser == Parser::MsgPack) {
    if (is_packet) return Heard::Understood;
    const auto error = static_cast<socketio::MsgpackErrc>(event.binary.msgpack_error - 1);
    if (error == socketio::MsgpackErrc::GaveUp) return Heard::GaveUp;
    malformed(session, event, {.excerpt = "(binary)", .reason = socketio::reason_text(error)}, out);
    return Heard::Understood;
  }
  Receiving& receiving = session.receiving[static_cast<std::size_t>(event.direction)];
  const auto progress = receiving.reconstructor.receive_binary();
  if (!progress) {
    // Attachments of a packet that was refused are no second fault.
    if (receiving.malformed && progress.error() == socketio::PacketErrc::BinaryWithoutHeader)
      return Heard::Understood;
    return refuse(session, {event, "(binary)"}, false, progress.error(),
                  socketio::causes_of(progress.error()), out);
  }
  if (receiving.pending == nullptr) return Heard::Understood;
  PendingBinary& pending = *receiving.pending;
  pending.content = mix(pending.content, event.binary.content);
  if (*progress == socketio::Progress::Pending) return Heard::Understood;
  whole_ = std::move(receiving.pending);
  complete(whole_->excerpt, whole_->header, session, out, event.direction, event.at,
           whole_->content, whole_->truncated);
  return Heard::Understood;
}

Heard Conversation::refuse(Session& session, const EventView& view, bool truncated,
                           socketio::PacketErrc code, socketio::Causes causes, Facts& out) {
  Receiving& receiving = session.receiving[static_cast<std::size_t>(view.event.direction)];
  std::string culprit;
  if (receiving.pending != nullptr) culprit = std::move(receiving.pending->excerpt);
  receiving.pending.reset();
  receiving.reconstructor.reset();  // Whoever goes on after this starts afresh; see on_binary().
  malformed(session, view.event,
            {view.text, truncated, socketio::reason_text(code), causes, culprit}, out);
  return Heard::Understood;
}

void Conversation::malformed(Session& session, const Event& event, const Refusal& refusal,
                             Facts& out) {
  session.receiving[static_cast<std::size_t>(event.direction)].malformed = true;
  culprit_.assign(refusal.culprit);
  refusal_ = {refusal.reason, refusal.causes, culprit_};
  out.push_back({.kind = FactKind::Malformed,
                 .direction = event.direction,
                 .truncated = refusal.truncated,
                 .at = event.at,
                 .session = &session,
                 .excerpt = refusal.excerpt,
                 .refusal = &refusal_});
}

/// One parser's packet in a session of the other's. A binary message is told in both readings, and
/// the one that does not hold means nothing; text has one reading only.
void Conversation::not_read_so(const EventView& view, Session& session, Facts& out) {
  if (session.parser != Parser::MsgPack) return;
  const Event& event = view.event;
  const bool truncated =
      event.kind == EventKind::Connect ? event.connect.truncated : event.packet.truncated;
  malformed(session, event,
            {.excerpt = view.text,
             .truncated = truncated,
             .reason = "a text message where packets are msgpack, which is binary"},
            out);
}

void Conversation::websocket_error(const Event& event, Session& session, Facts& out) {
  malformed(
      session, event,
      {.reason = websocket::reason_text(static_cast<websocket::ReadErrc>(event.broken.error))},
      out);
}

void Conversation::engine_error(const EventView& view, Session& session, Facts& out) {
  const Event::Engine& engine = view.event.engine;
  malformed(session, view.event,
            {.excerpt = view.text,
             .truncated = engine.truncated,
             .reason = engineio::reason_text(static_cast<engineio::PacketErrc>(engine.reason))},
            out);
}

}  // namespace core::session
