// Links, the WebSockets among them; sessions, what they send, and their time.
#include "core/server/engine_server.hpp"

#include <algorithm>
#include <utility>

namespace core::server {
namespace {

using client::CloseLink;
using client::EnginePacket;
using client::HttpReader;
using client::SendBytes;
using client::WebSocketEndpoint;
using engineio::PacketType;

/// While an upgrade is under way a waiting poll is freed this often, as engine.io does: at once
/// would make a client that still polls spin.
constexpr Duration kNoopInterval = std::chrono::milliseconds(100);
/// How long a closed polling session waits to tell its client so.
constexpr Duration kFarewell = std::chrono::seconds(30);

}  // namespace

std::string_view name(CloseReason reason) noexcept {
  switch (reason) {
    case CloseReason::ClientClosed:
      return "client closed";
    case CloseReason::ServerClosed:
      return "server closed";
    case CloseReason::PingTimeout:
      return "ping timeout";
    case CloseReason::ParseError:
      return "parse error";
    case CloseReason::TransportError:
      return "transport error";
  }
  return {};
}

EngineServer::EngineServer(EngineOptions options, std::uint64_t seed)
    : options_(std::move(options)), random_(seed) {}

// --- Links ---

void EngineServer::opened(LinkId link) {
  links_.emplace(link, HttpLink{HttpReader(HttpReader::Reads::Requests, options_.payload_bytes_max),
                                {},
                                false,
                                SessionNumber::None,
                                false});
}

void EngineServer::receive(LinkId link, std::string_view bytes, Instant now, EngineOutput& out) {
  const auto found = links_.find(link);
  if (found == links_.end()) return;
  if (auto* http = std::get_if<HttpLink>(&found->second)) {
    http->reader.receive(bytes);
    answer_requests(link, {now, out});
  } else {
    receive_websocket(link, bytes, {now, out});
  }
}

void EngineServer::closed(LinkId link, Instant now, EngineOutput& out) {
  const auto found = links_.find(link);
  if (found == links_.end()) return;
  const auto* websocket = std::get_if<WebSocketLink>(&found->second);
  const SessionNumber number =
      websocket ? websocket->session : std::get<HttpLink>(found->second).polls;
  links_.erase(found);

  const auto session = sessions_.find(number);
  if (session == sessions_.end()) return;
  if (session->second.probe && session->second.probe->link == link)
    session->second.probe.reset();  // The polling session goes on.
  else if (session->second.websocket == link || session->second.poll == link)
    end_session(number, CloseReason::TransportError, "1", {now, out});
}

// --- WebSocket ---

void EngineServer::switch_to_websocket(LinkId link, HttpLink& http, SessionNumber number,
                                       Step step) {
  step.out.actions.push_back(SendBytes{link, encode_switch(http.request)});
  const std::string rest = http.reader.take_rest();
  WebSocketEndpoint endpoint(WebSocketEndpoint::Role::Server, options_.payload_bytes_max, 0);
  Session& session = sessions_.at(number);
  const bool refused =
      session.websocket != LinkId::None || session.probe || session.closing_until.has_value();
  links_.at(link) = WebSocketLink{std::move(endpoint), refused ? SessionNumber::None : number};
  if (refused) return end_websocket(link, step);
  session.probe = Probe{link, step.now + options_.upgrade_timeout, std::nullopt};
  receive_websocket(link, rest, step);
}

void EngineServer::receive_websocket(LinkId link, std::string_view bytes, Step step) {
  auto found = links_.find(link);
  std::vector<Message> messages;
  std::get<WebSocketLink>(found->second).endpoint.receive(bytes, messages);
  for (const Message& message : messages) {
    found = links_.find(link);
    if (found == links_.end()) return;  // A message before this one ended it.
    const SessionNumber number = std::get<WebSocketLink>(found->second).session;
    const auto session = sessions_.find(number);
    if (session == sessions_.end()) return;
    if (session->second.probe && session->second.probe->link == link)
      receive_probe(link, number, message, step);
    else
      receive_packet(number, message, step);
  }
  found = links_.find(link);
  if (found == links_.end()) return;
  auto& websocket = std::get<WebSocketLink>(found->second);
  if (!websocket.endpoint.ended()) return flush_websocket(link, step);

  const auto session = sessions_.find(websocket.session);
  end_websocket(link, step);
  if (session == sessions_.end()) return;
  if (session->second.probe && session->second.probe->link == link)
    session->second.probe.reset();
  else
    end_session(session->first, CloseReason::ClientClosed, "1", step);
}

void EngineServer::receive_probe(LinkId link, SessionNumber number, const Message& message,
                                 Step step) {
  Session& session = sessions_.at(number);
  const auto packet = client::decode_engine(message, session.revision);
  if (packet && packet->type == PacketType::Ping && packet->content.data == "probe") {
    std::get<WebSocketLink>(links_.at(link)).endpoint.send({false, "3probe"});
    session.probe->noop_at = step.now + kNoopInterval;
  } else if (packet && packet->type == PacketType::Upgrade) {
    session.probe.reset();
    session.websocket = link;
    if (session.poll != LinkId::None)
      respond(std::exchange(session.poll, LinkId::None), 200, one_packet("6", session.revision),
              step);
    step.out.happenings.push_back(SessionUpgraded{number});
    flush(number, step);
  } else {
    session.probe.reset();
    end_websocket(link, step);
  }
}

/// Says goodbye on a WebSocket and forgets its link.
void EngineServer::end_websocket(LinkId link, Step step) {
  const auto found = links_.find(link);
  if (found == links_.end()) return;
  std::get<WebSocketLink>(found->second).endpoint.close();
  flush_websocket(link, step);
  step.out.actions.push_back(CloseLink{link});
  links_.erase(found);
}

void EngineServer::flush_websocket(LinkId link, Step step) {
  std::string bytes = std::get<WebSocketLink>(links_.at(link)).endpoint.take_bytes();
  if (!bytes.empty()) step.out.actions.push_back(SendBytes{link, std::move(bytes)});
}

// --- Sessions ---

void EngineServer::receive_packet(SessionNumber number, const Message& message, Step step) {
  const auto session = sessions_.find(number);
  if (session == sessions_.end() || session->second.closing_until) return;
  const Revision revision = session->second.revision;
  auto packet = client::decode_engine(message, revision);
  if (!packet) return end_session(number, CloseReason::ParseError, "1", step);
  session->second.heartbeat.receive_packet(step.now);
  switch (packet->type) {
    case PacketType::Message:
      step.out.happenings.push_back(MessageReceived{number, std::move(packet->content)});
      return;
    case PacketType::Pong:
      session->second.heartbeat.receive_pong(step.now);
      return;
    case PacketType::Close:
      return end_session(number, CloseReason::ClientClosed, "6", step);
    case PacketType::Ping:  // In v4 the server pings; a client that does speaks v3.
      if (revision == Revision::V3)
        return push(number, {PacketType::Pong, std::move(packet->content)}, step);
      return end_session(number, CloseReason::TransportError, "1", step);
    case PacketType::Open:
    case PacketType::Upgrade:
    case PacketType::Noop:
      return;
  }
}

void EngineServer::send(SessionNumber session, const Message& message, Instant now,
                        EngineOutput& out) {
  push(session, {PacketType::Message, message}, {now, out});
}

void EngineServer::push(SessionNumber number, EnginePacket packet, Step step) {
  const auto session = sessions_.find(number);
  if (session == sessions_.end() || session->second.closing_until) return;
  session->second.outbox.push_back(std::move(packet));
  flush(number, step);
}

void EngineServer::flush(SessionNumber number, Step step) {
  Session& session = sessions_.at(number);
  if (session.outbox.empty()) return;
  if (session.websocket != LinkId::None) {
    auto& websocket = std::get<WebSocketLink>(links_.at(session.websocket));
    for (const EnginePacket& packet : std::exchange(session.outbox, {}))
      websocket.endpoint.send(client::encode_engine_message(packet, session.revision));
    return flush_websocket(session.websocket, step);
  }
  if (session.poll == LinkId::None) return;
  const LinkId poll = std::exchange(session.poll, LinkId::None);
  const Payload payload = take_outbox(session, std::get<HttpLink>(links_.at(poll)));
  if (session.closing_until) sessions_.erase(number);
  respond(poll, 200, payload, step);
}

void EngineServer::close(SessionNumber number, CloseReason reason, Instant now, EngineOutput& out) {
  const auto session = sessions_.find(number);
  if (session == sessions_.end() || session->second.closing_until) return;
  if (session->second.websocket != LinkId::None || session->second.poll != LinkId::None)
    return end_session(number, reason, "1", {now, out});
  // Polling, and no poll waits: the client hears of it when it comes back.
  session->second.outbox.push_back({PacketType::Close, {}});
  session->second.closing_until = now + kFarewell;
  out.happenings.push_back(SessionClosed{number, reason});
}

/// Ends a session now. `last_poll` answers a waiting poll: `1`, or `6` when the client asked for
/// the end.
void EngineServer::end_session(SessionNumber number, CloseReason reason, std::string_view last_poll,
                               Step step) {
  auto node = sessions_.extract(number);
  if (node.empty()) return;
  const Session& session = node.mapped();
  if (!session.closing_until) step.out.happenings.push_back(SessionClosed{number, reason});
  if (session.poll != LinkId::None)
    respond(session.poll, 200, one_packet(last_poll, session.revision), step);
  if (session.probe) end_websocket(session.probe->link, step);
  if (session.websocket != LinkId::None) end_websocket(session.websocket, step);
}

std::string_view EngineServer::transport(SessionNumber number) const noexcept {
  const auto session = sessions_.find(number);
  if (session == sessions_.end()) return {};
  return session->second.websocket == LinkId::None ? "polling" : "websocket";
}

LinkId EngineServer::link_of(SessionNumber number) const noexcept {
  const auto session = sessions_.find(number);
  if (session == sessions_.end()) return LinkId::None;
  return session->second.websocket == LinkId::None ? session->second.poll
                                                   : session->second.websocket;
}

// --- Time ---

std::optional<Instant> EngineServer::deadline_of(const Session& session) noexcept {
  if (session.closing_until) return session.closing_until;
  Instant first = session.heartbeat.deadline();
  if (session.probe) first = std::min(first, session.probe->until);
  if (session.probe && session.probe->noop_at) first = std::min(first, *session.probe->noop_at);
  return first;
}

std::optional<Instant> EngineServer::deadline() const noexcept {
  std::optional<Instant> first;
  for (const auto& [number, session] : sessions_)
    if (const auto due = deadline_of(session); due && (!first || *due < *first)) first = due;
  return first;
}

void EngineServer::advance(Instant now, EngineOutput& out) {
  std::vector<SessionNumber> due;
  for (const auto& [number, session] : sessions_)
    if (deadline_of(session) <= now) due.push_back(number);

  const Step step{now, out};
  for (const SessionNumber number : due) {
    const auto found = sessions_.find(number);
    if (found == sessions_.end()) continue;
    Session& session = found->second;
    if (session.closing_until) {
      if (*session.closing_until <= now) sessions_.erase(found);
      continue;
    }
    if (session.probe && session.probe->until <= now) {
      const LinkId link = session.probe->link;
      session.probe.reset();
      end_websocket(link, step);
    }
    if (session.probe && session.probe->noop_at && *session.probe->noop_at <= now) {
      session.probe->noop_at = now + kNoopInterval;
      if (session.poll != LinkId::None)
        respond(std::exchange(session.poll, LinkId::None), 200, one_packet("6", session.revision),
                step);
    }
    switch (session.heartbeat.advance(now)) {
      case Heartbeat::Due::Nothing:
        break;
      case Heartbeat::Due::Ping:
        push(number, {PacketType::Ping, {}}, step);
        break;
      case Heartbeat::Due::TimedOut:
        end_session(number, CloseReason::PingTimeout, "1", step);
        break;
    }
  }
}

}  // namespace core::server
