#include "core/replay/player.hpp"

#include <algorithm>
#include <chrono>
#include <variant>

namespace core::replay {

using client::Output;

Player::Player(PlayerOptions options, std::uint64_t seed)
    : options_(std::move(options)), client_(client_options(options_), seed) {
  for (const Step& step : script_.steps)
    if (const auto* emit = std::get_if<Emit>(&step.what)) {
      ++performance_.emits;
      performance_.asked += emit->emission.ask == client::Ask::Ack;
    }
}

client::Options Player::client_options(const PlayerOptions& options) {
  const Script& script = options.script;
  client::Options result;
  result.engine.target = options.target;
  if (!script.query.empty()) {
    std::string& query = result.engine.target.query;
    query = query.empty() ? script.query : script.query + "&" + query;
  }
  const auto& headers = options.target.headers;
  const bool has_origin = std::any_of(headers.begin(), headers.end(), [](const auto& header) {
    return header.first == "Origin" || header.first == "origin";
  });
  if (!script.origin.empty() && !has_origin)
    result.engine.target.headers.emplace_back("Origin", script.origin);
  result.engine.revision = script.revision;
  result.engine.transports = script.carried == Carried::Polling ? client::Transports::Polling
                             : script.carried == Carried::WebSocket
                                 ? client::Transports::WebSocket
                                 : client::Transports::PollingThenWebSocket;
  result.parser = script.parser;
  result.namespaces = {};
  return result;
}

Duration Player::scaled(Duration recorded) const noexcept {
  return Duration(
      static_cast<Duration::rep>(static_cast<double>(recorded.count()) / options_.speed));
}

Instant Player::due(const Step& step) const noexcept {
  return options_.at_once ? begin_ : begin_ + scaled(step.at);
}

void Player::start(Instant now, Output& out) {
  begin_ = next_since_ = now;
  state_ = State::Playing;
  heard_ = out.happenings.size();
  play(now, out);
}

void Player::opened(client::LinkId link, Instant now, Output& out) {
  heard_ = out.happenings.size();
  client_.opened(link, now, out);
  play(now, out);
}
void Player::receive(client::LinkId link, std::string_view bytes, Instant now, Output& out) {
  heard_ = out.happenings.size();
  client_.receive(link, bytes, now, out);
  play(now, out);
}
void Player::closed(client::LinkId link, Instant now, Output& out) {
  heard_ = out.happenings.size();
  client_.closed(link, now, out);
  play(now, out);
}
void Player::advance(Instant now, Output& out) {
  heard_ = out.happenings.size();
  if (const auto at = client_.deadline(); at && *at <= now) client_.advance(now, out);
  play(now, out);
}

void Player::stop(Instant now, Output& out) {
  heard_ = out.happenings.size();
  if (state_ == State::Done || state_ == State::Leaving) return;
  client_.disconnect(now, out);
  leave_at_ = now + kLinger;
  state_ = State::Leaving;
  play(now, out);
}

std::optional<Instant> Player::deadline() const noexcept {
  std::optional<Instant> at = client_.deadline();
  const auto sooner = [&](Instant other) { at = at ? std::min(*at, other) : other; };
  if (state_ == State::Playing && next_ < script_.steps.size()) {
    const Instant at_next = due(script_.steps[next_]);
    sooner(at_next > next_since_ ? at_next : next_since_ + kPatience);
  }
  if (state_ == State::Staying || state_ == State::Leaving) sooner(leave_at_);
  return at;
}

void Player::play(Instant now, Output& out) {
  hear(now, out);
  while (state_ == State::Playing && next_ < script_.steps.size()) {
    Step& step = script_.steps[next_];
    if (due(step) > now) return;
    next_since_ = std::max(next_since_, due(step));
    if (!is_ready(step)) {
      if (now - next_since_ < kPatience) return;
      expect_less(step);
    }
    ++next_;
    next_since_ = now;
    perform(step, now, out);
    hear(now, out);
  }
  if (state_ == State::Playing) {
    leave_at_ = options_.at_once ? now + kLinger : std::max(begin_ + scaled(script_.end), now);
    state_ = State::Staying;
  }
  if (state_ == State::Staying && now >= leave_at_) {
    client_.disconnect(now, out);
    hear(now, out);
    leave_at_ = now + kLinger;
    state_ = State::Leaving;
  }
  // The good-bye takes a moment: an engine that is closing still has a deadline.
  if (state_ == State::Leaving && (!client_.deadline() || now >= leave_at_)) state_ = State::Done;
}

bool Player::is_ready(const Step& step) const noexcept {
  if (settled_ + settled_missed_ < step.acks_before) return false;
  if (events_ + events_missed_ < step.events_before) return false;
  if (const auto* emit = std::get_if<Emit>(&step.what)) return client_.connected(emit->emission.ns);
  return true;
}

void Player::expect_less(const Step& step) noexcept {
  const auto miss = [](std::size_t came, std::size_t& missed, std::size_t expected) {
    if (came + missed < expected) missed = expected - came;
  };
  miss(settled_, settled_missed_, step.acks_before);
  miss(events_, events_missed_, step.events_before);
}

void Player::perform(Step& step, Instant now, Output& out) {
  struct Do {
    Player& player;
    Instant now;
    Output& out;
    void operator()(Arrive& arrive) const {
      for (client::Namespace& ns : arrive.namespaces) join(std::move(ns));
      player.client_.connect(now, out);
    }
    void operator()(Leave&) const { player.client_.disconnect(now, out); }
    void operator()(JoinNamespace& one) const { join(std::move(one.ns)); }
    void operator()(LeaveNamespace& one) const { player.client_.leave(one.ns, now, out); }
    void operator()(Emit& one) const { player.emit(std::move(one.emission), now, out); }
    void join(client::Namespace ns) const {
      if (player.options_.auth) ns.auth = *player.options_.auth;
      player.client_.join(std::move(ns), out);
    }
  };
  std::visit(Do{*this, now, out}, step.what);
}

void Player::emit(client::Emission emission, Instant now, Output& out) {
  const bool asks = emission.ask == client::Ask::Ack;
  const auto receipt = client_.emit(std::move(emission), now, out);
  if (receipt && receipt->fate == client::Fate::Sent) {
    ++performance_.sent;
    return;
  }
  ++performance_.not_sent;
  settled_ += asks;
}

/// What the client told since this was last asked.
void Player::hear(Instant, Output& out) {
  for (; heard_ < out.happenings.size(); ++heard_) {
    // Answering adds to actions, never to happenings.
    const client::Happening& told = out.happenings[heard_];
    if (const auto* event = std::get_if<client::Received>(&told)) {
      ++events_;
      if (event->id) answer(*event, out);
    } else if (std::holds_alternative<client::Acknowledged>(told)) {
      ++performance_.answered;
      ++settled_;
    } else if (std::holds_alternative<client::AckFailed>(told)) {
      ++settled_;
    } else if (std::holds_alternative<client::EngineOpened>(told)) {
      ++performance_.sessions;
    } else if (const auto* closed = std::get_if<client::EngineClosed>(&told)) {
      if (closed->reason != client::CloseReason::ClientDisconnect)
        performance_.last_error =
            std::string(client::name(closed->reason)) + ": " + std::string(closed->detail);
    } else if (const auto* refused = std::get_if<client::ConnectError>(&told)) {
      performance_.last_error = "namespace " + refused->ns + " refused: " + refused->data;
    }
  }
}

/// As the recorded client answered this event, in order; its last answer serves for further ones.
void Player::answer(const client::Received& event, Output& out) {
  const auto known = script_.answers.find({event.ns, event.name});
  if (known == script_.answers.end()) return;  // It never answered.
  const Answer answer = known->second.front();
  if (known->second.size() > 1) known->second.pop_front();
  client_.acknowledge(event.ns, *event.id, answer.arguments, out, answer.attachments);
}

}  // namespace core::replay
