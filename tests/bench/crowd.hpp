#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/event_buffer.hpp"
#include "core/tap/tap.hpp"

namespace tests::bench {

enum class Transport : std::uint8_t { WebSocket, Polling };
/// Where clients come from: each from an address of its own, or all through one reverse proxy,
/// which makes them look alike.
enum class Addresses : std::uint8_t { Own, Shared };

/// Many sessions in virtual time: what each does is written as real bytes, and taps turn that into
/// events. A person is a client; who joins again has a new session.
class Crowd {
 public:
  Crowd(std::size_t people, Transport transport, Addresses addresses);

  /// Connection, handshake, CONNECT and its answer. On polling, the next poll is left open.
  void join(std::size_t person, core::Instant at, core::EventBuffer& out);
  /// An Engine.IO packet from the client: `42["said",1]`.
  void say(std::size_t person, std::string_view packet, core::Instant at, core::EventBuffer& out);
  /// ... and to it.
  void hear(std::size_t person, std::string_view packet, core::Instant at, core::EventBuffer& out);
  /// The client closes: WebSocket's Close frame, or `1` in a POST.
  void leave(std::size_t person, core::Instant at, core::EventBuffer& out);

  [[nodiscard]] std::size_t people() const noexcept { return people_.size(); }

 private:
  struct Connection {
    std::unique_ptr<core::tap::Tap> tap;
  };
  struct Person {
    std::string sid;
    Connection down;  ///< the WebSocket, or the connection of polls
    Connection up;    ///< that of POSTs
    std::uint32_t polls = 0;
  };

  void connect(Connection& connection, std::size_t person, core::Instant at,
               core::EventBuffer& out);
  void receive(Connection& connection, core::Direction direction, std::string bytes,
               core::Instant at, core::EventBuffer& out);
  void poll(Person& person, core::Instant at, core::EventBuffer& out);
  void answer(Connection& connection, std::string_view body, core::Instant at,
              core::EventBuffer& out);

  core::tap::Settings settings_;
  Transport transport_;
  Addresses addresses_;
  std::vector<Person> people_;
  std::uint64_t connections_ = 0;
  std::uint64_t sessions_ = 0;
};

}  // namespace tests::bench
