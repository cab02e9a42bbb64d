#include "tests/transcripts/scenario.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "core/tap/dedupe_key.hpp"
#include "tests/transcripts/bytes.hpp"

namespace transcripts {
namespace {

using core::ConnectionId;
using core::Direction;
using core::Instant;
using namespace std::chrono_literals;

/// Steps of one line follow each other by this.
constexpr auto kStep = 1us;

struct Line {
  int number = 0;
  std::string text;
};

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The first word of `text`, which loses it.
std::string_view take_word(std::string_view& text) {
  text = trim(text);
  const std::string_view word = text.substr(0, text.find(' '));
  text = trim(text.substr(word.size()));
  return word;
}

template <class Number>
Number number_of(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    throw std::runtime_error("no number: " + std::string(text));
  return value;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
  return text;
}

/// `A[1-3] -> B[1-3]` becomes three lines, every range counting along.
std::vector<std::string> expand(const std::string& text) {
  std::size_t open = std::string::npos;
  int first = 0;
  int last = 0;
  for (std::size_t at = text.find('['); at != std::string::npos; at = text.find('[', at + 1)) {
    int read = 0;
    if (std::sscanf(text.c_str() + at, "[%d-%d]%n", &first, &last, &read) == 2 && read != 0) {
      open = at;
      break;
    }
  }
  if (open == std::string::npos) return {text};
  const std::string range = "[" + std::to_string(first) + "-" + std::to_string(last) + "]";
  std::vector<std::string> lines;
  for (int i = first; i <= last; ++i) lines.push_back(replaced(text, range, std::to_string(i)));
  return lines;
}

std::string unescape(std::string text) {
  text = replaced(std::move(text), "\\r", "\r");
  text = replaced(std::move(text), "\\n", "\n");
  return replaced(std::move(text), "␞", "\x1e");
}

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

/// Time starts at one second: no event happens at instant zero.
Instant Builder::read_time(std::string_view word) const {
  const std::size_t unit = word.find_first_not_of("0123456789");
  const auto value = number_of<std::int64_t>(word.substr(0, unit));
  const std::string_view name = unit == std::string_view::npos ? "" : word.substr(unit);
  if (name != "ms" && name != "s") throw std::runtime_error("a time is `12ms` or `12s`");
  return Instant(1s) +
         (name == "s" ? std::chrono::milliseconds(value * 1000) : std::chrono::milliseconds(value));
}

void Builder::line(std::string_view text) {
  const Instant at = read_time(take_word(text));
  if (at < now_ && now_ - at > 1ms) throw std::runtime_error("time runs backwards");
  now_ = std::max(now_, at);
  scenario_.end = std::max(scenario_.end, at);
  if (text == "end") return;
  if (text == "command ends") {
    scenario_.command_ended = now_;
    return;
  }
  if (text.starts_with("? ")) {
    add({.at = {},
         .kind = Step::Kind::Check,
         .connection = {},
         .direction = {},
         .text = std::string(trim(text.substr(2))),
         .end = {}});
    return;
  }
  const std::string_view name = take_word(text);
  const std::string_view verb = take_word(text);
  if (name.empty() || verb.empty()) throw std::runtime_error("who, and what?");
  if (name[0] >= 'A' && name[0] <= 'Z')
    session_line(name, verb, text);
  else
    connection_line(name, verb, text);
}

// --- Sessions ---

void Builder::session_line(std::string_view name, std::string_view verb, std::string_view rest) {
  Session& session = sessions_[std::string(name)];
  session.name = name;
  if (verb == "joins") return join(session, rest);
  if (session.transport.empty()) throw std::runtime_error(session.name + " has not joined");

  using core::StreamEnd;
  Connection& wire = session.on_websocket ? *session.websocket : *session.gets;
  if (verb == "<") return say(session, Direction::ToClient, rest);
  if (verb == ">") return say(session, Direction::ToServer, rest);
  if (verb == "heartbeat") {
    const Direction pings = session.eio == "3" ? Direction::ToServer : Direction::ToClient;
    say(session, pings, "2");
    return say(session, core::opposite(pings), "3");
  }
  if (verb == "upgrades") return upgrade(session);
  if (verb == "polls-with") {
    session.next_t = rest;
  } else if (verb == "leaves") {
    if (session.on_websocket) {
      send(wire, Direction::ToServer, frame(Direction::ToServer, kClose, ""));
      close_both(wire, Direction::ToServer, StreamEnd::Fin);
    } else {
      post(session, "1");
      if (session.polls) answer_poll(session, "6");
    }
  } else if (verb == "fin") {
    close_both(wire, Direction::ToServer, StreamEnd::Fin);
  } else if (verb == "reset" || verb == "aborts") {
    close_both(wire, Direction::ToServer, StreamEnd::Reset);
  } else if (verb == "server-closes") {
    if (session.on_websocket) {
      send(wire, Direction::ToClient, close_frame(Direction::ToClient, rest));
      close_both(wire, Direction::ToClient, StreamEnd::Fin);
    } else {
      answer_poll(session, "1");
    }
  } else if (verb == "server-fin") {
    close_both(wire, Direction::ToClient, StreamEnd::Fin);
  } else {
    throw std::runtime_error("a session cannot: " + std::string(verb));
  }
}

void Builder::join(Session& session, std::string_view options) {
  std::string connect_data, gives, ns, t;
  bool mute = false;
  bool deflate = false;
  session.transport = transport_;
  const auto member = [](std::string_view key, std::string_view value) {
    return "\"" + std::string(key) + "\":\"" + std::string(value) + "\"";
  };
  while (!options.empty()) {
    const std::string_view option = take_word(options);
    const std::size_t equals = option.find('=');
    const std::string_view key = option.substr(0, equals);
    const std::string value(equals == std::string_view::npos ? "" : option.substr(equals + 1));
    if (key == "from")
      session.face.from = value;
    else if (key == "to")
      session.face.upstream = number_of<std::uint8_t>(value);
    else if (key == "for")
      session.face.headers += "X-Forwarded-For: " + value + "\r\n";
    else if (key == "ua")
      session.face.headers = "User-Agent: " + value + "\r\n";
    else if (key == "origin")
      session.face.headers += "Origin: " + value + "\r\n";
    else if (key == "cookie")
      session.face.headers += "Cookie: " + value + "\r\n";
    else if (key == "header")
      session.face.headers += replaced(value, ":", ": ") + "\r\n";
    else if (key == "query")
      session.face.query = value;
    else if (key == "auth")
      connect_data = value;
    else if (key == "pid")
      connect_data = "{" + member("pid", value) + "," + member("offset", "x") + "}";
    else if (key == "pid-only")
      connect_data = "{" + member("pid", value) + "}";
    else if (key == "gives")
      gives = value;
    else if (key == "t")
      t = value;
    else if (key == "over")
      session.transport = value;
    else if (key == "ns")
      ns = value + ",";
    else if (key == "mute")
      mute = true;
    else if (key == "deflate")
      deflate = true;
    else if (key == "eio")
      session.eio = value;
    else if (key == "parser")
      session.msgpack = value == "msgpack";
    else
      throw std::runtime_error("no option of joins: " + std::string(option));
  }

  const std::string asks = "40" + ns + connect_data;
  const std::string grants = session.eio == "3"
                                 ? "40"
                                 : "40" + ns + "{" + member("sid", "socket-" + session.name) +
                                       (gives.empty() ? "" : "," + member("pid", gives)) + "}";
  if (session.transport == "websocket") {
    session.websocket = &connect(session.name + "/ws", session.face);
    session.on_websocket = true;
    send(*session.websocket, Direction::ToServer,
         request(*session.websocket, "GET", "websocket", {}, t, session.eio));
    send(*session.websocket, Direction::ToClient, switching(deflate));
    send(*session.websocket, Direction::ToClient,
         frame(Direction::ToClient, kText, open_packet(session.name)));
    if (mute) return;
    if (session.eio != "3") say(session, Direction::ToServer, asks);
    say(session, Direction::ToClient, grants);
    return;
  }
  session.gets = &connect(session.name + "/get", session.face);
  session.posts = &connect(session.name + "/post", session.face);
  send(*session.gets, Direction::ToServer,
       request(*session.gets, "GET", "polling", {}, t, session.eio));
  send(*session.gets, Direction::ToClient,
       response("200", payload(session, open_packet(session.name))));
  if (mute) return poll(session);
  if (session.eio != "3") say(session, Direction::ToServer, asks);
  poll(session);
  say(session, Direction::ToClient, grants);
  if (session.transport == "upgraded") upgrade(session);
}

void Builder::upgrade(Session& session) {
  session.websocket = &connect(session.name + "/ws", session.face);
  Connection& wire = *session.websocket;
  send(wire, Direction::ToServer, request(wire, "GET", "websocket", session.name, {}, session.eio));
  send(wire, Direction::ToClient, switching(false));
  send(wire, Direction::ToServer, frame(Direction::ToServer, kText, "2probe"));
  send(wire, Direction::ToClient, frame(Direction::ToClient, kText, "3probe"));
  if (session.polls) answer_poll(session, "6");
  send(wire, Direction::ToServer, frame(Direction::ToServer, kText, "5"));
  session.on_websocket = true;
}

void Builder::say(Session& session, Direction direction, std::string_view rest) {
  std::string_view packed;
  for (const std::string_view how : {"compressed", "gzip", "zstd"})
    if (rest.starts_with(how)) packed = how;
  if (!packed.empty()) rest = trim(rest.substr(packed.size()));

  bool binary = rest.starts_with("binary ");
  std::string packet = binary ? from_hex(trim(rest.substr(7))) : macros(std::string(rest));
  if (packet.starts_with("text ")) {
    packet.erase(0, 5);
  } else if (packet == "unreadable") {
    binary = true;
    packet = bottomless_msgpack_packet();
  } else if (session.msgpack && packet.starts_with('4')) {
    binary = true;
    packet = msgpack_packet(std::string_view(packet).substr(1));
  }
  if (session.on_websocket) {
    if (binary && session.eio == "3") packet.insert(0, 1, '\4');  // The type, a number there.
    if (packed == "compressed")
      return send(*session.websocket, direction, frame(direction, kCompressed, deflated(packet)));
    return send(*session.websocket, direction, frame(direction, binary ? kBinary : kText, packet));
  }
  if (binary) packet = (session.eio == "3" ? "b4" : "b") + base64(packet);
  if (direction == Direction::ToServer) return post(session, packet);
  answer_poll(session, packet, packed);
  poll(session);
}

// --- Connections ---

void Builder::client_request(Connection& connection, std::string_view rest) {
  const std::string_view verb = take_word(rest);
  std::string sid, t, eio = "4";
  while (!rest.empty()) {
    std::string_view after = rest;
    const std::string_view word = take_word(after);
    if (word.starts_with("sid="))
      sid = word.substr(4);
    else if (word.starts_with("t="))
      t = word.substr(2);
    else if (word.starts_with("EIO="))
      eio = word.substr(4);
    else
      break;
    rest = after;
  }
  if (verb == "post")
    return send(connection, Direction::ToServer,
                request(connection, "POST", "polling", sid, t, eio, macros(std::string(rest))));
  send(connection, Direction::ToServer,
       request(connection, "GET", verb == "get" ? "polling" : "websocket", sid, t, eio));
}

void Builder::connection_line(std::string_view name, std::string_view verb, std::string_view rest) {
  if (verb == "connects") {
    Connection face;
    const std::string_view from = take_word(rest);
    if (!from.empty()) face.from = from.substr(0, from.find(':'));
    while (!rest.empty()) {
      const std::string_view option = take_word(rest);
      const std::string_view value = option.substr(option.find('=') + 1);
      if (option.starts_with("to="))
        face.upstream = number_of<std::uint8_t>(value);
      else if (option.starts_with("instead-of="))
        face.instead_of = number_of<std::uint8_t>(value);
      else
        throw std::runtime_error("no option of connects: " + std::string(option));
    }
    connect(std::string(name), face);
    return;
  }
  const auto found = connections_.find(name);
  if (found == connections_.end()) throw std::runtime_error("no such connection");
  Connection& connection = found->second;
  if (verb == "reset") return close_both(connection, Direction::ToServer, core::StreamEnd::Reset);
  if (verb != "<" && verb != ">") throw std::runtime_error("a connection cannot do that");

  const Direction direction = verb == "<" ? Direction::ToClient : Direction::ToServer;
  std::string_view after = rest;
  const std::string_view what = take_word(after);
  if (what == "fin") return close(connection, direction, core::StreamEnd::Fin);
  if (what == "raw") return send(connection, direction, macros(std::string(after)));
  if (what == "bytes") return send(connection, direction, from_hex(after));
  if (what == "frame")
    return send(connection, direction, frame(direction, kText, macros(std::string(after))));
  if (what == "binary")
    return send(connection, direction, frame(direction, kBinary, from_hex(after)));
  if (what == "compressed")
    return send(connection, direction,
                frame(direction, kCompressed, deflated(macros(std::string(after)))));
  if (what == "close") return send(connection, direction, close_frame(direction, after));
  if (what == "begins") {
    const auto payload_bytes = number_of<std::size_t>(take_word(after));
    std::string bytes = macros(std::string(after));
    const std::size_t missing_bytes = payload_bytes - bytes.size();
    bytes.resize(payload_bytes, 'x');
    bytes = frame(direction, kText, std::move(bytes));
    return send(connection, direction, bytes.substr(0, bytes.size() - missing_bytes));
  }
  if (direction == Direction::ToServer) return client_request(connection, rest);
  if (what == "101") return send(connection, direction, switching(after == "deflate"));
  std::string flag;
  if (after.starts_with('[')) {
    const std::string_view word = take_word(after);
    if (word == "[gzip]" || word == "[zstd]" || word == "[chunked]")
      flag = word.substr(1, word.size() - 2);
    else
      after = trim(rest.substr(what.size()));
  }
  send(connection, direction, response(what, macros(std::string(after)), flag));
}

core::tap::ClientKey read_key(std::string_view text) {
  core::tap::ClientKey key;
  const std::size_t colon = text.find(':');
  const std::size_t comma = text.find(',');
  const std::string_view source = text.substr(0, colon);
  using Source = core::tap::ClientKey::Source;
  key.source = source == "cookie"   ? Source::Cookie
               : source == "header" ? Source::Header
               : source == "query"  ? Source::Query
                                    : Source::Auth;
  key.name = text.substr(colon + 1, comma == std::string_view::npos ? comma : comma - colon - 1);
  key.per_page = comma != std::string_view::npos;
  return key;
}

struct Source {
  std::string title;
  std::vector<std::string> transports{"websocket"};
  std::string ping;
  std::string key;
  std::vector<std::string> dedupe;
  std::vector<std::string> twice;
  std::vector<std::string> trust;
  std::vector<std::string> upstreams;
  std::vector<Line> lines;
  std::vector<std::string> expected;
};

Scenario build(const Source& source, const std::string& file, const std::string& transport) {
  Scenario scenario;
  scenario.name = file + ": " + source.title + " (" + transport + ")";
  if (!source.key.empty()) scenario.key = read_key(source.key);
  for (const std::string& each : source.dedupe)
    scenario.dedupe_keys.push_back(core::tap::parse_dedupe_key(each).value());
  scenario.handled_twice = source.twice;
  for (const std::string& each : source.trust)
    scenario.trust.add(core::address::network_of(each).value());
  scenario.upstreams = source.upstreams;
  scenario.expected = source.expected;
  Builder builder(transport, scenario);
  if (!source.ping.empty()) builder.ping(source.ping);
  for (const Line& line : source.lines) {
    try {
      for (const std::string& each : expand(line.text)) builder.line(each);
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(file + ":" + std::to_string(line.number) + ": " + error.what());
    }
  }
  if (!scenario.steps.empty())
    scenario.end = std::max(scenario.end, scenario.steps.back().at + kStep);
  return scenario;
}

void read_stream(std::istream& file, const std::string& name, std::vector<Scenario>& out) {
  std::vector<Source> sources;
  bool expecting = false;
  Line line;
  while (std::getline(file, line.text)) {
    ++line.number;
    std::string_view text = trim(line.text);
    if (text.empty() || text.starts_with('#')) continue;
    if (text.starts_with("scenario: ")) {
      sources.push_back({});
      sources.back().title = text.substr(10);
      expecting = false;
      continue;
    }
    if (sources.empty()) throw std::runtime_error(name + " does not begin with a scenario");
    Source& source = sources.back();
    if (text == "expect") {
      expecting = true;
    } else if (expecting) {
      for (std::string& each : expand(std::string(text)))
        source.expected.push_back(std::move(each));
    } else if (text.starts_with("over ")) {
      source.transports.clear();
      std::istringstream names(replaced(std::string(text.substr(5)), ",", " "));
      for (std::string each; names >> each;) source.transports.push_back(each);
    } else if (text.starts_with("ping ")) {
      source.ping = text.substr(5);
    } else if (text.starts_with("dedupe ")) {
      source.dedupe.emplace_back(text.substr(7));
    } else if (text.starts_with("twice ")) {
      source.twice.emplace_back(text.substr(6));
    } else if (text.starts_with("trust ")) {
      source.trust.emplace_back(text.substr(6));
    } else if (text.starts_with("upstreams ")) {
      std::istringstream names(replaced(std::string(text.substr(10)), ",", " "));
      for (std::string each; names >> each;) source.upstreams.push_back(each);
    } else if (text.starts_with("key ")) {
      source.key = text.substr(4);
    } else {
      source.lines.push_back({line.number, std::string(text)});
    }
  }
  for (const Source& source : sources)
    for (const std::string& transport : source.transports)
      out.push_back(build(source, name, transport));
}

}  // namespace

std::vector<Scenario> read_all(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<Scenario> scenarios;
  for (const auto& path : files) {
    std::ifstream file(path);
    read_stream(file, path.filename().string(), scenarios);
  }
  return scenarios;
}

std::vector<Scenario> read_text(const std::string& text, const std::string& name) {
  std::istringstream stream(text);
  std::vector<Scenario> scenarios;
  read_stream(stream, name, scenarios);
  return scenarios;
}

}  // namespace transcripts
