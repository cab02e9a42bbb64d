#include "tests/bench/crowd.hpp"

#include <utility>

#include "tests/bench/load/frames.hpp"

namespace tests::bench {
namespace {

using core::Direction;
using core::EventBuffer;
using core::Instant;

constexpr std::string_view kHeaders =
    "Host: localhost\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
    "Origin: http://app.test\r\n";

/// As long as a real sid: twenty characters do not fit into a std::string itself.
std::string sid(std::string_view kind, std::uint64_t number) {
  std::string digits = std::to_string(number);
  return std::string(kind) + std::string(20 - kind.size() - digits.size(), 'A') + digits;
}

std::string handshake(std::string_view sid) {
  return "0{\"sid\":\"" + std::string(sid) +
         "\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}";
}

}  // namespace

Crowd::Crowd(std::size_t people, Transport transport, Addresses addresses)
    : transport_(transport), addresses_(addresses), people_(people) {}

void Crowd::connect(Connection& connection, std::size_t person, Instant at, EventBuffer& out) {
  connection.tap = std::make_unique<core::tap::Tap>(settings_, core::ConnectionId{++connections_});
  const std::string host = addresses_ == Addresses::Shared
                               ? "10.0.0.1"
                               : "10." + std::to_string(person / 65'536 % 256) + "." +
                                     std::to_string(person / 256 % 256) + "." +
                                     std::to_string(person % 256);
  connection.tap->open(host + ":" + std::to_string(1024 + connections_ % 60'000), at, out);
}

void Crowd::receive(Connection& connection, Direction direction, std::string bytes, Instant at,
                    EventBuffer& out) {
  connection.tap->receive(direction, bytes, at, out);
}

void Crowd::join(std::size_t number, Instant at, EventBuffer& out) {
  Person& person = people_[number];
  person.sid = sid("e", ++sessions_);
  const std::string connected = "40{\"sid\":\"" + sid("s", sessions_) + "\"}";
  connect(person.down, number, at, out);
  if (transport_ == Transport::WebSocket) {
    receive(person.down, Direction::ToServer,
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n" + std::string(kHeaders) +
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            at, out);
    receive(person.down, Direction::ToClient,
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzhZRbK+xOo=\r\n\r\n",
            at, out);
    hear(number, handshake(person.sid), at, out);
  } else {
    connect(person.up, number, at, out);
    const std::string whose = std::exchange(person.sid, "");
    poll(person, at, out);
    answer(person.down, handshake(whose), at, out);
    person.sid = whose;
    poll(person, at, out);
  }
  say(number, "40", at, out);
  hear(number, connected, at, out);
}

/// A GET that the server may hold. Without a sid it asks for a session.
void Crowd::poll(Person& person, Instant at, EventBuffer& out) {
  std::string head = "GET /socket.io/?EIO=4&transport=polling&t=P" + std::to_string(++person.polls);
  if (!person.sid.empty()) head += "&sid=" + person.sid;
  receive(person.down, Direction::ToServer, head + " HTTP/1.1\r\n" + std::string(kHeaders) + "\r\n",
          at, out);
}

void Crowd::answer(Connection& connection, std::string_view body, Instant at, EventBuffer& out) {
  receive(connection, Direction::ToClient,
          "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n\r\n" + std::string(body),
          at, out);
}

void Crowd::say(std::size_t number, std::string_view packet, Instant at, EventBuffer& out) {
  Person& person = people_[number];
  if (transport_ == Transport::WebSocket) {
    std::string frame;
    append_client_frame(frame, kText, packet, 0x9e37'79b9U);
    return receive(person.down, Direction::ToServer, std::move(frame), at, out);
  }
  receive(person.up, Direction::ToServer,
          "POST /socket.io/?EIO=4&transport=polling&sid=" + person.sid + " HTTP/1.1\r\n" +
              std::string(kHeaders) + "Content-Type: text/plain;charset=UTF-8\r\nContent-Length: " +
              std::to_string(packet.size()) + "\r\n\r\n" + std::string(packet),
          at, out);
  answer(person.up, "ok", at, out);
}

void Crowd::hear(std::size_t number, std::string_view packet, Instant at, EventBuffer& out) {
  Person& person = people_[number];
  if (transport_ == Transport::WebSocket) {
    std::string frame;
    append_server_frame(frame, kText, packet);
    return receive(person.down, Direction::ToClient, std::move(frame), at, out);
  }
  answer(person.down, packet, at, out);
  poll(person, at, out);
}

void Crowd::leave(std::size_t number, Instant at, EventBuffer& out) {
  Person& person = people_[number];
  if (transport_ == Transport::WebSocket) {
    std::string frame;
    append_client_frame(frame, kClose, "\x03\xe8", 7);
    receive(person.down, Direction::ToServer, std::move(frame), at, out);
  } else {
    say(number, "1", at, out);
    answer(person.down, "6", at, out);
  }
  for (Connection* each : {&person.down, &person.up}) {
    if (each->tap == nullptr) continue;
    for (const Direction direction : {Direction::ToServer, Direction::ToClient})
      each->tap->close(direction, core::StreamEnd::Fin, at, out);
    each->tap.reset();
  }
}

}  // namespace tests::bench
