#include "core/replay/script.hpp"

#include <algorithm>
#include <set>

namespace core::replay {
namespace {

using client::Packet;
using socketio::PacketType;

/// What stands before its query in the namespace of an old CONNECT: `/chat?token=x`.
client::Namespace namespace_of(const Packet& connect) {
  const std::size_t mark = connect.ns.find('?');
  client::Namespace ns{.ns = connect.ns.substr(0, mark)};
  if (mark != std::string::npos) ns.query = connect.ns.substr(mark + 1);
  // What recovery put there is the connection's, not the application's.
  const bool recovers = connect.data.find("\"pid\"") != std::string::npos;
  if (!recovers) ns.auth = connect.data;
  return ns;
}

class Writer {
 public:
  Writer(Instant begin, Instant end) : begin_(begin), end_(end) {}

  void add(const RecordedSession& session, bool last) {
    const bool fresh = script_.sessions++ == 0;
    if (fresh) {
      script_.query = session.query;
      script_.origin = session.origin;
      script_.revision = session.revision;
      script_.parser = session.parser;
    }
    script_.carried = std::max(script_.carried, session.carried);
    if (fresh || away_) step(session.opened, Arrive{});
    away_ = false;
    if (fresh && session.revision == client::Revision::V3) joined_.insert("/");

    std::set<std::uint64_t> asked;
    for (const Said& said : session.said)
      if (said.packet) add(said, asked);
    const bool left = session.parted && session.parted->by == Direction::ToServer;
    if (left && last) {
      step(session.parted->at, Leave{});
      away_ = true;
    }
    script_.end = std::max(script_.end, (session.parted ? session.parted->at : end_) - begin_);
  }

  [[nodiscard]] Script take() {
    std::stable_sort(script_.steps.begin(), script_.steps.end(),
                     [](const Step& one, const Step& other) { return one.at < other.at; });
    join_at_arrival();
    count_causes();
    return std::move(script_);
  }

 private:
  void add(const Said& said, std::set<std::uint64_t>& asked) {
    const Packet& packet = *said.packet;
    if (said.direction == Direction::ToClient) {
      if (packet.type == PacketType::Ack && packet.id && asked.erase(*packet.id) > 0)
        answered_.push_back(said.at - begin_);
      if (packet.type == PacketType::Event) heard_.push_back(said.at - begin_);
      if (packet.type == PacketType::Event && packet.id)
        questions_[{packet.ns, *packet.id}] = client::event_parts(packet.data).name;
      return;
    }
    switch (packet.type) {
      case PacketType::Connect: {
        client::Namespace ns = namespace_of(packet);
        // A client that comes back joins by itself what it was in.
        if (joined_.insert(ns.ns).second) step(said.at, JoinNamespace{std::move(ns)});
        return;
      }
      case PacketType::Disconnect:
        if (joined_.erase(packet.ns) > 0) step(said.at, LeaveNamespace{packet.ns});
        return;
      case PacketType::Event: {
        client::EventParts parts = client::event_parts(packet.data);
        if (packet.id) asked.insert(*packet.id);
        return step(said.at, Emit{{.ns = packet.ns,
                                   .name = std::move(parts.name),
                                   .arguments = std::move(parts.arguments),
                                   .attachments = packet.attachments,
                                   .ask = packet.id ? client::Ask::Ack : client::Ask::Nothing}});
      }
      case PacketType::Ack: {
        const auto question =
            packet.id ? questions_.find({packet.ns, *packet.id}) : questions_.end();
        if (question == questions_.end()) return;
        script_.answers[{packet.ns, question->second}].push_back(
            {client::array_inside(packet.data), packet.attachments});
        questions_.erase(question);
        return;
      }
      default:
        return;
    }
  }
  template <class What>
  void step(Instant at, What what) {
    script_.steps.push_back({at - begin_, std::move(what)});
  }
  /// What it joined before it did anything else it joins as it comes.
  void join_at_arrival() {
    if (script_.steps.empty()) return;
    auto& namespaces = std::get<Arrive>(script_.steps.front().what).namespaces;
    if (script_.revision == client::Revision::V3) namespaces.push_back({});
    auto next = script_.steps.begin() + 1;
    for (; next != script_.steps.end(); ++next) {
      auto* const join = std::get_if<JoinNamespace>(&next->what);
      if (join == nullptr) break;
      namespaces.push_back(std::move(join->ns));
    }
    script_.steps.erase(script_.steps.begin() + 1, next);
  }
  /// A step behind n answers waits for n answers.
  void count_causes() {
    const auto before = [](std::vector<Duration>& all, Duration at) {
      return static_cast<std::size_t>(std::upper_bound(all.begin(), all.end(), at) - all.begin());
    };
    std::sort(answered_.begin(), answered_.end());
    std::sort(heard_.begin(), heard_.end());
    for (Step& step : script_.steps) {
      step.acks_before = before(answered_, step.at);
      step.events_before = before(heard_, step.at);
    }
  }

  Instant begin_, end_;
  Script script_;
  bool away_ = false;
  std::set<std::string> joined_;
  std::vector<Duration> answered_, heard_;
  std::map<std::pair<std::string, std::uint64_t>, std::string> questions_;
};

}  // namespace

Script script_of(const std::vector<const RecordedSession*>& sessions, Instant begin, Instant end) {
  Writer writer(begin, end);
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    // It goes away when it leaves the last session that is open. When it leaves one while another
    // is open or about to be, it is a client that reconnects, which ours does by itself.
    const RecordedSession& one = *sessions[i];
    const bool goes =
        one.parted && std::none_of(sessions.begin(), sessions.end(), [&](auto* other) {
          return other != &one && other->opened <= one.parted->at &&
                 (!other->parted || other->parted->at > one.parted->at);
        });
    writer.add(one, goes);
  }
  return writer.take();
}

std::vector<Script> scripts_of(const std::vector<RecordedSession>& sessions,
                               const std::map<std::string, ClientId>& client_of, Instant end) {
  std::vector<std::vector<const RecordedSession*>> clients;
  std::map<ClientId, std::size_t> place;
  for (const RecordedSession& session : sessions) {
    const auto known = client_of.find(session.sid);
    if (known == client_of.end() || known->second == ClientId::None) {
      clients.push_back({&session});
      continue;
    }
    const auto [at, is_new] = place.try_emplace(known->second, clients.size());
    if (is_new) clients.emplace_back();
    clients[at->second].push_back(&session);
  }
  std::vector<Script> scripts;
  for (const auto& one : clients) scripts.push_back(script_of(one, sessions.front().opened, end));
  return scripts;
}

}  // namespace core::replay
