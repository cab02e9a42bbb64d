#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/capture/recording.hpp"
#include "core/capture/sorted_items.hpp"
#include "core/websocket/reader.hpp"

namespace core::capture {

/// A request, its answer, and the WebSocket that it may have become: what browsers and tools that
/// end connections record instead of packets.
struct Exchange {
  using Headers = std::vector<std::pair<std::string, std::string>>;

  struct Message {
    Instant at;
    Direction direction;
    websocket::MessageType type;
    std::string data;
  };
  /// How a WebSocket ended.
  struct Close {
    Instant at;
    Direction by;                       ///< who closed it; where that is not recorded, the client
    std::optional<std::uint16_t> code;  ///< nothing: it broke
  };
  /// Why there is no answer.
  enum class Failure : std::uint8_t {
    None,
    ByClient,  ///< the client gave it up, at `ended`
    ByServer,  ///< the server was not there, or cut it off, at `ended`
    Unknown,   ///< not recorded: the request stays open
  };

  std::string client;  ///< `HOST:PORT`; equal hosts are held to be the same
  std::string server;
  std::string method = "GET";
  std::string target;  ///< `/socket.io/?EIO=4&...`
  Headers request_headers;
  std::string request_body;
  bool request_body_absent = false;  ///< there was one, and it is not recorded
  std::uint16_t status = 200;
  Headers response_headers;
  std::string response_body;
  bool response_body_absent = false;  ///< likewise
  Instant asked;
  Instant answered;  ///< the response's head
  Instant ended;     ///< the whole response
  Failure failure = Failure::None;
  std::vector<Message> messages;  ///< after a 101, oldest first
  std::optional<Close> close;
};

/// What was read from a log of exchanges.
struct Exchanges {
  std::vector<Exchange> exchanges;  ///< Engine.IO's, in the order of the file
  std::vector<Problem> problems;
  bool broken_off = false;  ///< the file ends in the middle
};

/// Whether Engine.IO asked so: its requests name a transport, whatever the path. Nothing else needs
/// to be told.
[[nodiscard]] bool is_engine_request(std::string_view target) noexcept;

/// Puts back on the wire what the exchange was, as a connection of its own: HTTP/1.1, bodies with
/// their length, frames unfragmented. Headers that say how bytes were packed are left out where
/// these are plain now: Transfer-Encoding and Sec-WebSocket-Extensions always, Content-Encoding if
/// the caller has dropped it.
void put_on_wire(const Exchange& exchange, ConnectionId connection, SortedItems& items);

}  // namespace core::capture
