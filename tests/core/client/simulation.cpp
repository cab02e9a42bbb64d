#include "tests/core/client/simulation.hpp"

#include <algorithm>

namespace core::test {
namespace {

using client::Transports;

template <class Value>
Value one_of(std::mt19937_64& random, std::initializer_list<Value> values) {
  return *(values.begin() + static_cast<std::ptrdiff_t>(random() % values.size()));
}

Duration up_to(std::mt19937_64& random, Duration most) {
  return Duration(
      static_cast<Duration::rep>(random() % (static_cast<std::uint64_t>(most.count()) + 1)));
}

std::uint64_t number_in(std::string_view arguments) {
  std::uint64_t number = 0;
  for (const char c : arguments) {
    if (c < '0' || c > '9') break;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return number;
}

constexpr auto kBadWeather = 3s;
constexpr auto kFairWeather = 4s;  ///< longer than any time-out and delay together
constexpr auto kGoodbye = 100ms;   ///< less than a ping time-out

}  // namespace

client::Options Simulation::client_options(std::mt19937_64& random) {
  client::Options options;
  options.engine.target.host = "sim";
  options.engine.transports = one_of(
      random, {Transports::Polling, Transports::WebSocket, Transports::PollingThenWebSocket});
  options.engine.revision = one_of(random, {client::Revision::V4, client::Revision::V3});
  options.engine.connect_timeout = 400ms;
  options.engine.upgrade_timeout = 300ms;
  options.engine.close_timeout = 200ms;
  options.parser = one_of(random, {client::Parser::Json, client::Parser::Msgpack});
  options.offline = {one_of(random, {client::OfflinePolicy::Error, client::OfflinePolicy::Drop,
                                     client::OfflinePolicy::Buffer}),
                     20};
  options.back_off = {.min = 50ms, .max = 200ms};
  return options;
}

server::Options Simulation::server_options() const {
  server::Options options;
  options.engine.revisions = server::Revisions::V3Too;
  options.engine.ping_interval = 250ms;
  options.engine.ping_timeout = 150ms;
  options.engine.upgrade_timeout = 300ms;
  options.connect_timeout = 500ms;
  options.parser = options_.parser;
  return options;
}

Simulation::Simulation(std::uint64_t seed)
    : random_(seed),
      options_(client_options(random_)),
      network_(seed),
      client_(options_, seed),
      server_(make_server()) {}

std::unique_ptr<server::Server> Simulation::make_server() {
  return std::make_unique<server::Server>(server_options(), random_());
}

std::string Simulation::run() {
  client_does([this](auto& it, auto& out) { it.connect(now_, out); });
  const Instant end = now_ + kBadWeather;
  while (now_ < end && broken_.empty()) {
    pass(up_to(random_, 60ms));
    do_something();
    if (random_() % 4 == 0) go_wrong();
  }

  network_.calm_down();
  server_back_at_ = now_;
  wanted_ = true;
  client_does([this](auto& it, auto& out) { it.connect(now_, out); });
  pass(kFairWeather);
  if (!client_.connected("/")) broken("it is not connected though the weather is fair");

  wanted_ = false;
  client_does([this](auto& it, auto& out) { it.disconnect(now_, out); });
  pass(kGoodbye);
  const bool known =
      server_ && std::any_of(sids_.begin(), sids_.end(), [this](const auto& it) {
        return it.first.first == server_life_ && it.second == last_sid_ && holds(it.first.second);
      });
  if (known) broken("the server was not told goodbye");
  pass(kFairWeather);
  if (!sid_.empty()) broken("an engine lives on after disconnect()");
  if (network_.held_by_client() != 0) broken("links are open after disconnect()");
  if (client_.deadline()) broken("it has plans after disconnect()");
  if (server_ && !server_->sessions().empty()) broken("the server holds a session after all");
  if (!waiting_.empty()) broken("an ack was lost");
  if (!buffered_.empty()) broken("a buffered emission was never told");
  return broken_;
}

// --- Time ---

void Simulation::pass(Duration span) {
  const Instant end = now_ + span;
  while (broken_.empty()) {
    Instant next = end + Duration(1);
    if (const auto due = network_.next()) next = std::min(next, *due);
    if (const auto due = client_.deadline()) next = std::min(next, *due);
    if (server_)
      if (const auto due = server_->deadline()) next = std::min(next, *due);
    if (!server_) next = std::min(next, server_back_at_);
    if (next > end) break;
    now_ = std::max(now_, next);
    step_time();
    look();
  }
  now_ = end;
  network_.sweep();
}

void Simulation::step_time() {
  if (const auto due = network_.next(); due && *due <= now_) {
    if (const auto arrival = network_.take()) arrive(*arrival);
    return;
  }
  if (!server_ && server_back_at_ <= now_) {
    server_ = make_server();
    network_.refuses_links = false;
    return;
  }
  if (const auto due = client_.deadline(); due && *due <= now_)
    client_does([this](auto& it, auto& out) { it.advance(now_, out); });
  if (!server_) return;
  if (const auto due = server_->deadline(); due && *due <= now_)
    server_does([this](auto& it, auto& out) { it.advance(now_, out); });
}

void Simulation::arrive(const Arrival& arrival) {
  const auto tell = [&](auto& machine, auto& out) {
    switch (arrival.what) {
      case Arrival::What::Opened:
        return machine.opened(arrival.link, now_, out);
      case Arrival::What::Bytes:
        return machine.receive(arrival.link, arrival.bytes, now_, out);
      case Arrival::What::Closed:
        return machine.closed(arrival.link, now_, out);
    }
  };
  if (arrival.end == Arrival::End::Client)
    client_does(tell);
  else if (server_)
    server_does(tell);
}

void Simulation::client_does(const std::function<void(client::Client&, client::Output&)>& step) {
  client::Output out;
  step(client_, out);
  for (auto& action : out.actions) {
    if (const auto* open = std::get_if<client::OpenLink>(&action))
      network_.open(open->link, now_);
    else if (auto* bytes = std::get_if<client::SendBytes>(&action))
      network_.send(bytes->link, Arrival::End::Client, std::move(bytes->bytes), now_);
    else
      network_.close(std::get<client::CloseLink>(action).link, Arrival::End::Client, now_);
  }
  for (const auto& happening : out.happenings) told(happening);
}

void Simulation::server_does(const std::function<void(server::Server&, server::Output&)>& step) {
  server::Output out;
  step(*server_, out);
  for (auto& action : out.actions) {
    if (auto* bytes = std::get_if<client::SendBytes>(&action))
      network_.send(bytes->link, Arrival::End::Server, std::move(bytes->bytes), now_);
    else
      network_.close(std::get<client::CloseLink>(action).link, Arrival::End::Server, now_);
  }
  for (const auto& happening : out.happenings) told(happening);
}

// --- What either end says ---

void Simulation::do_something() {
  switch (random_() % 10) {
    case 0:
    case 1:
    case 2:
    case 3:
      return emit();
    case 4:
    case 5:
    case 6: {
      const std::uint64_t number = ++last_news_;
      if (!server_) return;
      for (const auto& session : server_->sessions())
        if (session.sockets.contains("/")) news_[session.engine_sid].numbers.push_back(number);
      return server_does([&](auto& it, auto& out) {
        it.broadcast("/", "news", std::to_string(number), now_, out);
      });
    }
    case 7: {  // A question: an event that asks for an ack.
      const std::uint64_t number = ++last_question_;
      if (!server_ || options_.parser != client::Parser::Json) return;
      for (const auto& session : server_->sessions())
        questioned_[number].insert(session.engine_sid);
      const std::string id = std::to_string(number);
      return server_does([&](auto& it, auto& out) {
        it.broadcast_raw("/", "2" + id + "[\"question\"," + id + "]", now_, out);
      });
    }
    case 8:
      for (const std::uint64_t id : std::exchange(owed_questions_, {}))
        for (int times = random_() % 2 == 0 ? 1 : 2; times > 0; --times)
          client_does(
              [&](auto& it, auto& out) { it.acknowledge("/", id, std::to_string(id), out); });
      return;
    default:
      if (random_() % 4 != 0) return;
      wanted_ = !wanted_;
      client_does([this](auto& it, auto& out) {
        wanted_ ? it.connect(now_, out) : it.disconnect(now_, out);
      });
  }
}

void Simulation::emit() {
  client::Emission emission{.name = "event", .arguments = std::to_string(++asked_)};
  if (random_() % 2 == 0) emission.ask = client::Ask::Ack;
  if (random_() % 3 == 0) emission.ack_timeout = up_to(random_, 200ms);
  if (random_() % 3 == 0) {
    emission.arguments += R"(,{"_placeholder":true,"num":0})";
    emission.attachments = {std::string(random_() % 50, 'x')};
  }
  const bool was_connected = client_.connected("/");
  client_does([&](auto& it, auto& out) {
    const auto receipt = it.emit(std::move(emission), now_, out);
    if (!receipt) {
      if (was_connected) broken("an emission was refused on a connected namespace");
      return;
    }
    if ((receipt->fate == client::Fate::Sent) != was_connected) broken("a receipt that lies");
    if (receipt->fate == client::Fate::Sent) emitted_[sid_].numbers.push_back(asked_);
    if (receipt->fate == client::Fate::Buffered) {
      buffered_.emplace(receipt->number, asked_);
      ++tally.buffered;
    }
    if (!receipt->ack_id) return;
    waiting_.emplace(*receipt->ack_id, asked_);
    if (last_ack_id_ && *receipt->ack_id <= *last_ack_id_) broken("an ack id does not rise");
    last_ack_id_ = receipt->ack_id;
  });
}

void Simulation::go_wrong() {
  const auto link = network_.any_link();
  const auto end = one_of(random_, {Arrival::End::Client, Arrival::End::Server});
  switch (random_() % 12) {
    case 0:
    case 1: {
      if (!server_) return;
      const char* text = one_of(random_, {"2[null,null]", "2{}", "", "51-[\"x\"]", "9"});
      return server_does([&](auto& it, auto& out) { it.broadcast_raw("/", text, now_, out); });
    }
    case 2:
      if (link) network_.fall_silent(*link, end);
      return;
    case 3:
      if (!link) return;
      network_.fall_silent(*link, Arrival::End::Client);
      network_.fall_silent(*link, Arrival::End::Server);
      return;
    case 4:
      if (link) network_.break_off(*link, true, true, now_);
      return;
    case 5:
      if (link) network_.break_off(*link, random_() % 2 == 0, random_() % 2 == 0, now_);
      return;
    case 6:
      if (link) network_.stall(*link, end, now_ + up_to(random_, 800ms));
      return;
    case 7:
      return restart_server();
    case 8:
      network_.upgrades = one_of(random_, {Network::Upgrades::Pass, Network::Upgrades::Refused,
                                           Network::Upgrades::Swallowed});
      return;
    case 9:
      network_.swallows_links = random_() % 3 == 0;
      return;
    case 10:
      network_.delay_max = one_of<Duration>(random_, {0ms, 5ms, 30ms, 120ms});
      return;
    default:
      if (server_ && !server_->sessions().empty())
        server_does(
            [this](auto& it, auto& out) { it.close(it.sessions().front().session, now_, out); });
  }
}

void Simulation::restart_server() {
  if (!server_) return;
  server_.reset();
  ++server_life_;
  network_.forget_server(random_() % 2 == 0, now_);
  network_.refuses_links = true;
  server_back_at_ = now_ + up_to(random_, 500ms);
}

// --- The laws ---

void Simulation::broken(std::string law) {
  if (broken_.empty()) broken_ = std::move(law);
}

void Simulation::look() {
  if (server_) {
    std::size_t reachable = 0;
    for (const auto& session : server_->sessions()) reachable += network_.connects(session.link);
    if (reachable > 1) broken("the server reaches two sessions of one client");
  }
  constexpr std::size_t kLinksMax = 3;  // A GET, a POST and a probe.
  if (network_.held_by_client() > kLinksMax)
    broken("the client holds more links than one engine may");
}

bool Simulation::holds(server::SessionNumber session) const {
  for (const auto& it : server_->sessions())
    if (it.session == session) return true;
  return false;
}

void Simulation::told(const client::Happening& happening) {
  if (const auto* opened = std::get_if<client::EngineOpened>(&happening)) {
    if (!sid_.empty()) broken("two live engines");
    sid_ = last_sid_ = opened->sid;
    ++tally.engines;
  } else if (const auto* closed = std::get_if<client::EngineClosed>(&happening)) {
    sid_.clear();
    tally.parse_errors += closed->reason == client::CloseReason::ParseError;
    tally.ping_timeouts += closed->reason == client::CloseReason::PingTimeout;
    tally.transport_errors += closed->reason == client::CloseReason::TransportError;
    tally.connect_timeouts += closed->reason == client::CloseReason::ConnectTimeout;
  } else if (std::holds_alternative<client::EngineUpgraded>(happening)) {
    ++tally.upgrades;
  } else if (const auto* answer = std::get_if<client::Acknowledged>(&happening)) {
    const auto asked = waiting_.extract(answer->id);
    if (asked.empty())
      broken("an ack was told twice, or was never asked for");
    else if (number_in(answer->arguments) != asked.mapped())
      broken("an ack of another emission");
    ++tally.acks;
  } else if (const auto* failed = std::get_if<client::AckFailed>(&happening)) {
    if (waiting_.erase(failed->id) == 0) broken("an ack failed twice, or after it was told");
    ++tally.ack_failures;
  } else if (const auto* sent = std::get_if<client::EmissionSent>(&happening)) {
    const auto emission = buffered_.extract(sent->number);
    if (emission.empty()) return broken("an emission left the buffer twice");
    emitted_[sid_].numbers.push_back(emission.mapped());
  } else if (const auto* dropped = std::get_if<client::EmissionDropped>(&happening)) {
    if (buffered_.erase(dropped->number) == 0) broken("an emission was dropped twice");
  } else if (const auto* received = std::get_if<client::Received>(&happening)) {
    if (received->id) {
      owed_questions_.insert(*received->id);
    } else {
      if (!news_[sid_].hear(number_in(received->arguments)))
        broken("an event came twice, out of order, or after one that did not come");
      ++tally.received;
    }
  }
}

void Simulation::told(const server::Happening& happening) {
  if (const auto* opened = std::get_if<server::SessionOpened>(&happening)) {
    sids_[{server_life_, opened->session}] = opened->sid;
  } else if (const auto* received = std::get_if<server::Received>(&happening)) {
    const std::uint64_t number = number_in(received->arguments);
    if (!heard_by_server_.insert(number).second) broken("the server heard an emission twice");
    if (!emitted_[sids_[{server_life_, received->socket.session}]].hear(number))
      broken("the server heard an emission out of order, or after one that it did not hear");
    ++tally.heard;
    if (!received->id || random_() % 8 == 0) return;
    const server::Received event = *received;
    server_does([&](auto& it, auto& out) {
      it.acknowledge(event.socket, *event.id, event.arguments, now_, out, event.attachments);
      if (random_() % 8 == 0) it.acknowledge(event.socket, *event.id, "0", now_, out);
    });
  } else if (const auto* answer = std::get_if<server::Acknowledged>(&happening)) {
    if (number_in(answer->arguments) != answer->id) broken("a question got another's answer");
    if (questioned_[answer->id].erase(sids_[{server_life_, answer->socket.session}]) == 0)
      broken("a question was answered twice, or on a session that did not ask");
    ++tally.answered_questions;
  }
}

}  // namespace core::test
