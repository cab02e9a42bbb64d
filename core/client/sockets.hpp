#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "core/client/acks.hpp"
#include "core/client/codec.hpp"
#include "core/client/emission.hpp"
#include "core/client/outbox.hpp"
#include "core/client/recovery.hpp"
#include "core/instant.hpp"

namespace core::client {

/// A namespace is connected: events may be sent to it.
struct Connected {
  std::string ns;
  std::string sid;         ///< of the socket, as the server's logs name it
  bool recovered = false;  ///< the server took up the last connection: what it missed follows
};
/// The server refused a namespace. It is not tried again before join() or connect().
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
enum class AckFailure : std::uint8_t {
  Disconnected,  ///< the connection was lost: the server may have handled the event, or not
  TimedOut,      ///< likewise; the answer is ignored if it comes after all
  NotSent,       ///< the emission was dropped from the offline buffer
};
/// No acknowledgement will be told for that id.
struct AckFailed {
  std::string ns;
  std::uint64_t id;
  AckFailure why;
};
/// An emission left the offline buffer.
struct EmissionSent {
  EmissionNumber number;
};
/// An emission was taken out of the offline buffer and will never be sent.
struct EmissionDropped {
  EmissionNumber number;
  std::string_view reason;  ///< static text
};
using SocketHappening = std::variant<Connected, ConnectError, Disconnected, Received, Acknowledged,
                                     AckFailed, EmissionSent, EmissionDropped>;
using SocketHappenings = std::vector<SocketHappening>;

/// A namespace to connect to.
struct Namespace {
  std::string ns = "/";
  std::string auth = {};   ///< a JSON object, or empty; not in revision 3
  std::string query = {};  ///< revision 3 alone: `token=x`, already encoded; not of `/`
};

/// Socket.IO over one engine after another, the client's side: namespaces, events, acks. Engine
/// messages in and out.
class Sockets {
 public:
  Sockets(std::vector<Namespace> namespaces, Format format, OfflineOptions offline);

  // --- The engine below. What goes out is added to `out`, what happened to `told` ---

  /// An engine opened: a CONNECT for each namespace.
  void engine_opened(std::string_view engine_sid, std::vector<Message>& out);
  /// A message came. An error (static text) means that the session is of no use any more.
  [[nodiscard]] tl::expected<void, std::string_view> receive(Message message,
                                                             std::vector<Message>& out,
                                                             SocketHappenings& told);
  /// The engine is gone, or is to be ignored from here on.
  void engine_lost(std::string_view reason, SocketHappenings& told);
  /// The longest messages that the engine takes now.
  void set_room(std::uint64_t text_bytes, std::uint64_t binary_bytes) noexcept {
    text_bytes_max_ = text_bytes;
    binary_bytes_max_ = binary_bytes;
  }

  // --- The application above ---

  [[nodiscard]] tl::expected<Receipt, EmitErrc> emit(Emission emission, Instant now,
                                                     std::vector<Message>& out);
  /// Answers a Received that has an id. Dropped when that id is not owed (any more).
  void acknowledge(const std::string& ns, std::uint64_t id, std::string_view arguments,
                   std::vector<std::string> attachments, std::vector<Message>& out);
  /// Adds a namespace, connected at once while an engine is open. Of one that is wanted already it
  /// renews `auth` and query, for the next time.
  void join(Namespace wanted, std::vector<Message>& out);
  void leave(const std::string& ns, std::vector<Message>& out, SocketHappenings& told);
  /// Wants the namespaces again that the server refused or ended.
  void want_again();
  /// Says goodbye in every namespace, keeping them for the next time, and empties the buffer.
  void leave_all(std::vector<Message>& out, SocketHappenings& told);

  [[nodiscard]] std::optional<Instant> deadline() const noexcept;
  void advance(Instant now, SocketHappenings& told);

  /// Whether any namespace is left that a new engine would connect to.
  [[nodiscard]] bool wanted() const noexcept;
  [[nodiscard]] bool connected(const std::string& ns) const noexcept;

 private:
  /// A namespace is remembered when it is over, so that its ack ids go on.
  enum class Standing : std::uint8_t { Wanted, EndedByServer, Left };
  struct Socket {
    Standing standing = Standing::Left;
    std::string auth;
    std::string query;
    std::string sid;            ///< empty until CONNECT is answered
    std::vector<Packet> early;  ///< events that came before
    WaitingAcks waiting;
    OwedAcks owed;
    Recovery recovery;
  };
  using Entry = std::map<std::string, Socket>::iterator;

  void send_connect(const std::string& ns, const Socket& socket, std::vector<Message>& out) const;
  void send_disconnect(const std::string& ns, const Socket& socket,
                       std::vector<Message>& out) const;
  void receive_connect(Entry entry, const Packet& packet, std::vector<Message>& out,
                       SocketHappenings& told);
  void receive_error(Entry entry, Packet packet, SocketHappenings& told);
  void deliver(Socket& socket, Packet packet, SocketHappenings& told);
  void connected(Entry entry, std::string sid, bool recovered, std::vector<Message>& out,
                 SocketHappenings& told);
  void end(Entry entry, Standing standing, std::string_view dropped, std::string_view reason,
           SocketHappenings& told);
  void lose(const std::string& ns, Socket& socket, std::string_view reason, SocketHappenings& told);
  void drop_buffered(const std::string& ns, Socket& socket, std::string_view reason,
                     SocketHappenings& told);
  [[nodiscard]] std::optional<EmitErrc> refuse(const Emission& emission) const;
  [[nodiscard]] bool fits(const std::vector<Message>& messages) const noexcept;

  Format format_;
  OfflineOptions offline_;
  std::map<std::string, Socket> sockets_;
  PacketReader reader_;
  Outbox outbox_;
  std::uint64_t emissions_ = 0;
  std::string engine_sid_;  ///< empty while no engine is open
  std::uint64_t text_bytes_max_ = UINT64_MAX;
  std::uint64_t binary_bytes_max_ = UINT64_MAX;
};

}  // namespace core::client
