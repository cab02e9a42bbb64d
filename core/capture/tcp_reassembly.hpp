#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <queue>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/capture/address.hpp"
#include "core/capture/half.hpp"
#include "core/capture/sorted_items.hpp"
#include "core/capture/tcp_segment.hpp"

namespace core::capture {

/// TCP segments in, connections out.
///
/// How it works. A connection begins with its SYN, whose sender is the client, and is followed from
/// its first byte. One that was joined mid-stream is looked at segment by segment: where a request
/// begins it is followed from there; frames that are Engine.IO's, or may be, are told once; the
/// rest is nobody's. Each direction is a Half. A closed connection is remembered for a while, since
/// its late segments would look like a new one's.
/// Source: RFC 9293, section 3.
class TcpReassembly {
 public:
  explicit TcpReassembly(SortedItems& items) noexcept : items_(items) {}
  TcpReassembly(const TcpReassembly&) = delete;
  TcpReassembly& operator=(const TcpReassembly&) = delete;

  void receive(const TcpSegment& segment, Instant at);
  /// There is no more: what was acknowledged and never seen is told.
  void finish();
  void ignore(ConnectionId connection);

 private:
  /// The two ends, the lesser one first.
  using Key = std::pair<Endpoint, Endpoint>;
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept;
  };
  enum class State : std::uint8_t {
    Joining,  ///< no SYN was seen, and nothing that tells what it is
    Followed,
    Nobodys,  ///< joined, and not to be read
    Closed,
  };
  struct Flow {
    Endpoint client;  ///< while it is Followed; likewise the next four
    Endpoint server;
    std::array<Half, 2> halves;  ///< by Direction
    ConnectionId id{};           ///< None until something is told of it
    Opened::From from = Opened::From::Start;
    std::array<std::uint32_t, 2> syn{};  ///< sequence numbers, by Direction
    std::array<bool, 2> syn_seen{};
    Instant since{};
    Instant last{};               ///< its latest segment
    std::uint32_t looked_at = 0;  ///< Joining: segments with data
    bool secret_from_server = false;
    bool secret_from_client = false;
    State state = State::Joining;
    bool deadline_set = false;
    std::list<Key>::iterator place;
  };
  using Deadline = std::pair<Instant, Key>;

  [[nodiscard]] Flow* find(const Key& key);
  Flow& begin(const Key& key, Instant at);
  void on_syn(const Key& key, Flow* flow, const TcpSegment& segment, Instant at);
  void on_reset(const Key& key, Flow& flow, Direction by, Instant at);
  void look(Flow& flow, const TcpSegment& segment, Instant at);
  void follow(const Key& key, Flow& flow, const TcpSegment& segment, Instant at);
  void open(Flow& flow, const Key& key);
  void tell_joined(Flow& flow, const Key& key, const Endpoint& client, const Endpoint& server,
                   Instant at);
  void tell_holes(const Key& key, Flow& flow);
  [[nodiscard]] Half::Told told(const Flow& flow, Direction direction) noexcept;
  void advance(Instant now);
  void wake_at_deadline(const Key& key, Flow& flow);
  void close(Flow& flow, Instant at);
  void make_room(Instant now);
  void forget(std::list<Key>& list);

  SortedItems& items_;
  std::unordered_map<Key, Flow, KeyHash> flows_;
  std::unordered_map<ConnectionId, Key> by_id_;
  std::list<Key> live_;    ///< the one that was silent longest first
  std::list<Key> closed_;  ///< by when they closed
  std::priority_queue<Deadline, std::vector<Deadline>, std::greater<>> deadlines_;
  std::uint64_t opened_ = 0;
};

}  // namespace core::capture
