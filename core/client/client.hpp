#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "core/client/back_off.hpp"
#include "core/client/engine.hpp"
#include "core/client/link.hpp"
#include "core/client/sockets.hpp"
#include "core/instant.hpp"

namespace core::client {

/// Whether a client that lost its engine makes another by itself.
enum class Reconnection : std::uint8_t { Always, Never };

struct Options {
  EngineOptions engine = {};
  std::vector<Namespace> namespaces = {{}};
  Parser parser = Parser::Json;
  OfflineOptions offline = {};
  Reconnection reconnection = Reconnection::Always;
  BackOffOptions back_off = {};
};

/// The client is offline and will try again at `at`.
struct ReconnectScheduled {
  Instant at;
};
using Happening = std::variant<EngineOpened, EngineUpgraded, EngineClosed, ReconnectScheduled,
                               Connected, ConnectError, Disconnected, Received, Acknowledged,
                               AckFailed, EmissionSent, EmissionDropped>;

struct Output {
  Actions actions;                    ///< for whoever owns the sockets, in order
  std::vector<Happening> happenings;  ///< for the application, in order
};

/// A Socket.IO client as a state machine: Engine.IO 4 and 3; polling, WebSocket and the upgrade;
/// both official parsers. It owns no socket, no thread, no clock and no randomness, and it calls
/// nobody back.
///
///     core::client::Client client({.engine = {.target = {.host = "127.0.0.1:3000"}}}, seed);
///     core::client::Output out;
///     client.connect(now, out);
///     ... for each OpenLink in out.actions connect a socket, then client.opened(link, now, out);
///     ... for each SendBytes write; for each CloseLink write what is left and close;
///     ... bytes came: client.receive(link, bytes, now, out); a socket ended: client.closed(link,
///     now, out);
///     ... at client.deadline(): client.advance(now, out);
///     ... after every call: do out.actions, read out.happenings, clear both.
///
/// The laws:
///
/// 1. Never more than one live engine. There is room for one, and the next is made only when the
/// last is
///    Closed: whatever the cause (a packet that does not parse, a lost heartbeat, the user),
///    closing comes first.
/// 2. What arrives from a link of an engine that is over concerns nobody.
/// 3. An event is sent at most once. What happens to it offline is OfflineOptions' to say, and each
///    emission is told: by its Receipt or, if buffered, by one EmissionSent or EmissionDropped.
/// 4. Every ack id that a Receipt names ends in exactly one Acknowledged or AckFailed.
/// 5. Attempts are spread: each delay is jittered, also at the cap (BackOff). Delays start over
///    once a session has lasted the longest of them, so that a server which breaks every session
///    at its beginning is not called on faster than one that refuses them.
/// 6. Nothing is sent that the server's parser would refuse, or that is larger than it takes.
class Client {
 public:
  /// `seed` feeds keys, masks and jitter.
  Client(Options options, std::uint64_t seed);
  Client(const Client&) = delete;  // Engines hold references into it.
  Client& operator=(const Client&) = delete;

  // --- Commands ---

  /// Starts, or starts over: after disconnect(), before a scheduled attempt, and with the
  /// namespaces that the server refused or ended. Without any namespace nothing happens.
  void connect(Instant now, Output& out);
  /// Ends for good: no reconnection. What the offline buffer holds is dropped.
  void disconnect(Instant now, Output& out);
  /// Sends an event, or does what `Options::offline` says.
  [[nodiscard]] tl::expected<Receipt, EmitErrc> emit(Emission emission, Instant now, Output& out);
  /// Answers a Received that has an id. The first answer counts, and only while the connection
  /// lasts on which the event came: others are dropped.
  void acknowledge(const std::string& ns, std::uint64_t id, std::string_view arguments, Output& out,
                   std::vector<std::string> attachments = {});
  /// Adds a namespace; while an engine is open it is connected at once.
  void join(Namespace wanted, Output& out);
  /// Leaves a namespace. With the last one the engine closes, for good.
  void leave(const std::string& ns, Instant now, Output& out);

  // --- Links ---

  void opened(LinkId link, Instant now, Output& out);
  void receive(LinkId link, std::string_view bytes, Instant now, Output& out);
  /// The link ended, or could not be had. Not needed for links that a CloseLink ended.
  void closed(LinkId link, Instant now, Output& out);

  // --- Time ---

  /// When advance() is wanted next, if ever.
  [[nodiscard]] std::optional<Instant> deadline() const noexcept;
  void advance(Instant now, Output& out);

  [[nodiscard]] bool connected(const std::string& ns) const noexcept {
    return sockets_.connected(ns);
  }
  /// The engine's session, or empty while there is none.
  [[nodiscard]] std::string_view engine_sid() const noexcept;

 private:
  void open_engine(Instant now, Output& out);
  void route(EngineHappenings& told, Instant now, Output& out);
  void receive_message(Message message, Instant now, Output& out);
  void engine_closed(const EngineClosed& closed, Instant now, Output& out);
  void close_engine(CloseReason reason, std::string_view detail, Instant now, Output& out);
  void tell(SocketHappenings& told, Output& out);
  void send(std::vector<Message> messages, Output& out);
  void measure_room();

  Options options_;
  std::mt19937_64 random_;
  LinkNumbers numbers_;
  Sockets sockets_;
  BackOff back_off_;
  std::optional<Engine> engine_;      ///< law 1: room for one
  std::optional<Instant> opened_at_;  ///< the engine's handshake
  std::optional<Instant> reconnect_at_;
};

}  // namespace core::client
