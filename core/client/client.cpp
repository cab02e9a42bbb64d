#include "core/client/client.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace core::client {

Client::Client(Options options, std::uint64_t seed)
    : options_(std::move(options)),
      random_(seed),
      sockets_(options_.namespaces,
               {options_.parser, options_.engine.revision, options_.engine.limits},
               options_.offline),
      back_off_(options_.back_off) {}

// --- Commands ---

void Client::connect(Instant now, Output& out) {
  sockets_.want_again();
  if (!sockets_.wanted()) return;
  if (engine_ && engine_->state() != Engine::State::Closed) {
    if (engine_->state() == Engine::State::Closing) reconnect_at_ = now;
    return;
  }
  open_engine(now, out);
}

void Client::disconnect(Instant now, Output& out) {
  reconnect_at_.reset();
  SocketHappenings told;
  std::vector<Message> goodbye;
  sockets_.leave_all(goodbye, told);
  tell(told, out);
  send(std::move(goodbye), out);
  close_engine(CloseReason::ClientDisconnect, "disconnect() was called", now, out);
}

tl::expected<Receipt, EmitErrc> Client::emit(Emission emission, Instant now, Output& out) {
  std::vector<Message> messages;
  auto receipt = sockets_.emit(std::move(emission), now, messages);
  send(std::move(messages), out);
  return receipt;
}

void Client::acknowledge(const std::string& ns, std::uint64_t id, std::string_view arguments,
                         Output& out, std::vector<std::string> attachments) {
  std::vector<Message> messages;
  sockets_.acknowledge(ns, id, arguments, std::move(attachments), messages);
  send(std::move(messages), out);
}

void Client::join(Namespace wanted, Output& out) {
  std::vector<Message> messages;
  sockets_.join(std::move(wanted), messages);
  send(std::move(messages), out);
}

void Client::leave(const std::string& ns, Instant now, Output& out) {
  SocketHappenings told;
  std::vector<Message> messages;
  sockets_.leave(ns, messages, told);
  tell(told, out);
  send(std::move(messages), out);
  if (sockets_.wanted()) return;
  reconnect_at_.reset();
  close_engine(CloseReason::ClientDisconnect, "the last namespace was left", now, out);
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
      opened_at_ = now;
      out.happenings.push_back(*opened);
      measure_room();
      std::vector<Message> connects;
      sockets_.engine_opened(opened->sid, connects);
      send(std::move(connects), out);
    } else if (std::holds_alternative<EngineUpgraded>(happening)) {
      measure_room();
      out.happenings.push_back(EngineUpgraded{});
    } else if (const auto* closed = std::get_if<EngineClosed>(&happening)) {
      engine_closed(*closed, now, out);
    }
  }
}

void Client::engine_closed(const EngineClosed& closed, Instant now, Output& out) {
  out.happenings.push_back(closed);
  SocketHappenings lost;
  sockets_.engine_lost(name(closed.reason), lost);
  tell(lost, out);
  if (const auto opened = std::exchange(opened_at_, {}))
    if (now - *opened >= options_.back_off.max) back_off_.reset();
  if (closed.reason == CloseReason::ClientDisconnect ||
      options_.reconnection == Reconnection::Never)
    return;
  reconnect_at_ = now + back_off_.next(random_);
  out.happenings.push_back(ReconnectScheduled{*reconnect_at_});
}

void Client::receive_message(Message message, Instant now, Output& out) {
  // What came in one piece with a packet that ended the engine is lost with it.
  if (!engine_ || engine_->state() != Engine::State::Open) return;
  SocketHappenings told;
  std::vector<Message> answers;
  const auto received = sockets_.receive(std::move(message), answers, told);
  tell(told, out);
  send(std::move(answers), out);
  if (!received) return close_engine(CloseReason::ParseError, received.error(), now, out);
  if (!sockets_.wanted())
    close_engine(CloseReason::ClientDisconnect, "no namespace is left", now, out);
}

void Client::close_engine(CloseReason reason, std::string_view detail, Instant now, Output& out) {
  if (!engine_) return;
  EngineHappenings told;
  engine_->close(reason, detail, now, out.actions, told);
  route(told, now, out);
}

void Client::tell(SocketHappenings& told, Output& out) {
  for (SocketHappening& happening : told)
    std::visit([&out](auto& it) { out.happenings.push_back(std::move(it)); }, happening);
}

void Client::send(std::vector<Message> messages, Output& out) {
  if (!engine_) return;
  for (Message& message : messages) engine_->send(std::move(message), out.actions);
}

void Client::measure_room() {
  const Room room = engine_->room();
  sockets_.set_room(room.text_bytes, room.binary_bytes);
}

std::string_view Client::engine_sid() const noexcept {
  return engine_ && engine_->state() == Engine::State::Open ? std::string_view(engine_->sid())
                                                            : std::string_view();
}

// --- Time ---

std::optional<Instant> Client::deadline() const noexcept {
  // While the last engine is not Closed a reconnection waits for it, however late it is.
  const auto engine = engine_ ? engine_->deadline() : std::nullopt;
  const auto next = engine ? engine : reconnect_at_;
  const auto acks = sockets_.deadline();
  return next && acks ? std::min(*next, *acks) : next ? next : acks;
}

void Client::advance(Instant now, Output& out) {
  SocketHappenings late;
  sockets_.advance(now, late);
  tell(late, out);
  if (engine_) {
    EngineHappenings told;
    engine_->advance(now, out.actions, told);
    route(told, now, out);
  }
  const bool free = !engine_ || engine_->state() == Engine::State::Closed;
  if (free && reconnect_at_ && *reconnect_at_ <= now) open_engine(now, out);
}

}  // namespace core::client
