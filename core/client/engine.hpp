#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/client/answer.hpp"
#include "core/client/heartbeat.hpp"
#include "core/client/limits.hpp"
#include "core/client/link.hpp"
#include "core/client/polling_transport.hpp"
#include "core/client/request.hpp"
#include "core/client/revision.hpp"
#include "core/client/upgrade.hpp"
#include "core/client/websocket_transport.hpp"
#include "core/instant.hpp"

namespace core::client {

enum class Transports : std::uint8_t { PollingThenWebSocket, Polling, WebSocket };

struct EngineOptions {
  Target target = {};
  Revision revision = Revision::V4;
  Transports transports = Transports::PollingThenWebSocket;
  CookiePolicy cookies = CookiePolicy::Replay;
  Limits limits = {};
  Duration connect_timeout = std::chrono::seconds(20);  ///< until the handshake
  Duration upgrade_timeout = std::chrono::seconds(10);
  Duration close_timeout = std::chrono::seconds(2);  ///< for the server to answer a goodbye
};

/// Why an engine ended, in the words of the JavaScript client where it has them.
enum class CloseReason : std::uint8_t {
  ClientDisconnect,
  ServerClosed,  ///< packet `1`
  PingTimeout,
  ParseError,  ///< a Socket.IO packet that cannot be decoded: whoever decodes says so to close()
  TransportError,  ///< a link broke, a request was refused, or an engine packet made no sense
  ConnectTimeout,
};
[[nodiscard]] std::string_view name(CloseReason reason) noexcept;

struct EngineOpened {
  std::string sid;  ///< of the Engine.IO session
  std::string_view transport;
};
struct EngineUpgraded {};
struct EngineMessage {
  Message message;  ///< without the Engine.IO `4`
};
struct EngineClosed {
  CloseReason reason;
  std::string_view detail;            ///< static text
  std::optional<Answer> answer = {};  ///< what came where something else was expected
};
using EngineHappening = std::variant<EngineOpened, EngineUpgraded, EngineMessage, EngineClosed>;
using EngineHappenings = std::vector<EngineHappening>;

/// The longest messages that the server takes over the transport of the moment.
struct Room {
  std::uint64_t text_bytes = UINT64_MAX;
  std::uint64_t binary_bytes = UINT64_MAX;
};

/// One Engine.IO session, the client's side, from its first byte to its last: a machine that
/// routes between transport, handshake, heartbeat and upgrade. It is used once; whoever wants to
/// reconnect makes another.
///
///     Opening ──handshake──► Open ──close()──► Closing ──answered, or close_timeout──► Closed
///        └──────────────── anything that goes wrong ───────────────────────────────────► Closed
///
/// EngineClosed is told when it stops being of use (Closing, or Closed); a new engine may only be
/// made once it is Closed: then no link of it is left and the server has been told, as far as it
/// could be.
class Engine {
 public:
  enum class State : std::uint8_t { Opening, Open, Closing, Closed };

  /// Starts to connect. `options` and `numbers` must outlive it.
  Engine(const EngineOptions& options, LinkNumbers& numbers, std::uint64_t seed, Instant now,
         Actions& out);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  [[nodiscard]] State state() const noexcept { return state_; }
  [[nodiscard]] const std::string& sid() const noexcept { return sid_; }
  [[nodiscard]] std::string_view transport() const noexcept;
  [[nodiscard]] Room room() const noexcept;

  /// Whether a link is this engine's: what comes of other links must not be handed to it.
  [[nodiscard]] bool owns(LinkId link) const noexcept;
  void opened(LinkId link, Instant now, Actions& out);
  void receive(LinkId link, std::string_view bytes, Instant now, Actions& out,
               EngineHappenings& told);
  void closed(LinkId link, Instant now, Actions& out, EngineHappenings& told);

  /// Sends one message, in order; while an upgrade is being finished it waits. Only while Open.
  void send(Message message, Actions& out);
  /// Tells the server and ends the session: Close on a WebSocket, packet `1` on polling.
  void close(CloseReason reason, std::string_view detail, Instant now, Actions& out,
             EngineHappenings& told);

  [[nodiscard]] std::optional<Instant> deadline() const noexcept;
  void advance(Instant now, Actions& out, EngineHappenings& told);

 private:
  void beat(Instant now, Actions& out, EngineHappenings& told);
  void receive_packets(const std::vector<Message>& in, Instant now, Actions& out,
                       EngineHappenings& told);
  void receive_handshake(std::string_view data, Instant now, Actions& out, EngineHappenings& told);
  void send_packet(EnginePacket packet, Actions& out);
  void settle(Instant now, Actions& out, EngineHappenings& told);
  void fail(CloseReason reason, std::string_view detail, Instant now, Actions& out,
            EngineHappenings& told);
  [[nodiscard]] std::optional<Answer> answer() const;
  void drop_links(Actions& out);

  const EngineOptions& options_;
  LinkNumbers& numbers_;
  std::uint64_t seed_;
  State state_ = State::Opening;
  Instant give_up_at_;  ///< Opening: connect time-out. Closing: close time-out.
  std::string sid_;
  std::optional<std::uint64_t> payload_bytes_max_;
  Requests requests_;
  std::optional<PollingTransport> polling_;
  std::optional<WebSocketTransport> websocket_;
  std::optional<Upgrade> upgrade_;
  std::optional<Heartbeat> heartbeat_;
  std::vector<EnginePacket> held_;  ///< packets that wait for the upgrade to be through
};

}  // namespace core::client
