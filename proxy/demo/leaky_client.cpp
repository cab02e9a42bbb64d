#include "proxy/demo/leaky_client.hpp"

#include <algorithm>
#include <utility>

namespace proxy::demo {

using namespace core::client;
using core::Instant;

LeakyClient::LeakyClient(Options options, std::uint64_t seed)
    : options_(std::move(options)),
      random_(seed),
      sockets_(options_.namespaces,
               {options_.parser, options_.engine.revision, options_.engine.limits},
               options_.offline),
      back_off_(options_.back_off) {}

void LeakyClient::connect(Instant now, Output& out) {
  reconnect_at_.reset();
  engine_ = std::make_unique<Engine>(options_.engine, numbers_, random_(), now, out.actions);
}

void LeakyClient::disconnect(Instant now, Output& out) {
  reconnect_at_.reset();
  if (!engine_) return;
  SocketHappenings left;
  std::vector<Message> goodbye;
  sockets_.leave_all(goodbye, left);
  tell(left, out);
  send(std::move(goodbye), out);
  EngineHappenings told;
  engine_->close(CloseReason::ClientDisconnect, "disconnect() was called", now, out.actions, told);
  route(told, now, out);
}

tl::expected<Receipt, EmitErrc> LeakyClient::emit(Emission emission, Instant now, Output& out) {
  std::vector<Message> messages;
  auto receipt = sockets_.emit(std::move(emission), now, messages);
  send(std::move(messages), out);
  return receipt;
}

void LeakyClient::acknowledge(const std::string& ns, std::uint64_t id, std::string_view arguments,
                              Output& out, std::vector<std::string> attachments) {
  std::vector<Message> messages;
  sockets_.acknowledge(ns, id, arguments, std::move(attachments), messages);
  send(std::move(messages), out);
}

template <class Step>
void LeakyClient::on_engines(Instant now, Output& out, Step step) {
  for (const auto& orphan : orphans_) {
    EngineHappenings unheard;
    step(*orphan, unheard);
  }
  std::erase_if(orphans_, [](const auto& it) { return it->state() == Engine::State::Closed; });
  if (!engine_) return;
  EngineHappenings told;
  step(*engine_, told);
  route(told, now, out);
}

void LeakyClient::opened(LinkId link, Instant now, Output& out) {
  on_engines(now, out, [&](Engine& engine, EngineHappenings&) {
    if (engine.owns(link)) engine.opened(link, now, out.actions);
  });
}

void LeakyClient::receive(LinkId link, std::string_view bytes, Instant now, Output& out) {
  on_engines(now, out, [&](Engine& engine, EngineHappenings& told) {
    if (engine.owns(link)) engine.receive(link, bytes, now, out.actions, told);
  });
}

void LeakyClient::closed(LinkId link, Instant now, Output& out) {
  on_engines(now, out, [&](Engine& engine, EngineHappenings& told) {
    if (engine.owns(link)) engine.closed(link, now, out.actions, told);
  });
}

void LeakyClient::route(EngineHappenings& told, Instant now, Output& out) {
  for (EngineHappening& happening : told) {
    if (auto* message = std::get_if<EngineMessage>(&happening)) {
      if (engine_) receive_message(std::move(message->message), now, out);
    } else if (const auto* opened = std::get_if<EngineOpened>(&happening)) {
      back_off_.reset();
      out.happenings.push_back(*opened);
      std::vector<Message> connects;
      sockets_.engine_opened(opened->sid, connects);
      send(std::move(connects), out);
    } else if (std::holds_alternative<EngineUpgraded>(happening)) {
      out.happenings.push_back(EngineUpgraded{});
    } else if (const auto* closed = std::get_if<EngineClosed>(&happening)) {
      out.happenings.push_back(*closed);
      SocketHappenings lost;
      sockets_.engine_lost(name(closed->reason), lost);
      tell(lost, out);
      if (closed->reason != CloseReason::ClientDisconnect) schedule(now, out);
    }
  }
}

void LeakyClient::receive_message(Message message, Instant now, Output& out) {
  SocketHappenings told;
  std::vector<Message> answers;
  const auto received = sockets_.receive(std::move(message), answers, told);
  send(std::move(answers), out);
  if (!received) {
    // The bug: whoever reconnects should close first. The engine is put aside as it is, alive.
    sockets_.engine_lost(name(CloseReason::ParseError), told);
    orphans_.push_back(std::move(engine_));
  }
  tell(told, out);
  if (!received) schedule(now, out);
}

void LeakyClient::schedule(Instant now, Output& out) {
  reconnect_at_ = now + back_off_.next(random_);
  out.happenings.push_back(ReconnectScheduled{*reconnect_at_});
}

void LeakyClient::send(std::vector<Message> messages, Output& out) {
  if (!engine_) return;
  for (Message& message : messages) engine_->send(std::move(message), out.actions);
}

void LeakyClient::tell(SocketHappenings& told, Output& out) {
  for (SocketHappening& happening : told)
    std::visit([&out](auto& it) { out.happenings.push_back(std::move(it)); }, happening);
}

bool LeakyClient::may_reconnect() const noexcept {
  return !engine_ || engine_->state() == Engine::State::Closed;
}

std::optional<Instant> LeakyClient::deadline() const noexcept {
  std::optional<Instant> first = may_reconnect() ? reconnect_at_ : std::nullopt;
  const auto consider = [&first](const Engine& engine) {
    if (const auto due = engine.deadline(); due && (!first || *due < *first)) first = due;
  };
  if (engine_) consider(*engine_);
  for (const auto& orphan : orphans_) consider(*orphan);
  return first;
}

void LeakyClient::advance(Instant now, Output& out) {
  on_engines(now, out, [&](Engine& engine, EngineHappenings& told) {
    engine.advance(now, out.actions, told);
  });
  if (may_reconnect() && reconnect_at_ && *reconnect_at_ <= now) connect(now, out);
}

std::vector<std::string> LeakyClient::orphans() const {
  std::vector<std::string> sids;
  for (const auto& orphan : orphans_) sids.push_back(orphan->sid());
  return sids;
}

}  // namespace proxy::demo
