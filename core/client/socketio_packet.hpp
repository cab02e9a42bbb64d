#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/socketio/packet.hpp"

namespace core::client {

/// One whole Socket.IO packet, owned. `type` is never binary: a packet with attachments goes out as
/// BINARY_EVENT or BINARY_ACK.
struct Packet {
  socketio::PacketType type = socketio::PacketType::Event;
  std::string ns = "/";
  std::optional<std::uint64_t> id = {};  ///< ack id
  std::string data =
      {};  ///< JSON text; where an attachment belongs it says `{"_placeholder":true,"num":0}`
  std::vector<std::string> attachments = {};
};

/// An event name and its arguments as the JSON text of a packet: `["news",1,{}]`.
/// `arguments` is the inside of a JSON array, `1,{}`, and may be empty.
[[nodiscard]] std::string event_data(std::string_view name, std::string_view arguments);
/// `text` as a JSON string with its quotes.
[[nodiscard]] std::string json_string(std::string_view text);

/// An EVENT's data taken apart.
struct EventParts {
  std::string name;       ///< decoded; a number as written
  std::string arguments;  ///< the inside of the array behind the name: `1,{}`
};
/// `data` is a JSON array of at least one element, as the decoder let it through.
[[nodiscard]] EventParts event_parts(std::string_view data);
/// The inside of a JSON array: `[1,{}]` gives `1,{}`.
[[nodiscard]] std::string array_inside(std::string_view data);

}  // namespace core::client
