#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/direction.hpp"
#include "core/event.hpp"
#include "core/ids.hpp"
#include "core/instant.hpp"

/// What a capture is once it has been read, whatever its format: what both peers of each TCP
/// connection could read, and when. Instants are nanoseconds since the Unix epoch.
namespace core::capture {

/// A connection of which something was seen. Comes before anything else of it.
struct Opened {
  /// What of it the capture holds.
  enum class From : std::uint8_t {
    Start,      ///< all of it
    Request,    ///< it was joined mid-stream; from here on, where a request begins
    WebSocket,  ///< it was joined mid-stream, amid frames which are, or may be, Socket.IO's
  };
  std::string_view client;  ///< `127.0.0.1:53212` or `[::1]:53212`. Borrowed.
  std::string_view server;  ///< likewise
  From from = From::Start;
};

/// Bytes which the receiver could read from `Item::at` on. Borrowed; may be overwritten.
struct Bytes {
  Direction direction;
  std::span<char> bytes;
};

/// Bytes which crossed the wire and are not in the capture.
struct Missing {
  Direction direction;
  std::uint64_t bytes;
};

/// No more bytes will come in `direction`. A reset is told for both, as a tap wants it.
struct Ended {
  Direction direction;
  StreamEnd end;
};

struct Item {
  Instant at;
  ConnectionId connection;
  std::variant<Opened, Bytes, Missing, Ended> what;
};

/// Where a capture stops, and whether that is where its writer stopped.
struct End {
  Instant at{};
  bool reached = true;  ///< false: the file breaks off, or cannot be read on
  /// When the command ended that was watched (`sioscope check`); default: there was none, or nobody
  /// says so.
  Instant command_ended{};
};

/// Something that could not be read. Reading went on behind it, unless End says otherwise.
struct Problem {
  std::uint64_t offset_bytes;  ///< in the file
  std::string sentence;        ///< without the file's name: "a block of 3 bytes, ..."
  bool hides_traffic = true;   ///< what is missing may have been Socket.IO's
};

/// An ordered history: by instant, then connection, then as it happened. Pull until there is no
/// more.
class Recording {
 public:
  virtual ~Recording() = default;

  /// The next item, or nothing at the end. Borrowed until the next call.
  [[nodiscard]] virtual std::optional<Item> next() = 0;
  /// The caller wants nothing more of this connection but its end.
  virtual void ignore(ConnectionId) {}
  /// When the first of it happened; Instant::max() when there is nothing. To be asked before
  /// next().
  [[nodiscard]] virtual Instant began() const = 0;
  /// Of the whole, once next() has returned nothing.
  [[nodiscard]] virtual End end() const = 0;
};

}  // namespace core::capture
