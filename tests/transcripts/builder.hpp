#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/direction.hpp"
#include "core/event.hpp"
#include "core/ids.hpp"
#include "core/instant.hpp"
#include "tests/transcripts/bytes.hpp"
#include "tests/transcripts/scenario.hpp"
#include "tests/transcripts/words.hpp"

/// Lines of a transcript, one by one, to what crosses the wire.
namespace transcripts {

using core::ConnectionId;
using core::Direction;
using core::Instant;

/// Steps of one line follow each other by this.
inline constexpr std::chrono::microseconds kStep{1};

/// One connection, as its client presents itself.
struct Connection {
  ConnectionId id{};
  std::string headers = "User-Agent: test\r\n";
  std::string query;
  std::string from = "10.0.0.1";
  std::uint8_t upstream = 0;
  std::uint8_t instead_of = 0;
};

struct Session {
  std::string name;
  std::string transport;  ///< websocket, polling, upgraded
  Connection* gets = nullptr;
  Connection* posts = nullptr;
  Connection* websocket = nullptr;
  Connection face;  ///< copied for each connection it makes
  std::string next_t;
  std::string eio = "4";
  bool msgpack = false;  ///< packets as socket.io-msgpack-parser writes them
  bool on_websocket = false;
  bool polls = false;
};

/// Builds the steps of one scenario over one transport.
class Builder {
 public:
  Builder(std::string transport, Scenario& scenario)
      : transport_(std::move(transport)), scenario_(scenario) {}

  void ping(std::string_view text) {
    const std::size_t slash = text.find('/');
    ping_interval_ = text.substr(0, slash);
    ping_timeout_ = text.substr(slash + 1);
  }

  void line(std::string_view text);

 private:
  Instant read_time(std::string_view word) const;
  void session_line(std::string_view name, std::string_view verb, std::string_view rest);
  void connection_line(std::string_view name, std::string_view verb, std::string_view rest);
  void join(Session& session, std::string_view options);
  void upgrade(Session& session);
  void say(Session& session, Direction direction, std::string_view rest);
  void client_request(Connection& connection, std::string_view rest);

  Connection& connect(const std::string& name, const Connection& face) {
    Connection& connection = connections_[name];
    connection = face;
    connection.id = static_cast<ConnectionId>(connections_.size());
    add({.at = {},
         .kind = Step::Kind::Open,
         .connection = connection.id,
         .direction = {},
         .text = face.from + ":" + std::to_string(40000 + connections_.size()),
         .end = {},
         .upstream = face.upstream,
         .instead_of = face.instead_of});
    return connection;
  }
  void send(const Connection& connection, Direction direction, std::string bytes) {
    add({.at = {},
         .kind = Step::Kind::Bytes,
         .connection = connection.id,
         .direction = direction,
         .text = std::move(bytes),
         .end = {}});
  }
  void close(const Connection& connection, Direction direction, core::StreamEnd end) {
    add({.at = {},
         .kind = Step::Kind::Close,
         .connection = connection.id,
         .direction = direction,
         .text = {},
         .end = end});
  }
  void close_both(const Connection& connection, Direction first, core::StreamEnd end) {
    close(connection, first, end);
    close(connection, core::opposite(first), end);
  }
  void add(Step step) {
    step.at = now_;
    now_ += kStep;
    scenario_.steps.push_back(std::move(step));
  }

  std::string open_packet(std::string_view sid) const {
    return "0{\"sid\":\"" + std::string(sid) +
           "\",\"upgrades\":[\"websocket\"],\"pingInterval\":" + ping_interval_ +
           ",\"pingTimeout\":" + ping_timeout_ + ",\"maxPayload\":1000000}";
  }
  static std::string unescape(std::string text);
  std::string macros(std::string text) const {
    text = unescape(std::move(text));
    for (std::size_t at = 0; (at = text.find("{x ")) != std::string::npos;) {
      const std::size_t end = text.find('}', at);
      const auto count =
          number_of<std::size_t>(std::string_view(text).substr(at + 3, end - at - 3));
      text.replace(at, end - at + 1, std::string(count, 'x'));
    }
    for (std::size_t at = 0; (at = text.find("{open ")) != std::string::npos;) {
      const std::size_t end = text.find('}', at);
      text.replace(at, end - at + 1, open_packet(text.substr(at + 6, end - at - 6)));
    }
    return text;
  }
  static std::string request(const Connection& connection, std::string_view method,
                             std::string_view transport, std::string_view sid, std::string_view t,
                             std::string_view eio, std::optional<std::string_view> body = {}) {
    std::string out = std::string(method) + " /socket.io/?EIO=" + std::string(eio) +
                      "&transport=" + std::string(transport);
    if (!t.empty()) out.append("&t=").append(t);
    if (!sid.empty()) out.append("&sid=").append(sid);
    if (!connection.query.empty()) out.append("&").append(connection.query);
    out += " HTTP/1.1\r\nHost: example.test\r\n" + connection.headers;
    if (transport == "websocket")
      out +=
          "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    if (body) out += "Content-Length: " + std::to_string(body->size()) + "\r\n";
    out += "\r\n";
    if (body) out += *body;
    return out;
  }
  static std::string response(std::string_view status, std::string_view body,
                              std::string_view flag = {}) {
    std::string out = "HTTP/1.1 " + std::string(status) + " X\r\nContent-Type: text/plain\r\n";
    if (flag == "gzip" || flag == "zstd") out += "Content-Encoding: " + std::string(flag) + "\r\n";
    if (flag == "chunked") {
      out += "Transfer-Encoding: chunked\r\n\r\n";
      for (std::size_t at = 0; at < body.size(); at += 7) {
        const std::string_view chunk = body.substr(at, 7);
        out += std::to_string(chunk.size()) + "\r\n" + std::string(chunk) + "\r\n";
      }
      return out + "0\r\n\r\n";
    }
    const std::string sent = flag == "gzip" ? gzipped(body) : std::string(body);
    out += "Content-Length: " + std::to_string(sent.size()) + "\r\n\r\n";
    return out + sent;
  }
  /// `code`: 1009, or empty for a Close without one.
  static std::string close_frame(Direction direction, std::string_view code) {
    std::string payload;
    if (!code.empty()) {
      const auto number = number_of<std::uint16_t>(code);
      payload = {static_cast<char>(number >> 8), static_cast<char>(number & 0xFF)};
    }
    return frame(direction, kClose, payload);
  }
  static std::string switching(bool deflate) {
    std::string head =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
    if (deflate) head += "Sec-WebSocket-Extensions: permessage-deflate\r\n";
    return head + "\r\n";
  }

  void poll(Session& session) {
    send(*session.gets, Direction::ToServer,
         request(*session.gets, "GET", "polling", session.name, std::exchange(session.next_t, {}),
                 session.eio));
    session.polls = true;
  }
  void answer_poll(Session& session, const std::string& packets, std::string_view flag = {}) {
    send(*session.gets, Direction::ToClient, response("200", payload(session, packets), flag));
    session.polls = false;
  }
  void post(Session& session, const std::string& packets) {
    send(*session.posts, Direction::ToServer,
         request(*session.posts, "POST", "polling", session.name, {}, session.eio,
                 payload(session, packets)));
    send(*session.posts, Direction::ToClient, response("200", "ok"));
  }
  /// A polling body of packets joined by 0x1e, which is how v4 sends them.
  static std::string payload(const Session& session, const std::string& packets) {
    return session.eio == "3" ? payload_v3(packets) : packets;
  }

  std::string transport_;
  Scenario& scenario_;
  std::string ping_interval_ = "25000";
  std::string ping_timeout_ = "20000";
  Instant now_{};
  std::map<std::string, Connection, std::less<>> connections_;
  std::map<std::string, Session, std::less<>> sessions_;
};

}  // namespace transcripts
