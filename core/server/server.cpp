#include "core/server/server.hpp"

#include <algorithm>

namespace core::server {
namespace {

using client::Packet;
using socketio::PacketType;

template <class... Cases>
struct Match : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Match(Cases...) -> Match<Cases...>;  // clang 16 does not deduce it by itself.

}  // namespace

Server::Server(Options options, std::uint64_t seed)
    : options_(std::move(options)), engine_(options_.engine, seed), random_(seed + 1) {}

void Server::receive(LinkId link, std::string_view bytes, Instant now, Output& out) {
  EngineOutput engine;
  engine_.receive(link, bytes, now, engine);
  route(engine, now, out);
}

void Server::closed(LinkId link, Instant now, Output& out) {
  EngineOutput engine;
  engine_.closed(link, now, engine);
  route(engine, now, out);
}

std::optional<Instant> Server::deadline() const noexcept {
  std::optional<Instant> first = engine_.deadline();
  for (const auto& [number, session] : sessions_)
    if (session.connect_by && (!first || *session.connect_by < *first)) first = session.connect_by;
  return first;
}

void Server::advance(Instant now, Output& out) {
  EngineOutput engine;
  engine_.advance(now, engine);
  route(engine, now, out);

  std::vector<SessionNumber> late;
  for (const auto& [number, session] : sessions_)
    if (session.connect_by && *session.connect_by <= now) late.push_back(number);
  for (const SessionNumber number : late) close(number, now, out);
}

/// Hands on what the engine did. Its bytes go out first: they are older than any answer.
void Server::route(EngineOutput& engine, Instant now, Output& out) {
  out.actions.insert(out.actions.end(), std::make_move_iterator(engine.actions.begin()),
                     std::make_move_iterator(engine.actions.end()));
  for (EngineHappening& happening : engine.happenings) {
    std::visit(Match{
                   [&](const SessionOpened& opened) { open(opened, now, out); },
                   [&](MessageReceived& received) {
                     receive_message(received.session, std::move(received.message), now, out);
                   },
                   [&](SessionUpgraded& upgraded) { out.happenings.push_back(upgraded); },
                   [&](SessionClosed& closed) {
                     leave(closed.session, name(closed.reason), out);
                     out.happenings.push_back(closed);
                   },
               },
               happening);
  }
}

void Server::open(const SessionOpened& opened, Instant now, Output& out) {
  const client::Format format{options_.parser, opened.revision};
  const auto session = sessions_.emplace(opened.session, Session{opened.sid,
                                                                 opened.revision,
                                                                 client::PacketReader(format),
                                                                 {},
                                                                 now + options_.connect_timeout});
  out.happenings.push_back(opened);
  if (opened.revision == Revision::V3)  // There `/` is joined unasked.
    connect(opened.session, session.first->second, {PacketType::Connect}, now, out);
}

void Server::receive_message(SessionNumber number, Message message, Instant now, Output& out) {
  const auto session = sessions_.find(number);
  if (session == sessions_.end()) return;
  auto packet = session->second.reader.receive(std::move(message));
  if (!packet) return fail(number, now, out);
  if (*packet) receive_packet(number, session->second, std::move(**packet), now, out);
}

void Server::receive_packet(SessionNumber number, Session& session, Packet packet, Instant now,
                            Output& out) {
  if (packet.type == PacketType::Connect) return connect(number, session, packet, now, out);
  const auto socket = session.sockets.find(packet.ns);
  if (socket == session.sockets.end()) return fail(number, now, out);  // Not connected there.
  switch (packet.type) {
    case PacketType::Event: {
      client::EventParts parts = client::event_parts(packet.data);
      out.happenings.push_back(Received{{number, packet.ns},
                                        std::move(parts.name),
                                        std::move(parts.arguments),
                                        std::move(packet.attachments),
                                        packet.id});
      return;
    }
    case PacketType::Ack:
      if (packet.id)
        out.happenings.push_back(
            Acknowledged{{number, packet.ns}, *packet.id, client::array_inside(packet.data)});
      return;
    case PacketType::Disconnect:
      session.sockets.erase(socket);
      out.happenings.push_back(Disconnected{{number, packet.ns}, "client namespace disconnect"});
      return;
    case PacketType::Connect:
    case PacketType::ConnectError:  // Only servers send it.
    case PacketType::BinaryEvent:
    case PacketType::BinaryAck:
      return fail(number, now, out);
  }
}

void Server::connect(SessionNumber number, Session& session, const Packet& packet, Instant now,
                     Output& out) {
  const bool old = session.revision == Revision::V3;
  // There a CONNECT may carry a query: `/chat?token=x`.
  const std::string ns = old ? packet.ns.substr(0, packet.ns.find('?')) : packet.ns;
  const auto& known = options_.namespaces;
  if (std::find(known.begin(), known.end(), ns) == known.end()) {
    const std::string why = old ? R"("Invalid namespace")" : R"({"message":"Invalid namespace"})";
    return send(number, {PacketType::ConnectError, ns, {}, why, {}}, now, out);
  }
  if (session.sockets.contains(ns)) {
    if (old && ns == "/") return;
    return fail(number, now, out);
  }
  const std::string sid = make_sid(session, ns);
  session.connect_by.reset();
  session.sockets.emplace(ns, sid);
  send(number, {PacketType::Connect, ns, {}, old ? std::string() : "{\"sid\":\"" + sid + "\"}", {}},
       now, out);
  out.happenings.push_back(Connected{{number, ns}, sid, packet.data});
}

std::string Server::make_sid(const Session& session, const std::string& ns) {
  if (session.revision == Revision::V3)
    return ns == "/" ? session.engine_sid : ns + '#' + session.engine_sid;
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string sid;
  for (int i = 0; i < 20; ++i) sid += kAlphabet[random_() & 63U];
  return sid;
}

/// The client broke the protocol: its session ends, as socket.io does it.
void Server::fail(SessionNumber number, Instant now, Output& out) {
  EngineOutput engine;
  engine_.close(number, CloseReason::ParseError, now, engine);
  route(engine, now, out);
}

void Server::leave(SessionNumber number, std::string_view reason, Output& out) {
  const auto node = sessions_.extract(number);
  if (node.empty()) return;
  for (const auto& [ns, sid] : node.mapped().sockets)
    out.happenings.push_back(Disconnected{{number, ns}, reason});
}

void Server::send(SessionNumber number, const Packet& packet, Instant now, Output& out) {
  EngineOutput engine;
  for (const Message& message : client::encode(packet, options_.parser))
    engine_.send(number, message, now, engine);
  route(engine, now, out);
}

bool Server::has(const Socket& socket) const noexcept {
  const auto session = sessions_.find(socket.session);
  return session != sessions_.end() && session->second.sockets.contains(socket.ns);
}

void Server::emit(const Socket& socket, std::string_view name, std::string_view arguments,
                  Instant now, Output& out, std::vector<std::string> attachments) {
  if (!has(socket)) return;
  send(socket.session,
       {PacketType::Event,
        socket.ns,
        {},
        client::event_data(name, arguments),
        std::move(attachments)},
       now, out);
}

void Server::acknowledge(const Socket& socket, std::uint64_t id, std::string_view arguments,
                         Instant now, Output& out, std::vector<std::string> attachments) {
  if (!has(socket)) return;
  send(socket.session,
       {PacketType::Ack, socket.ns, id, '[' + std::string(arguments) + ']', std::move(attachments)},
       now, out);
}

void Server::broadcast(const std::string& ns, std::string_view name, std::string_view arguments,
                       Instant now, Output& out) {
  const Packet packet{PacketType::Event, ns, {}, client::event_data(name, arguments), {}};
  for (const SessionInfo& info : sessions())
    if (info.sockets.contains(ns)) send(info.session, packet, now, out);
}

void Server::broadcast_raw(const std::string& ns, std::string_view text, Instant now, Output& out) {
  for (const SessionInfo& info : sessions())
    if (info.sockets.contains(ns)) send_raw(info.session, {false, std::string(text)}, now, out);
}

void Server::send_raw(SessionNumber session, const client::Message& message, Instant now,
                      Output& out) {
  EngineOutput engine;
  engine_.send(session, message, now, engine);
  route(engine, now, out);
}

void Server::disconnect(const Socket& socket, Instant now, Output& out) {
  if (!has(socket)) return;
  send(socket.session, {PacketType::Disconnect, socket.ns, {}, {}, {}}, now, out);
  sessions_.at(socket.session).sockets.erase(socket.ns);
  out.happenings.push_back(Disconnected{socket, "server namespace disconnect"});
}

void Server::close(SessionNumber session, Instant now, Output& out) {
  EngineOutput engine;
  engine_.close(session, CloseReason::ServerClosed, now, engine);
  route(engine, now, out);
}

std::vector<Server::SessionInfo> Server::sessions() const {
  std::vector<SessionInfo> infos;
  for (const auto& [number, session] : sessions_)
    infos.push_back({number, session.engine_sid, engine_.transport(number), session.sockets,
                     engine_.link_of(number)});
  return infos;
}

}  // namespace core::server
