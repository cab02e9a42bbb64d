#pragma once

#include <string>
#include <string_view>

#include "core/client/socketio_packet.hpp"
#include "core/json/json.hpp"

namespace core::client {

/// Connection state recovery of one namespace: what lets a server that has it on send again what a
/// lost connection missed.
///
///     40{"sid":S,"pid":P}            the server offers it
///     42["news",1,"Q86GCiC.0"]       the last argument is the event's offset
///     40{"pid":P,"offset":O,...}     and is presented on the next connection
///
/// Source: socket.io 4.6, "Connection state recovery"; socket.io-client 4.8, Socket.emitEvent().
class Recovery {
 public:
  /// A CONNECT came. Returns whether the server took the last connection up again: its pid is the
  /// one that was presented. `pid` is empty when the server offers none.
  [[nodiscard]] bool connected(std::string pid) {
    const bool recovered = !pid.empty() && pid == pid_;
    pid_ = std::move(pid);
    if (!recovered) offset_.clear();
    return recovered;
  }
  /// An event was handed to the application. One that asks for an ack has no offset, though the
  /// JavaScript client takes its last text for one.
  void received(const Packet& event) {
    if (pid_.empty() || event.id) return;
    const auto shape = json::inspect(event.data);
    if (!shape || shape->element_count < 2 || shape->last.kind != json::Kind::String) return;
    offset_.clear();
    json::unescape(shape->last.raw, offset_);
  }
  /// The data of the next CONNECT: `auth`, a JSON object or empty, and what is to be recovered.
  /// Without an offset the server does not try, but the pid tells who we were.
  [[nodiscard]] std::string connect_data(std::string_view auth) const {
    if (pid_.empty()) return std::string(auth);
    std::string data = "{\"pid\":" + json_string(pid_);
    if (!offset_.empty()) data += ",\"offset\":" + json_string(offset_);
    const std::string members = array_inside(auth);
    if (!members.empty()) data.append(",").append(members);
    return data + '}';
  }
  void forget() { *this = {}; }

 private:
  std::string pid_;
  std::string offset_;
};

}  // namespace core::client
