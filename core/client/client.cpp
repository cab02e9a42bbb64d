#include "core/client/client.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace core::client {

Client::Client(Options options, std::uint64_t seed)
    : options_(std::move(options)),
      random_(seed),
      sockets_(options_.namespaces),
      back_off_(options_.back_off) {}

// --- Commands ---

void Client::connect(Instant now, Output& out) {
  if (engine_ && engine_->state() != Engine::State::Closed) {
    if (engine_->state() == Engine::State::Closing) reconnect_at_ = now;
    return;
  }
  open_engine(now, out);
}

void Client::disconnect(Instant now, Output& out) {
  reconnect_at_.reset();
  close_engine(CloseReason::ClientDisconnect, now, out);
}

tl::expected<std::optional<std::uint64_t>, EmitErrc> Client::emit(
    const std::string& ns, std::string_view name, std::string_view arguments, Ask ask, Output& out,
    std::vector<std::string> attachments) {
  auto emission = sockets_.emit(ns, name, arguments, ask, std::move(attachments));
  if (!emission) return tl::unexpected(emission.error());
  send(std::move(emission->messages), out);
  return emission->id;
}

void Client::acknowledge(const std::string& ns, std::uint64_t id, std::string_view arguments,
                         Output& out, std::vector<std::string> attachments) {
  send(sockets_.acknowledge(ns, id, arguments, std::move(attachments)), out);
}

// --- Links ---

void Client::opened(LinkId link, Instant now, Output& out) {
  if (engine_ && engine_->owns(link)) engine_->opened(link, now, out.actions);
}

void Client::receive(LinkId link, std::string_view bytes, Instant now, Output& out) {
  if (!engine_ || !engine_->owns(link)) return;
  EngineHappenings told;
  engine_->receive(link, bytes, now, out.actions, told);
  route(told, now, out);
}

void Client::closed(LinkId link, Instant now, Output& out) {
  if (!engine_ || !engine_->owns(link)) return;
  EngineHappenings told;
  engine_->closed(link, now, out.actions, told);
  route(told, now, out);
}

// --- The engine ---

void Client::open_engine(Instant now, Output& out) {
  assert((!engine_ || engine_->state() == Engine::State::Closed) && "one live engine");
  reconnect_at_.reset();
  engine_.emplace(options_.engine, numbers_, random_(), now, out.actions);
}

void Client::route(EngineHappenings& told, Instant now, Output& out) {
  for (EngineHappening& happening : told) {
    if (auto* message = std::get_if<EngineMessage>(&happening)) {
      receive_message(std::move(message->message), now, out);
    } else if (const auto* opened = std::get_if<EngineOpened>(&happening)) {
      back_off_.reset();
      out.happenings.push_back(*opened);
      send(sockets_.engine_opened(), out);
    } else if (std::holds_alternative<EngineUpgraded>(happening)) {
      out.happenings.push_back(EngineUpgraded{});
    } else if (const auto* closed = std::get_if<EngineClosed>(&happening)) {
      out.happenings.push_back(*closed);
      std::vector<SocketHappening> lost;
      sockets_.engine_lost(name(closed->reason), lost);
      tell(lost, out);
      if (closed->reason == CloseReason::ClientDisconnect) continue;
      reconnect_at_ = now + back_off_.next(random_);
      out.happenings.push_back(ReconnectScheduled{*reconnect_at_});
    }
  }
}

void Client::receive_message(Message message, Instant now, Output& out) {
  // What came in one piece with a packet that ended the engine is lost with it.
  if (!engine_ || engine_->state() != Engine::State::Open) return;
  std::vector<SocketHappening> told;
  const auto received = sockets_.receive(std::move(message), told);
  tell(told, out);
  if (!received) return close_engine(CloseReason::ParseError, now, out);
  if (!sockets_.wanted()) close_engine(CloseReason::ClientDisconnect, now, out);
}

void Client::close_engine(CloseReason reason, Instant now, Output& out) {
  if (!engine_) return;
  EngineHappenings told;
  engine_->close(reason, now, out.actions, told);
  route(told, now, out);
}

void Client::tell(std::vector<SocketHappening>& told, Output& out) {
  for (SocketHappening& happening : told)
    std::visit([&out](auto& it) { out.happenings.push_back(std::move(it)); }, happening);
}

void Client::send(std::vector<Message> messages, Output& out) {
  if (!engine_) return;
  for (Message& message : messages) engine_->send(std::move(message), out.actions);
}

std::string_view Client::engine_sid() const noexcept {
  return engine_ && engine_->state() == Engine::State::Open ? std::string_view(engine_->sid())
                                                            : std::string_view();
}

// --- Time ---

std::optional<Instant> Client::deadline() const noexcept {
  const auto engine = engine_ ? engine_->deadline() : std::nullopt;
  // While the last engine is not Closed a reconnection waits for it, however late it is.
  if (engine) return engine;
  return reconnect_at_;
}

void Client::advance(Instant now, Output& out) {
  if (engine_) {
    EngineHappenings told;
    engine_->advance(now, out.actions, told);
    route(told, now, out);
  }
  const bool free = !engine_ || engine_->state() == Engine::State::Closed;
  if (free && reconnect_at_ && *reconnect_at_ <= now) open_engine(now, out);
}

}  // namespace core::client
