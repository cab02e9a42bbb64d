#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/client/codec.hpp"
#include "core/server/engine_server.hpp"

namespace core::server {

struct Options {
  EngineOptions engine = {};
  client::Parser parser = client::Parser::Json;
  std::vector<std::string> namespaces = {"/"};          ///< others are refused with CONNECT_ERROR
  Duration connect_timeout = std::chrono::seconds(45);  ///< for a session's first namespace
};

/// One client in one namespace: what the server's application talks to.
struct Socket {
  SessionNumber session = SessionNumber::None;
  std::string ns = "/";
  auto operator<=>(const Socket&) const = default;
};

struct Connected {
  Socket socket;
  std::string sid;   ///< of the socket; the engine's sid is another
  std::string auth;  ///< JSON object as the client sent it; empty when it sent none
};
/// An event. With `id` the client waits for acknowledge().
struct Received {
  Socket socket;
  std::string name;
  std::string arguments;  ///< inside of a JSON array: `1,{}`
  std::vector<std::string> attachments;
  std::optional<std::uint64_t> id;
};
struct Acknowledged {
  Socket socket;
  std::uint64_t id;
  std::string arguments;
};
struct Disconnected {
  Socket socket;
  std::string_view reason;  ///< static text
};
using Happening = std::variant<SessionOpened, SessionUpgraded, SessionClosed, Connected, Received,
                               Acknowledged, Disconnected>;

struct Output {
  Actions actions;                    ///< for the sockets
  std::vector<Happening> happenings;  ///< for the application
};

/// A small, correct Socket.IO server over EngineServer: namespaces, events, acks, attachments,
/// broadcasts. The application reads `Output::happenings` and answers with the commands below.
/// Rooms, middleware, adapters and connection state recovery are not here. Source: Socket.IO
/// protocol 5, and 4 for clients of Engine.IO 3; socket.io 4.8 where the text is silent.
class Server {
 public:
  Server(Options options, std::uint64_t seed);

  // --- Links: the surface that client::Client has ---
  void opened(LinkId link, Instant, Output&) { engine_.opened(link); }
  void receive(LinkId link, std::string_view bytes, Instant now, Output& out);
  void closed(LinkId link, Instant now, Output& out);
  [[nodiscard]] std::optional<Instant> deadline() const noexcept;
  void advance(Instant now, Output& out);

  // --- Commands. `arguments` is the inside of a JSON array; unknown sockets are ignored ---
  void emit(const Socket& socket, std::string_view name, std::string_view arguments, Instant now,
            Output& out, std::vector<std::string> attachments = {});
  void acknowledge(const Socket& socket, std::uint64_t id, std::string_view arguments, Instant now,
                   Output& out, std::vector<std::string> attachments = {});
  /// An event to every socket of a namespace.
  void broadcast(const std::string& ns, std::string_view name, std::string_view arguments,
                 Instant now, Output& out);
  /// The same, whatever the text is: `2[null,null]` is what `io.emit(null, null)` sends, and no
  /// client can parse it. Text is what follows the Engine.IO `4`.
  void broadcast_raw(const std::string& ns, std::string_view text, Instant now, Output& out);
  /// An engine message to one session, whatever it holds.
  void send_raw(SessionNumber session, const client::Message& message, Instant now, Output& out);
  /// Ends one socket (packet `41`); its session stays.
  void disconnect(const Socket& socket, Instant now, Output& out);
  /// Ends a whole session.
  void close(SessionNumber session, Instant now, Output& out);

  // --- What an operator asks ---
  struct SessionInfo {
    SessionNumber session;
    std::string engine_sid;
    std::string_view transport;
    std::map<std::string, std::string> sockets;  ///< namespace to socket id
    LinkId link;  ///< its WebSocket, or where its poll waits; else None
  };
  [[nodiscard]] std::vector<SessionInfo> sessions() const;

 private:
  struct Session {
    std::string engine_sid;
    Revision revision;
    client::PacketReader reader;
    std::map<std::string, std::string> sockets = {};  ///< namespace to socket id
    std::optional<Instant> connect_by = {};
  };

  void route(EngineOutput& engine, Instant now, Output& out);
  void receive_message(SessionNumber number, Message message, Instant now, Output& out);
  void receive_packet(SessionNumber number, Session& session, client::Packet packet, Instant now,
                      Output& out);
  void open(const SessionOpened& opened, Instant now, Output& out);
  void connect(SessionNumber number, Session& session, const client::Packet& packet, Instant now,
               Output& out);
  [[nodiscard]] std::string make_sid(const Session& session, const std::string& ns);
  void send(SessionNumber number, const client::Packet& packet, Instant now, Output& out);
  void fail(SessionNumber number, Instant now, Output& out);
  void leave(SessionNumber number, std::string_view reason, Output& out);
  [[nodiscard]] bool has(const Socket& socket) const noexcept;

  Options options_;
  EngineServer engine_;
  std::mt19937_64 random_;
  std::map<SessionNumber, Session> sessions_;
};

}  // namespace core::server
