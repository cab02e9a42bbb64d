#include "core/client/engine.hpp"

#include <algorithm>
#include <utility>

#include "core/engineio/handshake.hpp"

namespace core::client {

using engineio::PacketType;

std::string_view name(CloseReason reason) noexcept {
  switch (reason) {
    case CloseReason::ClientDisconnect:
      return "io client disconnect";
    case CloseReason::ServerClosed:
      return "transport close";
    case CloseReason::PingTimeout:
      return "ping timeout";
    case CloseReason::ParseError:
      return "parse error";
    case CloseReason::TransportError:
      return "transport error";
    case CloseReason::ConnectTimeout:
      return "timeout";
  }
  return {};
}

Engine::Engine(const EngineOptions& options, LinkNumbers& numbers, std::uint64_t seed, Instant now,
               Actions& out)
    : options_(options),
      numbers_(numbers),
      seed_(seed),
      give_up_at_(now + options.connect_timeout),
      requests_(options.target, options.revision, options.cookies) {
  if (options.transports == Transports::WebSocket) {
    websocket_.emplace(requests_, options.limits, numbers.next(), seed, out);
  } else {
    polling_.emplace(requests_, options.revision, options.limits, numbers);
    polling_->start(out);
  }
}

std::string_view Engine::transport() const noexcept { return websocket_ ? "websocket" : "polling"; }

/// Engine.IO counts the type, and bytes on polling as the base64 they travel as.
Room Engine::room() const noexcept {
  if (!payload_bytes_max_ || *payload_bytes_max_ == 0) return {};
  const std::uint64_t most = *payload_bytes_max_;
  return {most - 1, websocket_ ? most : (most - 1) / 4 * 3};
}

bool Engine::owns(LinkId link) const noexcept {
  if (state_ == State::Closed) return false;
  return (polling_ && polling_->owns(link)) || (websocket_ && websocket_->link() == link) ||
         (upgrade_ && upgrade_->link() == link);
}

// --- Links ---

void Engine::opened(LinkId link, Instant, Actions& out) {
  if (polling_ && polling_->owns(link))
    polling_->opened(link, out);
  else if (websocket_ && websocket_->link() == link)
    websocket_->opened(out);
  else if (upgrade_ && upgrade_->link() == link)
    upgrade_->opened(out);
}

void Engine::receive(LinkId link, std::string_view bytes, Instant now, Actions& out,
                     EngineHappenings& told) {
  std::vector<Message> in;
  if (polling_ && polling_->owns(link))
    polling_->receive(link, bytes, out, in);
  else if (websocket_ && websocket_->link() == link)
    websocket_->receive(bytes, out, in);
  else if (upgrade_ && upgrade_->link() == link)
    upgrade_->receive(bytes, out);
  receive_packets(in, now, out, told);
  settle(now, out, told);
}

void Engine::closed(LinkId link, Instant now, Actions& out, EngineHappenings& told) {
  std::vector<Message> in;
  if (polling_ && polling_->owns(link))
    polling_->closed(link, out, in);
  else if (websocket_ && websocket_->link() == link)
    websocket_->closed();
  else if (upgrade_ && upgrade_->link() == link)
    upgrade_->closed();
  receive_packets(in, now, out, told);
  settle(now, out, told);
}

/// Draws the consequences of what the transports went through.
void Engine::settle(Instant now, Actions& out, EngineHappenings& told) {
  if (state_ == State::Closed) return;
  if (websocket_ && websocket_->state() == WebSocketTransport::State::Ended)
    return fail(CloseReason::TransportError, websocket_->reason(), now, out, told);
  if (polling_ && polling_->state() == PollingTransport::State::Failed)
    return fail(CloseReason::TransportError, polling_->reason(), now, out, told);
  if (state_ == State::Closing) {
    if (polling_ && polling_->idle()) state_ = State::Closed;
    return;
  }
  if (!upgrade_) return;
  if (upgrade_->state() == Upgrade::State::Failed) {
    upgrade_.reset();
    polling_->resume(out);
    for (EnginePacket& packet : std::exchange(held_, {})) polling_->send(packet, out);
    return;
  }
  if (upgrade_->state() != Upgrade::State::Probed) return;
  polling_->pause();
  if (!polling_->idle()) return;  // The server frees the poll with a noop.
  websocket_.emplace(upgrade_->finish(out));
  upgrade_.reset();
  polling_.reset();
  for (EnginePacket& packet : std::exchange(held_, {})) send_packet(std::move(packet), out);
  told.push_back(EngineUpgraded{});
}

// --- Packets ---

void Engine::receive_packets(const std::vector<Message>& in, Instant now, Actions& out,
                             EngineHappenings& told) {
  for (const Message& message : in) {
    if (state_ != State::Opening && state_ != State::Open) return;
    auto packet = decode_engine(message, options_.revision);
    if (!packet) return fail(CloseReason::TransportError, "no Engine.IO packet", now, out, told);
    if (heartbeat_) heartbeat_->receive_packet(now);
    switch (packet->type) {
      case PacketType::Open:
        if (state_ == State::Opening) receive_handshake(packet->content.data, now, out, told);
        break;
      case PacketType::Message:
        if (state_ == State::Open) told.push_back(EngineMessage{std::move(packet->content)});
        break;
      case PacketType::Ping:
        if (!heartbeat_) break;
        heartbeat_->receive_ping(now);
        send_packet({PacketType::Pong, std::move(packet->content)}, out);
        break;
      case PacketType::Close:
        return fail(CloseReason::ServerClosed, "the server closed the session", now, out, told);
      case PacketType::Pong:
      case PacketType::Upgrade:
      case PacketType::Noop:
        break;
    }
  }
}

void Engine::receive_handshake(std::string_view data, Instant now, Actions& out,
                               EngineHappenings& told) {
  const auto handshake = engineio::parse_handshake(data);
  if (!handshake || !handshake->ping_interval || !handshake->ping_timeout)
    return fail(CloseReason::TransportError, "no Engine.IO handshake", now, out, told);
  sid_ = handshake->sid;
  payload_bytes_max_ = handshake->max_payload_bytes;
  requests_.set_session(sid_);
  state_ = State::Open;
  heartbeat_.emplace(options_.revision, *handshake->ping_interval, *handshake->ping_timeout, now);
  told.push_back(EngineOpened{sid_, transport()});
  if (!polling_) return;
  polling_->set_session(payload_bytes_max_, out);
  if (handshake->offers_websocket && options_.transports == Transports::PollingThenWebSocket)
    upgrade_.emplace(WebSocketTransport(requests_, options_.limits, numbers_.next(), seed_, out),
                     now + options_.upgrade_timeout);
}

void Engine::send(Message message, Actions& out) {
  if (state_ == State::Open) send_packet({PacketType::Message, std::move(message)}, out);
}

void Engine::send_packet(EnginePacket packet, Actions& out) {
  if (upgrade_ && upgrade_->state() == Upgrade::State::Probed)
    held_.push_back(std::move(packet));
  else if (websocket_)
    websocket_->send(encode_engine_message(packet, options_.revision), out);
  else if (polling_)
    polling_->send(packet, out);
}

// --- The end ---

void Engine::close(CloseReason reason, std::string_view detail, Instant now, Actions& out,
                   EngineHappenings& told) {
  if (state_ == State::Closing || state_ == State::Closed) return;
  const bool known_to_server = state_ == State::Open;
  if (!polling_ || !known_to_server) return fail(reason, detail, now, out, told);

  if (upgrade_) upgrade_->abort(out);  // `5` was not sent: the session is still polling's.
  upgrade_.reset();
  state_ = State::Closing;
  give_up_at_ = now + options_.close_timeout;
  for (const EnginePacket& packet : std::exchange(held_, {})) polling_->send(packet, out);
  polling_->say_goodbye(out);
  told.push_back(EngineClosed{reason, detail});
}

void Engine::fail(CloseReason reason, std::string_view detail, Instant, Actions& out,
                  EngineHappenings& told) {
  if (state_ != State::Closing) told.push_back(EngineClosed{reason, detail, answer()});
  state_ = State::Closed;
  drop_links(out);
}

std::optional<Answer> Engine::answer() const {
  if (websocket_) return websocket_->answer();
  return polling_ ? polling_->answer() : std::nullopt;
}

void Engine::drop_links(Actions& out) {
  if (upgrade_) upgrade_->abort(out);
  if (websocket_) websocket_->close(out);
  if (polling_) polling_->abandon(out);
  upgrade_.reset();
}

// --- Time ---

void Engine::beat(Instant now, Actions& out, EngineHappenings& told) {
  switch (heartbeat_->advance(now)) {
    case Heartbeat::Due::Nothing:
      return;
    case Heartbeat::Due::Ping:
      return send_packet({PacketType::Ping, {}}, out);
    case Heartbeat::Due::Lost:
      // A server that fell silent may still hear us: it is told before the links go.
      return close(CloseReason::PingTimeout, "the server fell silent", now, out, told);
  }
}

std::optional<Instant> Engine::deadline() const noexcept {
  switch (state_) {
    case State::Opening:
    case State::Closing:
      return give_up_at_;
    case State::Open:
      return upgrade_ ? std::min(heartbeat_->deadline(), upgrade_->deadline())
                      : heartbeat_->deadline();
    case State::Closed:
      return std::nullopt;
  }
  return std::nullopt;
}

void Engine::advance(Instant now, Actions& out, EngineHappenings& told) {
  switch (state_) {
    case State::Opening:
      if (now >= give_up_at_)
        fail(CloseReason::ConnectTimeout, "no handshake in time", now, out, told);
      return;
    case State::Closing:
      if (now >= give_up_at_) fail(CloseReason::ClientDisconnect, "closed", now, out, told);
      return;
    case State::Open:
      beat(now, out, told);
      if (state_ != State::Open) return;
      if (upgrade_ && now >= upgrade_->deadline()) {
        upgrade_->abort(out);
        settle(now, out, told);
      }
      return;
    case State::Closed:
      return;
  }
}

}  // namespace core::client
