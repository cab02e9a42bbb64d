#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/address/networks.hpp"
#include "core/direction.hpp"
#include "core/event_buffer.hpp"
#include "core/http/exchanges.hpp"
#include "core/ids.hpp"
#include "core/inflate/budget.hpp"
#include "core/instant.hpp"
#include "core/limits.hpp"

namespace core::tap {

/// What `--client-key` names. `per_page` says that it identifies a page, not a user.
struct ClientKey {
  enum class Source : std::uint8_t { None, Cookie, Header, Query, Auth };
  Source source = Source::None;
  std::string name;  ///< cookie, header (lower case) or query name; for Auth a dotted path
  bool per_page = false;
};

/// `--dedupe-key 'chat=$[0].id'`: where an application keeps its own id of a message. The same id
/// twice is the same message twice.
struct DedupeKey {
  /// One step into a value: a member, or, when that is empty, an element.
  struct Step {
    std::string member;
    std::size_t index = 0;
  };
  std::string event;         ///< plain text
  std::size_t argument = 0;  ///< the name does not count
  std::vector<Step> steps;   ///< from the argument on
};

class KnownEvents;

/// What every tap of a thread shares. Outlives them.
struct Settings {
  /// Requests whose path starts with `path` are Socket.IO's. `hash_key` seeds the hashes of
  /// secrets: random per process, fixed in tests.
  explicit Settings(std::string path = "/socket.io/", ClientKey key = {},
                    std::uint64_t hash_key_ = 0)
      : client_key(std::move(key)), hash_key(hash_key_) {
    // Clients may leave the last slash out (`addTrailingSlash: false`).
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    http.path_prefix = std::move(path);
    if (client_key.source == ClientKey::Source::Header) http.extra_header = client_key.name;
  }

  http::Settings http;
  ClientKey client_key;
  std::uint64_t hash_key;
  std::vector<DedupeKey> dedupe_keys;
  /// Peers whose word is taken for who their clients are: their X-Forwarded-For is believed.
  address::Networks trust;
  inflate::Budget* inflate_budget = nullptr;  ///< nullptr: as much as it takes
  KnownEvents* known_events = nullptr;        ///< nullptr: every event is decoded
  /// While it is, a connection that begins with a new session is not looked into (MemoryLimit):
  /// what gives way is what we see, never what passes.
  bool short_of_memory = false;
};

/// One client connection and its upstream connection, watched. Bytes go in as they were forwarded,
/// in both directions; events come out. It decodes HTTP/1.1, WebSocket, Engine.IO and Socket.IO as
/// far as one message; what spans messages or connections is the session tracker's.
///
/// The law: however the same bytes are cut into chunks, the events are the same (but for `at`).
/// When it cannot go on it says so once (EventKind::Unobserved, if the connection had carried
/// anything on the Socket.IO path), frees what it holds, and takes everything else without looking.
class Tap {
 public:
  Tap(const Settings& settings, ConnectionId connection);
  ~Tap();
  Tap(Tap&&) noexcept;
  Tap& operator=(Tap&&) noexcept;

  /// The connection was accepted. `peer` is the client's address, `127.0.0.1:53212` or
  /// `[::1]:53212`, or whom a trusted PROXY preamble names as the client.
  void open(std::string_view peer, Instant at, EventBuffer& out);
  void open(const address::IpAddress& peer) noexcept;
  /// It goes to this one of several upstreams, which are counted from 1; `instead_of` that one,
  /// which could not be reached (0: it was the first choice). Once, before it is first asked.
  void routed(std::uint8_t upstream, std::uint8_t instead_of) noexcept;
  /// `bytes` were forwarded in `direction`. They are overwritten: WebSocket payloads are unmasked
  /// in place.
  void receive(Direction direction, std::span<char> bytes, Instant at, EventBuffer& out);
  /// No more bytes will come in `direction`: `Fin` behind its bytes, `Reset` at once. A Reset is
  /// told for both directions.
  void close(Direction direction, StreamEnd end, Instant at, EventBuffer& out);
  /// Bytes crossed the wire in `direction` that nobody saw: a hole in a capture. `bytes` is 0 when
  /// it is not known how many. HTTP is read on where a request begins, a WebSocket no more.
  void missing(Direction direction, std::uint64_t bytes, Instant at, EventBuffer& out);
  /// Instead of anything else: it was joined amid frames that are Engine.IO's, or may be.
  void joined(Instant at, EventBuffer& out);
  /// What an HTTP connection waits for, so that one that its client only keeps open can be told.
  struct Idle {
    enum class State : std::uint8_t {
      Busy,    ///< anything else: a request or response is under way, or no HTTP that we read
      InHead,  ///< the first request has not come, or a request's head not whole
      BetweenRequests,  ///< all was answered
    };
    State state = State::Busy;
    std::uint32_t requests = 0;  ///< so far
    friend bool operator==(const Idle&, const Idle&) = default;
  };
  [[nodiscard]] Idle idle() const noexcept;
  /// True once nothing more will be decoded; the caller may stop handing it bytes.
  [[nodiscard]] bool off() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace core::tap
