#include "core/capture/tcp_reassembly.hpp"

#include <xxhash.h>

#include <algorithm>

#include "core/capture/joined.hpp"
#include "core/limits.hpp"

namespace core::capture {
namespace {

std::uint64_t hash_of(const Endpoint& endpoint) noexcept {
  return XXH3_64bits_withSeed(endpoint.address.data(), endpoint.address.size(), endpoint.port);
}

}  // namespace

std::size_t TcpReassembly::KeyHash::operator()(const Key& key) const noexcept {
  return hash_of(key.first) * 31 + hash_of(key.second);
}

void TcpReassembly::receive(const TcpSegment& segment, Instant at) {
  advance(at);
  make_room(at);
  const Key key = std::minmax(segment.source, segment.destination);
  Flow* const flow = find(key);
  if (flow != nullptr && flow->state != State::Closed) {
    flow->last = at;
    live_.splice(live_.end(), live_, flow->place);
  }
  if (segment.rst) {
    if (flow != nullptr)
      on_reset(key, *flow,
               segment.source == flow->client ? Direction::ToServer : Direction::ToClient, at);
    return;
  }
  if (segment.syn) return on_syn(key, flow, segment, at);
  if (flow == nullptr) {
    if (!segment.payload.empty()) look(begin(key, at), segment, at);
    return;
  }
  switch (flow->state) {
    case State::Joining:
      return look(*flow, segment, at);
    case State::Followed:
      return follow(key, *flow, segment, at);
    case State::Nobodys:
      if (segment.fin) close(*flow, at);
      return;
    case State::Closed:
      return;
  }
}

void TcpReassembly::finish() {
  for (const Key& key : live_) {
    Flow& flow = *find(key);
    if (flow.state == State::Followed) tell_holes(key, flow);
  }
}

void TcpReassembly::ignore(ConnectionId connection) {
  const auto found = by_id_.find(connection);
  if (found == by_id_.end()) return;
  for (Half& half : find(found->second)->halves) half.ignore();
}

TcpReassembly::Flow* TcpReassembly::find(const Key& key) {
  const auto found = flows_.find(key);
  return found == flows_.end() ? nullptr : &found->second;
}

/// A fresh flow; one that has the same ends is gone.
TcpReassembly::Flow& TcpReassembly::begin(const Key& key, Instant at) {
  const auto [entry, is_new] = flows_.try_emplace(key);
  Flow& flow = entry->second;
  std::list<Key>::iterator place;
  if (is_new) {
    place = live_.insert(live_.end(), key);
  } else {
    place = flow.place;
    live_.splice(live_.end(), flow.state == State::Closed ? closed_ : live_, place);
    by_id_.erase(flow.id);
  }
  flow = Flow{};
  flow.place = place;
  flow.since = flow.last = at;
  return flow;
}

void TcpReassembly::on_syn(const Key& key, Flow* flow, const TcpSegment& segment, Instant at) {
  const Direction direction = segment.ack ? Direction::ToClient : Direction::ToServer;
  const std::size_t side = index_of(direction);
  if (flow != nullptr) {
    const bool has_begun = flow->state == State::Followed || flow->state == State::Closed;
    if (has_begun && flow->syn_seen[side] && flow->syn[side] == segment.sequence) return;  // Again.
    const bool completes = segment.ack && flow->state == State::Followed &&
                           flow->syn_seen[index_of(Direction::ToServer)] && !flow->syn_seen[side];
    if (!completes) {
      // Its ends have forgotten it, or they could not begin anew.
      on_reset(key, *flow, Direction::ToServer, at);
      flow = nullptr;
    }
  }
  if (flow == nullptr) {
    flow = &begin(key, at);
    flow->state = State::Followed;
    flow->client = segment.ack ? segment.destination : segment.source;
    flow->server = segment.ack ? segment.source : segment.destination;
  }
  flow->syn_seen[side] = true;
  flow->syn[side] = segment.sequence;
  Half& half = flow->halves[side];
  if (!half.started()) half.start(segment.sequence + 1, at);

  TcpSegment rest = segment;  // It may carry data already (TCP Fast Open).
  rest.sequence += 1;
  follow(key, *flow, rest, at);
}

/// Who resets is told first, as a tap wants it.
void TcpReassembly::on_reset(const Key& key, Flow& flow, Direction by, Instant at) {
  if (flow.state == State::Closed) return;
  if (flow.state == State::Followed) tell_holes(key, flow);
  if (flow.state == State::Followed && flow.id != ConnectionId::None)
    for (const Direction direction : {by, opposite(by)})
      items_.ended(at, flow.id, direction, StreamEnd::Reset);
  close(flow, at);
}

/// What was acknowledged and not seen by now never will be.
void TcpReassembly::tell_holes(const Key& key, Flow& flow) {
  for (const Direction direction : {Direction::ToServer, Direction::ToClient})
    if (Half& half = flow.halves[index_of(direction)]; half.deadline() != Instant::max()) {
      open(flow, key);
      half.advance(Instant::max(), told(flow, direction));
    }
}

/// A segment of a connection that was joined mid-stream.
void TcpReassembly::look(Flow& flow, const TcpSegment& segment, Instant at) {
  if (segment.payload.empty()) return;
  const Key& key = *flow.place;
  switch (looks_of(segment.payload)) {
    case Looks::Request:
      flow.client = segment.source;
      flow.server = segment.destination;
      flow.from = Opened::From::Request;
      flow.since = at;
      flow.state = State::Followed;
      flow.halves[index_of(Direction::ToServer)].start(segment.sequence, at);
      return follow(key, flow, segment, at);
    case Looks::FrameFromServer:
      return tell_joined(flow, key, segment.destination, segment.source, at);
    case Looks::FrameFromClient:
      return tell_joined(flow, key, segment.source, segment.destination, at);
    case Looks::SecretiveFromServer:  // Once is chance.
      if (std::exchange(flow.secret_from_server, true))
        return tell_joined(flow, key, segment.destination, segment.source, at);
      break;
    case Looks::SecretiveFromClient:
      if (std::exchange(flow.secret_from_client, true))
        return tell_joined(flow, key, segment.source, segment.destination, at);
      break;
    case Looks::Other:
      break;
  }
  if (++flow.looked_at >= limits::kJoinedSegmentsMax) flow.state = State::Nobodys;
}

void TcpReassembly::tell_joined(Flow& flow, const Key& key, const Endpoint& client,
                                const Endpoint& server, Instant at) {
  flow.client = client;
  flow.server = server;
  flow.from = Opened::From::WebSocket;
  flow.since = at;
  open(flow, key);
  flow.state = State::Nobodys;
}

void TcpReassembly::follow(const Key& key, Flow& flow, const TcpSegment& segment, Instant at) {
  const Direction direction =
      segment.source == flow.client ? Direction::ToServer : Direction::ToClient;
  Half& half = flow.halves[index_of(direction)];
  Half& other = flow.halves[index_of(opposite(direction))];
  const bool carries = !segment.payload.empty() || segment.absent_bytes != 0;
  if (!half.started()) half.start(segment.sequence, at);
  if (segment.ack) {
    if (!other.started())
      other.start(segment.acknowledged, at);
    else
      other.acknowledged(segment.acknowledged, at);
  }
  if (carries || other.deadline() != Instant::max()) open(flow, key);
  if (carries)
    half.receive(segment.sequence, segment.payload, segment.absent_bytes, at,
                 told(flow, direction));
  if (segment.fin) {
    open(flow, key);
    half.fin(segment.sequence + static_cast<std::uint32_t>(segment.payload.size()) +
                 segment.absent_bytes,
             at, told(flow, direction));
  }
  if (half.over() && other.over()) return close(flow, at);
  wake_at_deadline(key, flow);
}

/// Tells that it is there, before anything else of it.
void TcpReassembly::open(Flow& flow, const Key& key) {
  if (flow.id != ConnectionId::None) return;
  flow.id = ConnectionId{++opened_};
  by_id_.emplace(flow.id, key);
  items_.opened(flow.since, flow.id, text_of(flow.client), text_of(flow.server), flow.from);
}

Half::Told TcpReassembly::told(const Flow& flow, Direction direction) noexcept {
  return {items_, flow.id, direction};
}

// --- Time ---

void TcpReassembly::wake_at_deadline(const Key& key, Flow& flow) {
  const Instant due = std::min(flow.halves[0].deadline(), flow.halves[1].deadline());
  if (due == Instant::max() || flow.deadline_set) return;
  flow.deadline_set = true;
  deadlines_.emplace(due, key);
}

void TcpReassembly::advance(Instant now) {
  while (!deadlines_.empty() && deadlines_.top().first <= now) {
    const auto [due, key] = deadlines_.top();
    deadlines_.pop();
    Flow* const flow = find(key);
    if (flow == nullptr || flow->state != State::Followed) continue;
    flow->deadline_set = false;
    for (const Direction direction : {Direction::ToServer, Direction::ToClient})
      flow->halves[index_of(direction)].advance(due, told(*flow, direction));
    if (flow->halves[0].over() && flow->halves[1].over())
      close(*flow, due);
    else
      wake_at_deadline(key, *flow);
  }
}

void TcpReassembly::close(Flow& flow, Instant at) {
  flow.state = State::Closed;
  flow.last = at;
  for (Half& half : flow.halves) half.drop();
  by_id_.erase(flow.id);
  closed_.splice(closed_.end(), live_, flow.place);
}

void TcpReassembly::make_room(Instant now) {
  while (!closed_.empty() && find(closed_.front())->last + limits::kClosedConnectionMemory < now)
    forget(closed_);
  if (flows_.size() < limits::kCapturedConnectionsMax) return;
  if (!closed_.empty()) return forget(closed_);
  Flow& oldest = *find(live_.front());
  // However much of it comes yet.
  if (oldest.state == State::Followed && oldest.id != ConnectionId::None)
    items_.missing(now, oldest.id, Direction::ToServer, 0);
  forget(live_);
}

void TcpReassembly::forget(std::list<Key>& list) {
  const auto found = flows_.find(list.front());
  by_id_.erase(found->second.id);
  flows_.erase(found);
  list.pop_front();
}

}  // namespace core::capture
