#include "core/session/conversation.hpp"

#include <xxhash.h>

#include <utility>

#include "core/engineio/packet.hpp"
#include "core/limits.hpp"
#include "core/socketio/packet.hpp"

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

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t both[2] = {a, b};
  return XXH3_64bits(both, sizeof both);
}

}  // namespace

void Conversation::connect(EventView view, Session& session, Facts& out) {
  const Event& event = view.event;
  const auto received =
      session.receiving[static_cast<std::size_t>(event.direction)].reconstructor.receive_packet(
          0, socketio::Placeholders::Fit);
  if (!received) {
    static_cast<void>(refuse(session, view, event.connect.truncated, received.error(), out));
    return;
  }

  Namespace* ns = session.find_namespace(event.connect.ns);
  if (ns == nullptr && session.namespaces.size() < limits::kNamespacesMax) {
    ns = &session.namespaces.emplace_back();
    ns->hash = event.connect.ns;
    ns->name = namespace_of(view.text);
  }
  const bool asks = event.direction == Direction::ToServer;
  if (asks) {
    session.client_spoke = true;
    if (session.connecting == Instant{}) {
      session.connecting = event.at;
      session.auth = event.connect.auth;
      if (event.connect.client_key != 0) session.client_key = event.connect.client_key;
    }
  } else if (ns != nullptr && event.connect.sid_bytes != 0) {
    ns->connected = true;
    ns->left = false;
    ns->pid = event.connect.pid;
    ns->socket_sid = view.text.substr(event.connect.sid_at, event.connect.sid_bytes);
  }
  out.push_back({.kind = asks ? FactKind::Connecting : FactKind::Connected,
                 .direction = event.direction,
                 .at = event.at,
                 .session = &session,
                 .excerpt = view.text,
                 .truncated = event.connect.truncated,
                 .connect = &event.connect});
}

Heard Conversation::packet(EventView view, Session& session, Facts& out) {
  const Event& event = view.event;
  if (!session.client_spoke && speaks_no_socketio(event.packet)) return Heard::OtherParser;
  Receiving& receiving = session.receiving[static_cast<std::size_t>(event.direction)];
  if (event.direction == Direction::ToServer) session.client_spoke = true;

  if (event.packet.error != 0)
    return refuse(session, view, event.packet.truncated,
                  receiving.reconstructor.receive_malformed(
                      static_cast<socketio::PacketErrc>(event.packet.error - 1)),
                  out);
  const auto progress = receiving.reconstructor.receive_packet(
      event.packet.attachments, event.packet.placeholders_fit ? socketio::Placeholders::Fit
                                                              : socketio::Placeholders::Illegal);
  if (!progress) return refuse(session, view, event.packet.truncated, progress.error(), out);

  if (*progress == socketio::Progress::Pending) {
    receiving.pending = std::make_unique<PendingBinary>(
        PendingBinary{event.packet, 0, event.at, std::string(view.text), event.packet.truncated});
    return Heard::Understood;
  }
  complete(session, event.direction, event.at, event.packet, 0, view.text, event.packet.truncated,
           out);
  return Heard::Understood;
}

Heard Conversation::binary(const Event& event, Session& session, Facts& out) {
  if (event.direction == Direction::ToServer && !session.client_spoke) return Heard::OtherParser;
  Receiving& receiving = session.receiving[static_cast<std::size_t>(event.direction)];
  const auto progress = receiving.reconstructor.receive_binary();
  if (!progress) {
    // Attachments of a packet that was refused are no second fault.
    if (receiving.malformed && progress.error() == socketio::PacketErrc::BinaryWithoutHeader)
      return Heard::Understood;
    return refuse(session, {event, "(binary)"}, false, progress.error(), out);
  }
  if (receiving.pending == nullptr) return Heard::Understood;
  PendingBinary& pending = *receiving.pending;
  pending.content = mix(pending.content, event.binary.content);
  if (*progress == socketio::Progress::Pending) return Heard::Understood;
  whole_ = std::move(receiving.pending);
  complete(session, event.direction, event.at, whole_->header, whole_->content, whole_->excerpt,
           whole_->truncated, out);
  return Heard::Understood;
}

void Conversation::complete(Session& session, Direction direction, Instant at,
                            const Event::Packet& header, std::uint64_t content,
                            std::string_view excerpt, bool truncated, Facts& out) {
  const auto type = socketio::plain(static_cast<socketio::PacketType>(header.type));
  // Written where it stays: to copy what was just stored piece by piece stalls, once a message.
  Fact& fact = out.emplace_back();
  fact.kind = FactKind::Message;
  fact.direction = direction;
  fact.at = at;
  fact.session = &session;
  fact.excerpt = excerpt;
  fact.truncated = truncated;
  switch (type) {
    case socketio::PacketType::Connect:
    case socketio::PacketType::BinaryEvent:
    case socketio::PacketType::BinaryAck:
      out.pop_back();
      return;
    case socketio::PacketType::Disconnect:
    case socketio::PacketType::ConnectError:
      if (Namespace* const ns = session.find_namespace(header.ns)) {
        ns->connected = false;
        ns->left = true;
      }
      fact.kind =
          type == socketio::PacketType::Disconnect ? FactKind::Disconnecting : FactKind::Refused;
      break;
    case socketio::PacketType::Event:
      if (direction == Direction::ToServer && header.id != kNoId) {
        if (Namespace* const ns = session.find_namespace(header.ns)) {
          if (ns->first_ack == kNoId) ns->first_ack = header.id;
          ns->last_ack = header.id;
        }
      }
      [[fallthrough]];
    case socketio::PacketType::Ack:
      fact.message.topic = header.topic;
      fact.message.arguments = header.arguments;
      fact.message.arguments_but_last = header.arguments_but_last;
      if (content != 0) {
        fact.message.arguments = mix(header.arguments, content);
        if (header.arguments_but_last != 0)
          fact.message.arguments_but_last = mix(header.arguments_but_last, content);
      }
      fact.message.ns = header.ns;
      fact.message.id = header.id;
      fact.message.ack = type == socketio::PacketType::Ack;
      fact.message.name_at = header.name_at;
      fact.message.name_bytes = header.name_bytes;
      break;
  }
}

Heard Conversation::refuse(Session& session, EventView view, bool truncated,
                           socketio::PacketErrc code, Facts& out) {
  Receiving& receiving = session.receiving[static_cast<std::size_t>(view.event.direction)];
  std::string culprit;
  if (receiving.pending != nullptr) culprit = std::move(receiving.pending->excerpt);
  receiving.pending.reset();
  receiving.reconstructor.reset();  // Whoever goes on after this starts afresh; see on_binary().
  malformed(session, view.event, view.text, truncated, socketio::reason_text(code), culprit, out);
  return Heard::Understood;
}

void Conversation::malformed(Session& session, const Event& event, std::string_view excerpt,
                             bool truncated, std::string_view reason, std::string_view culprit,
                             Facts& out) {
  session.receiving[static_cast<std::size_t>(event.direction)].malformed = true;
  if (!culprit.empty()) {
    culprit_.assign(culprit);
    culprit = culprit_;
  }
  out.push_back({.kind = FactKind::Malformed,
                 .direction = event.direction,
                 .at = event.at,
                 .session = &session,
                 .excerpt = excerpt,
                 .truncated = truncated,
                 .reason = reason,
                 .culprit = culprit});
}

void Conversation::engine_error(EventView view, Session& session, Facts& out) {
  const Event::Engine& engine = view.event.engine;
  malformed(session, view.event, view.text, engine.truncated,
            engineio::reason_text(static_cast<engineio::PacketErrc>(engine.reason)), {}, out);
}

}  // namespace core::session
