#include "core/replay/stage.hpp"

#include <algorithm>
#include <deque>
#include <set>
#include <utility>
#include <variant>

#include "core/client/socketio_packet.hpp"

namespace core::replay {

using client::Packet;
using server::Output;
using socketio::PacketType;

/// One thing that the recorded server did in a session.
struct Stage::Cue {
  std::string ns;                         ///< in which: it waits for its CONNECT
  Duration at;                            ///< since that
  std::size_t heard;                      ///< events of the client that came before
  std::vector<client::Message> messages;  ///< empty: it ended the session, or the namespace
  bool ends_session = false;
  bool ends_namespace = false;
};

/// A session that a client opened, and what is to become of it.
struct Stage::Role {
  struct AckCue {
    Duration after;
    std::string arguments;
    std::vector<std::string> attachments;
  };
  struct Due {
    Instant at;
    std::string ns;
    std::uint64_t id;
    AckCue ack;
  };
  std::vector<Cue> cues;  ///< in order
  std::size_t next = 0;
  Instant next_since{};
  /// By namespace and event.
  std::map<std::pair<std::string, std::string>, std::deque<AckCue>> acks;
  std::vector<Due> owed;
  std::map<std::string, Instant> connected;  ///< namespaces
  std::size_t heard = 0;
};

namespace {

/// When each namespace was connected in a recording: the server's answer. In revision 3 `/` is from
/// the beginning.
std::map<std::string, Instant> connects_of(const RecordedSession& session) {
  std::map<std::string, Instant> connects;
  if (session.revision == client::Revision::V3) connects["/"] = session.opened;
  for (const Said& said : session.said)
    if (said.packet && said.packet->type == PacketType::Connect &&
        said.direction == Direction::ToClient)
      connects.try_emplace(said.packet->ns, said.at);
  return connects;
}

}  // namespace

Stage::Stage(StageOptions options, std::uint64_t seed)
    : options_(std::move(options)), server_(server_options(options_), seed) {}

Stage::~Stage() = default;

server::Options Stage::server_options(const StageOptions& options) {
  const std::vector<RecordedSession>& sessions = options.sessions;
  const auto scaled = [&](Duration recorded) {
    // Faster than this no client answers in time.
    constexpr Duration kLeast = std::chrono::milliseconds(100);
    const auto less = static_cast<double>(recorded.count()) / options.speed;
    return std::max(kLeast, Duration(static_cast<Duration::rep>(less)));
  };
  server::Options result;
  result.engine.path = options.path;
  std::set<std::string> namespaces{"/"};
  for (const RecordedSession& session : sessions) {
    if (session.revision == client::Revision::V3)
      result.engine.revisions = server::Revisions::V3Too;
    for (const auto& [ns, at] : connects_of(session)) namespaces.insert(ns);
  }
  result.namespaces.assign(namespaces.begin(), namespaces.end());
  if (!sessions.empty()) {
    result.parser = sessions.front().parser;
    result.engine.ping_interval = scaled(sessions.front().ping_interval);
    result.engine.ping_timeout = scaled(sessions.front().ping_timeout);
  }
  return result;
}

Duration Stage::scaled(Duration recorded) const noexcept {
  return Duration(
      static_cast<Duration::rep>(static_cast<double>(recorded.count()) / options_.speed));
}

// --- The surface of a server ---

void Stage::opened(client::LinkId link, Instant now, Output& out) {
  server_.opened(link, now, out);
}
void Stage::receive(client::LinkId link, std::string_view bytes, Instant now, Output& out) {
  const std::size_t heard = out.happenings.size();
  server_.receive(link, bytes, now, out);
  hear(heard, now, out);
}
void Stage::closed(client::LinkId link, Instant now, Output& out) {
  const std::size_t heard = out.happenings.size();
  server_.closed(link, now, out);
  hear(heard, now, out);
}
void Stage::advance(Instant now, Output& out) {
  const std::size_t heard = out.happenings.size();
  if (const auto at = server_.deadline(); at && *at <= now) server_.advance(now, out);
  hear(heard, now, out);
}

std::optional<Instant> Stage::deadline() const noexcept {
  std::optional<Instant> at = server_.deadline();
  const auto sooner = [&](Instant other) { at = at ? std::min(*at, other) : other; };
  for (const auto& [session, role] : roles_) {
    for (const Role::Due& due : role->owed) sooner(due.at);
    if (role->next >= role->cues.size()) continue;
    const Cue& cue = role->cues[role->next];
    const auto connected = role->connected.find(cue.ns);
    if (connected == role->connected.end()) continue;
    const Instant due = connected->second + scaled(cue.at);
    sooner(due > role->next_since ? due : role->next_since + kPatience);
  }
  return at;
}

// --- The play ---

void Stage::hear(std::size_t heard, Instant now, Output& out) {
  for (; heard < out.happenings.size(); ++heard) {
    const server::Happening told = out.happenings[heard];
    if (const auto* session = std::get_if<server::SessionOpened>(&told)) take(*session, now);
    if (const auto* socket = std::get_if<server::Connected>(&told)) take(*socket, now);
    if (const auto* event = std::get_if<server::Received>(&told)) take(*event, now);
    if (const auto* closed = std::get_if<server::SessionClosed>(&told))
      roles_.erase(closed->session);
  }
  play(now, out);
}

/// The n-th session takes the part of the n-th recorded one.
void Stage::take(const server::SessionOpened& session, Instant now) {
  auto role = std::make_unique<Role>();
  if (opened_ < options_.sessions.size()) {
    const RecordedSession& recorded = options_.sessions[opened_];
    const auto connects = connects_of(recorded);
    std::map<std::pair<std::string, std::uint64_t>, std::pair<std::string, Instant>> asked;
    std::size_t heard = 0;
    for (const Said& said : recorded.said) {
      const Packet* const packet = said.packet ? &*said.packet : nullptr;
      if (said.direction == Direction::ToServer) {
        if (packet == nullptr || packet->type != PacketType::Event) continue;
        ++heard;
        if (packet->id)
          asked[{packet->ns, *packet->id}] = {client::event_parts(packet->data).name, said.at};
        continue;
      }
      // What cannot be read is of the namespace that it may name; the first one, as a rule.
      const std::string ns = packet != nullptr ? packet->ns : "/";
      const auto connected = connects.find(ns);
      if (connected == connects.end() || said.at < connected->second) continue;
      if (packet != nullptr && packet->type == PacketType::Connect) continue;
      if (packet != nullptr && packet->type == PacketType::Ack) {
        const auto question = packet->id ? asked.find({ns, *packet->id}) : asked.end();
        if (question == asked.end()) continue;
        role->acks[{ns, question->second.first}].push_back({said.at - question->second.second,
                                                            client::array_inside(packet->data),
                                                            packet->attachments});
        continue;
      }
      role->cues.push_back(
          {.ns = ns,
           .at = said.at - connected->second,
           .heard = heard,
           .messages = said.messages,
           .ends_namespace = packet != nullptr && packet->type == PacketType::Disconnect});
    }
    if (recorded.parted && recorded.parted->by == Direction::ToClient && !connects.empty()) {
      const auto& [ns, at] = *connects.begin();
      role->cues.push_back({.ns = ns,
                            .at = recorded.parted->at - at,
                            .heard = heard,
                            .messages = {},
                            .ends_session = true});
    }
    if (session.revision == client::Revision::V3) role->connected["/"] = now;
  }
  ++opened_;
  roles_[session.session] = std::move(role);
}

void Stage::take(const server::Connected& socket, Instant now) {
  const auto role = roles_.find(socket.socket.session);
  if (role != roles_.end()) role->second->connected.try_emplace(socket.socket.ns, now);
}

void Stage::take(const server::Received& event, Instant now) {
  const auto found = roles_.find(event.socket.session);
  if (found == roles_.end()) return;
  Role& role = *found->second;
  ++role.heard;
  const auto acks = role.acks.find({event.socket.ns, event.name});
  if (!event.id || acks == role.acks.end() || acks->second.empty()) return;
  Role::AckCue ack = std::move(acks->second.front());
  acks->second.pop_front();
  role.owed.push_back({now + scaled(ack.after), event.socket.ns, *event.id, std::move(ack)});
}

void Stage::play(Instant now, Output& out) {
  std::vector<server::SessionNumber> numbers;
  for (const auto& [number, role] : roles_) numbers.push_back(number);
  for (const server::SessionNumber number : numbers) {
    const auto found = roles_.find(number);
    if (found == roles_.end()) continue;
    Role& role = *found->second;
    for (auto due = role.owed.begin(); due != role.owed.end();) {
      if (due->at > now) {
        ++due;
        continue;
      }
      server_.acknowledge({number, due->ns}, due->id, due->ack.arguments, now, out,
                          due->ack.attachments);
      due = role.owed.erase(due);
    }
    while (role.next < role.cues.size()) {
      Cue& cue = role.cues[role.next];
      const auto connected = role.connected.find(cue.ns);
      if (connected == role.connected.end()) break;
      const Instant due = connected->second + scaled(cue.at);
      if (due > now) break;
      role.next_since = std::max(role.next_since, due);
      if (role.heard < cue.heard && now - role.next_since < kPatience) break;
      ++role.next;
      role.next_since = now;
      perform(number, role, cue, now, out);
      if (!roles_.contains(number)) break;
    }
  }
}

void Stage::perform(server::SessionNumber session, Role&, Cue& cue, Instant now, Output& out) {
  const std::size_t heard = out.happenings.size();
  if (cue.ends_session)
    server_.close(session, now, out);
  else if (cue.ends_namespace)
    server_.disconnect({session, cue.ns}, now, out);
  else
    for (client::Message& message : cue.messages)
      server_.send_raw(session, std::move(message), now, out);
  for (std::size_t i = heard; i < out.happenings.size(); ++i)
    if (const auto* closed = std::get_if<server::SessionClosed>(&out.happenings[i]))
      roles_.erase(closed->session);
}

}  // namespace core::replay
