#include "core/client/sockets.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/json/json.hpp"

namespace core::client {

using socketio::PacketType;

namespace {

/// The text of a member, or empty.
std::string text_member(std::string_view object, std::string_view key) {
  std::string text;
  if (object.empty()) return text;
  const auto value = json::find_member(object, key);
  if (value && value->kind == json::Kind::String) json::unescape(value->raw, text);
  return text;
}

/// What a server of Socket.IO 2 does to a client of the next revision.
constexpr std::string_view kOlderServer =
    R"({"message":"the server answered CONNECT as Socket.IO 2 does: it wants Engine.IO 3"})";

}  // namespace

Sockets::Sockets(std::vector<Namespace> namespaces, Format format, OfflineOptions offline)
    : format_(format), offline_(offline), reader_(format) {
  std::vector<Message> none;
  for (Namespace& wanted : namespaces) join(std::move(wanted), none);
}

// --- Namespaces ---

void Sockets::engine_opened(std::string_view engine_sid, std::vector<Message>& out) {
  engine_sid_ = engine_sid;
  for (const auto& [ns, socket] : sockets_)
    if (socket.standing == Standing::Wanted) send_connect(ns, socket, out);
}

void Sockets::send_connect(const std::string& ns, const Socket& socket,
                           std::vector<Message>& out) const {
  if (format_.revision == Revision::V4)
    return encode({PacketType::Connect, ns, {}, socket.recovery.connect_data(socket.auth), {}},
                  format_.parser, out);
  if (ns == "/") return;  // Joined unasked.
  const std::string name = socket.query.empty() ? ns : ns + '?' + socket.query;
  encode({PacketType::Connect, name, {}, {}, {}}, format_.parser, out);
}

void Sockets::send_disconnect(const std::string& ns, const Socket& socket,
                              std::vector<Message>& out) const {
  if (!socket.sid.empty()) encode({PacketType::Disconnect, ns, {}, {}, {}}, format_.parser, out);
}

void Sockets::join(Namespace wanted, std::vector<Message>& out) {
  const Entry entry = sockets_.try_emplace(std::move(wanted.ns)).first;
  Socket& socket = entry->second;
  socket.auth = std::move(wanted.auth);
  socket.query = std::move(wanted.query);
  const bool fresh = std::exchange(socket.standing, Standing::Wanted) != Standing::Wanted;
  if (fresh && !engine_sid_.empty()) send_connect(entry->first, socket, out);
}

void Sockets::want_again() {
  for (auto& [ns, socket] : sockets_)
    if (socket.standing == Standing::EndedByServer) socket.standing = Standing::Wanted;
}

bool Sockets::wanted() const noexcept {
  return std::any_of(sockets_.begin(), sockets_.end(),
                     [](const auto& entry) { return entry.second.standing == Standing::Wanted; });
}

void Sockets::leave(const std::string& ns, std::vector<Message>& out, SocketHappenings& told) {
  const Entry entry = sockets_.find(ns);
  if (entry == sockets_.end()) return;
  send_disconnect(ns, entry->second, out);
  end(entry, Standing::Left, "the namespace was left", "io client disconnect", told);
}

void Sockets::end(Entry entry, Standing standing, std::string_view dropped, std::string_view reason,
                  SocketHappenings& told) {
  auto& [ns, socket] = *entry;
  drop_buffered(ns, socket, dropped, told);
  lose(ns, socket, reason, told);
  socket.recovery.forget();  // The server keeps nothing of whom it sent away, or who left.
  socket.standing = standing;
}

void Sockets::leave_all(std::vector<Message>& out, SocketHappenings& told) {
  for (auto& [ns, socket] : sockets_) {
    send_disconnect(ns, socket, out);
    drop_buffered(ns, socket, "the client was disconnected", told);
    lose(ns, socket, "io client disconnect", told);
    socket.recovery.forget();
  }
}

void Sockets::engine_lost(std::string_view reason, SocketHappenings& told) {
  for (auto& [ns, socket] : sockets_) lose(ns, socket, reason, told);
  reader_.reset();
  engine_sid_.clear();
}

void Sockets::lose(const std::string& ns, Socket& socket, std::string_view reason,
                   SocketHappenings& told) {
  for (const std::uint64_t id : socket.waiting.ids()) {
    if (outbox_.holds(ns, id)) continue;  // Not sent yet: it may still be answered.
    socket.waiting.settle(id);
    told.push_back(AckFailed{ns, id, AckFailure::Disconnected});
  }
  socket.owed.forgive();
  socket.early.clear();
  if (!std::exchange(socket.sid, {}).empty()) told.push_back(Disconnected{ns, reason});
}

void Sockets::drop_buffered(const std::string& ns, Socket& socket, std::string_view reason,
                            SocketHappenings& told) {
  for (const Outbox::Waiting& it : outbox_.take(ns)) {
    told.push_back(EmissionDropped{it.number, reason});
    if (it.packet.id && socket.waiting.settle(*it.packet.id))
      told.push_back(AckFailed{ns, *it.packet.id, AckFailure::NotSent});
  }
}

bool Sockets::connected(const std::string& ns) const noexcept {
  const auto found = sockets_.find(ns);
  return found != sockets_.end() && !found->second.sid.empty();
}

// --- What comes in ---

tl::expected<void, std::string_view> Sockets::receive(Message message, std::vector<Message>& out,
                                                      SocketHappenings& told) {
  auto read = reader_.receive(std::move(message));
  if (!read) return tl::unexpected(read.error());
  if (!*read) return {};
  Packet& packet = **read;
  const Entry entry = sockets_.find(packet.ns);
  if (entry == sockets_.end() || entry->second.standing != Standing::Wanted)
    return {};  // As the official clients do: not ours to judge.
  Socket& socket = entry->second;

  switch (packet.type) {
    case PacketType::Connect:
      receive_connect(entry, packet, out, told);
      break;
    case PacketType::ConnectError:
      receive_error(entry, std::move(packet), told);
      break;
    case PacketType::Disconnect:
      end(entry, Standing::EndedByServer, "the server ended the namespace", "io server disconnect",
          told);
      break;
    case PacketType::Event:
      if (!socket.sid.empty()) {
        deliver(socket, std::move(packet), told);
      } else {
        if (socket.early.size() == format_.limits.early_events_max)
          return tl::unexpected(std::string_view("too many events before CONNECT"));
        socket.early.push_back(std::move(packet));  // A recovered session's come first.
      }
      break;
    case PacketType::Ack:
      if (packet.id && socket.waiting.settle(*packet.id))  // Unasked, late or twice: ignored.
        told.push_back(Acknowledged{packet.ns, *packet.id, array_inside(packet.data),
                                    std::move(packet.attachments)});
      break;
    case PacketType::BinaryEvent:
    case PacketType::BinaryAck:
      break;  // PacketReader has made plain ones of them.
  }
  return {};
}

void Sockets::receive_connect(Entry entry, const Packet& packet, std::vector<Message>& out,
                              SocketHappenings& told) {
  if (!entry->second.sid.empty()) return;
  if (format_.revision == Revision::V3)  // There the socket is named after the engine.
    return connected(entry, packet.ns == "/" ? engine_sid_ : packet.ns + '#' + engine_sid_, false,
                     out, told);
  std::string sid = text_member(packet.data, "sid");
  if (sid.empty())
    return receive_error(
        entry, {PacketType::ConnectError, packet.ns, {}, std::string(kOlderServer), {}}, told);
  const bool recovered = entry->second.recovery.connected(text_member(packet.data, "pid"));
  connected(entry, std::move(sid), recovered, out, told);
}

void Sockets::connected(Entry entry, std::string sid, bool recovered, std::vector<Message>& out,
                        SocketHappenings& told) {
  const auto& [ns, unused] = *entry;
  Socket& socket = entry->second;
  socket.sid = std::move(sid);
  told.push_back(Connected{ns, socket.sid, recovered});
  for (Packet& event : std::exchange(socket.early, {})) deliver(socket, std::move(event), told);
  for (Outbox::Waiting& it : outbox_.take(ns)) {
    auto messages = encode(it.packet, format_.parser);
    if (fits(messages)) {
      std::move(messages.begin(), messages.end(), std::back_inserter(out));
      told.push_back(EmissionSent{it.number});
      continue;
    }
    told.push_back(EmissionDropped{it.number, "larger than the server takes"});
    if (it.packet.id && socket.waiting.settle(*it.packet.id))
      told.push_back(AckFailed{ns, *it.packet.id, AckFailure::NotSent});
  }
}

void Sockets::receive_error(Entry entry, Packet packet, SocketHappenings& told) {
  Socket& socket = entry->second;
  if (format_.revision == Revision::V3 && !socket.sid.empty()) {
    // There it is what middleware says of one event, and nothing ends.
    told.push_back(Received{packet.ns, "error", std::move(packet.data), {}, {}});
    return;
  }
  told.push_back(ConnectError{packet.ns, std::move(packet.data)});
  end(entry, Standing::EndedByServer, "the server refused the namespace", "connect error", told);
}

void Sockets::deliver(Socket& socket, Packet packet, SocketHappenings& told) {
  socket.recovery.received(packet);
  if (packet.id) socket.owed.owe(*packet.id, format_.limits.owed_acks_max);
  EventParts parts = event_parts(packet.data);
  told.push_back(Received{std::move(packet.ns), std::move(parts.name), std::move(parts.arguments),
                          std::move(packet.attachments), packet.id});
}

// --- Time ---

std::optional<Instant> Sockets::deadline() const noexcept {
  std::optional<Instant> first;
  for (const auto& [ns, socket] : sockets_)
    if (const auto due = socket.waiting.deadline(); due && (!first || *due < *first)) first = due;
  return first;
}

void Sockets::advance(Instant now, SocketHappenings& told) {
  for (auto& [ns, socket] : sockets_) {
    for (const std::uint64_t id : socket.waiting.expire(now)) {
      for (const Outbox::Waiting& it : outbox_.take(ns, id))
        told.push_back(EmissionDropped{it.number, "its acknowledgement timed out"});
      told.push_back(AckFailed{ns, id, AckFailure::TimedOut});
    }
  }
}

}  // namespace core::client
