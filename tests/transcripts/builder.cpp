#include "tests/transcripts/builder.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace transcripts {

using namespace std::chrono_literals;

std::string Builder::unescape(std::string text) {
  text = replaced(std::move(text), "\\r", "\r");
  text = replaced(std::move(text), "\\n", "\n");
  return replaced(std::move(text), "␞", "\x1e");
}

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

}  // namespace transcripts
