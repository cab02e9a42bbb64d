#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "core/client/socketio_packet.hpp"

namespace core::client {

/// A namespace is connected: events may be sent to it.
struct Connected {
  std::string ns;
  std::string sid;  ///< of the socket, as the server's logs name it
};
/// The server refused a namespace. It is not tried again.
struct ConnectError {
  std::string ns;
  std::string data;  ///< JSON as sent, `{"message":"Invalid namespace"}`
};
/// A namespace is no longer connected.
struct Disconnected {
  std::string ns;
  std::string_view reason;  ///< static text
};
/// An event. With `id` the server waits for an acknowledgement.
struct Received {
  std::string ns;
  std::string name;
  std::string arguments;  ///< inside of a JSON array: `1,{}`
  std::vector<std::string> attachments;
  std::optional<std::uint64_t> id;
};
/// The server acknowledged what was emitted with that id.
struct Acknowledged {
  std::string ns;
  std::uint64_t id;
  std::string arguments;
  std::vector<std::string> attachments;
};
/// The connection was lost before the acknowledgement came: it never will.
struct AckFailed {
  std::string ns;
  std::uint64_t id;
};
using SocketHappening =
    std::variant<Connected, ConnectError, Disconnected, Received, Acknowledged, AckFailed>;

/// A namespace to connect to. `auth` is a JSON object, or empty.
struct Namespace {
  std::string ns = "/";
  std::string auth = {};
};

enum class Ask : std::uint8_t { Nothing, Ack };
enum class EmitErrc : std::uint8_t {
  NotConnected,  ///< offline, or CONNECT is not answered yet. Nothing is kept for later.
};

/// Socket.IO v5 over one engine after another, the client's side: namespaces, events, acks. Engine
/// messages in and out. Ack ids rise through all of a client's life, never starting over, so an
/// answer that comes late cannot be taken for another's.
class Sockets {
 public:
  explicit Sockets(std::vector<Namespace> namespaces);

  /// An engine opened. Returns a CONNECT for each namespace.
  [[nodiscard]] std::vector<Message> engine_opened();
  /// A message came. Its consequences are added to `told`. An error means that the session is of no
  /// use any more.
  [[nodiscard]] tl::expected<void, socketio::PacketErrc> receive(
      Message message, std::vector<SocketHappening>& told);
  /// The engine is gone, or is to be ignored from here on.
  void engine_lost(std::string_view reason, std::vector<SocketHappening>& told);

  struct Emission {
    std::vector<Message> messages;    ///< to be sent on the engine
    std::optional<std::uint64_t> id;  ///< with Ask::Ack
  };
  [[nodiscard]] tl::expected<Emission, EmitErrc> emit(const std::string& ns, std::string_view name,
                                                      std::string_view arguments, Ask ask,
                                                      std::vector<std::string> attachments);
  /// Answers a Received that has an id.
  [[nodiscard]] std::vector<Message> acknowledge(const std::string& ns, std::uint64_t id,
                                                 std::string_view arguments,
                                                 std::vector<std::string> attachments) const;
  /// Whether any namespace is left that a new engine would connect to.
  [[nodiscard]] bool wanted() const noexcept { return !sockets_.empty(); }
  [[nodiscard]] bool connected(const std::string& ns) const noexcept;

 private:
  struct Socket {
    std::string auth;
    std::string sid;  ///< empty until CONNECT is answered
    std::uint64_t next_ack = 0;
    std::set<std::uint64_t> waiting;  ///< ids not acknowledged yet
  };
  using Entry = std::map<std::string, Socket>::iterator;
  void lose(const std::string& ns, Socket& socket, std::string_view reason,
            std::vector<SocketHappening>& told);

  std::map<std::string, Socket> sockets_;
  PacketReader reader_;
};

}  // namespace core::client
