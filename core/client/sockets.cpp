#include "core/client/sockets.hpp"

#include <utility>

#include "core/json/json.hpp"

namespace core::client {

using socketio::PacketType;

Sockets::Sockets(std::vector<Namespace> namespaces) {
  for (Namespace& wanted : namespaces)
    sockets_.emplace(std::move(wanted.ns), Socket{std::move(wanted.auth), {}, 0, {}});
}

std::vector<Message> Sockets::engine_opened() {
  reader_ = {};
  std::vector<Message> messages;
  for (const auto& [ns, socket] : sockets_)
    for (Message& message : encode({PacketType::Connect, ns, {}, socket.auth, {}}))
      messages.push_back(std::move(message));
  return messages;
}

tl::expected<void, socketio::PacketErrc> Sockets::receive(Message message,
                                                          std::vector<SocketHappening>& told) {
  auto read = reader_.receive(std::move(message));
  if (!read) return tl::unexpected(read.error());
  if (!*read) return {};
  Packet& packet = **read;
  const Entry found = sockets_.find(packet.ns);
  if (found == sockets_.end()) return {};  // As the official clients do: not ours to judge.
  Socket& socket = found->second;

  switch (packet.type) {
    case PacketType::Connect: {
      const auto sid = packet.data.empty() ? std::nullopt : json::find_member(packet.data, "sid");
      if (!socket.sid.empty() || !sid || sid->kind != json::Kind::String) break;
      json::unescape(sid->raw, socket.sid);
      if (!socket.sid.empty()) told.push_back(Connected{packet.ns, socket.sid});
      break;
    }
    case PacketType::ConnectError:
      lose(packet.ns, socket, "connect error", told);
      sockets_.erase(found);
      told.push_back(ConnectError{packet.ns, std::move(packet.data)});
      break;
    case PacketType::Disconnect:
      lose(packet.ns, socket, "io server disconnect", told);
      sockets_.erase(found);
      break;
    case PacketType::Event: {
      if (socket.sid.empty()) break;  // Before the server's CONNECT nothing is for us.
      EventParts parts = event_parts(packet.data);
      told.push_back(Received{packet.ns, std::move(parts.name), std::move(parts.arguments),
                              std::move(packet.attachments), packet.id});
      break;
    }
    case PacketType::Ack:
      if (packet.id && socket.waiting.erase(*packet.id) > 0)  // Unasked, or a second time: ignored.
        told.push_back(Acknowledged{packet.ns, *packet.id, array_inside(packet.data),
                                    std::move(packet.attachments)});
      break;
    case PacketType::BinaryEvent:
    case PacketType::BinaryAck:
      break;  // PacketReader has made plain ones of them.
  }
  return {};
}

void Sockets::engine_lost(std::string_view reason, std::vector<SocketHappening>& told) {
  for (auto& [ns, socket] : sockets_) lose(ns, socket, reason, told);
  reader_ = {};
}

void Sockets::lose(const std::string& ns, Socket& socket, std::string_view reason,
                   std::vector<SocketHappening>& told) {
  for (const std::uint64_t id : std::exchange(socket.waiting, {}))
    told.push_back(AckFailed{ns, id});
  if (!std::exchange(socket.sid, {}).empty()) told.push_back(Disconnected{ns, reason});
}

tl::expected<Sockets::Emission, EmitErrc> Sockets::emit(const std::string& ns,
                                                        std::string_view name,
                                                        std::string_view arguments, Ask ask,
                                                        std::vector<std::string> attachments) {
  if (!connected(ns)) return tl::unexpected(EmitErrc::NotConnected);
  Socket& socket = sockets_.at(ns);
  std::optional<std::uint64_t> id;
  if (ask == Ask::Ack) {
    id = socket.next_ack++;
    socket.waiting.insert(*id);
  }
  return Emission{
      encode({PacketType::Event, ns, id, event_data(name, arguments), std::move(attachments)}), id};
}

std::vector<Message> Sockets::acknowledge(const std::string& ns, std::uint64_t id,
                                          std::string_view arguments,
                                          std::vector<std::string> attachments) const {
  if (!connected(ns)) return {};
  return encode(
      {PacketType::Ack, ns, id, '[' + std::string(arguments) + ']', std::move(attachments)});
}

bool Sockets::connected(const std::string& ns) const noexcept {
  const auto found = sockets_.find(ns);
  return found != sockets_.end() && !found->second.sid.empty();
}

}  // namespace core::client
