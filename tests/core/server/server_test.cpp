#include "core/server/server.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace core;
using client::LinkId;
using server::CloseReason;

/// A server and bare links: bytes in, bytes out, nothing that would hide a mistake.
class Bench {
 public:
  explicit Bench(const server::Options& of = options()) : server(of, 3) {}

  static server::Options options() {
    server::Options options;
    options.engine.ping_interval = 300ms;
    options.engine.ping_timeout = 200ms;
    options.connect_timeout = 1s;
    options.namespaces = {"/", "/chat"};
    return options;
  }

  LinkId open() {
    const auto link = static_cast<LinkId>(++last_);
    server::Output out;
    server.opened(link, now, out);
    return link;
  }
  /// Sends bytes on a link; returns what came back on it at once.
  std::string send(LinkId link, std::string_view bytes) {
    server::Output out;
    server.receive(link, bytes, now, out);
    take(out);
    return read(link);
  }
  std::string read(LinkId link) { return std::exchange(received_[link], {}); }
  [[nodiscard]] bool ended(LinkId link) const { return ended_.contains(link); }
  void hang_up(LinkId link) {
    server::Output out;
    server.closed(link, now, out);
    take(out);
  }
  void pass(Duration span) {
    const Instant end = now + span;
    while (const auto due = server.deadline()) {
      if (*due > end) break;
      now = *due;
      server::Output out;
      server.advance(now, out);
      take(out);
    }
    now = end;
  }
  template <class Kind>
  [[nodiscard]] std::vector<Kind> all() const {
    std::vector<Kind> found;
    for (const auto& it : happened)
      if (const auto* one = std::get_if<Kind>(&it)) found.push_back(*one);
    return found;
  }

  std::string request(LinkId link, std::string_view method, std::string_view query,
                      std::string_view body = {}) {
    return send(
        link, std::string(method) + " /socket.io/?" + std::string(query) +
                  " HTTP/1.1\r\nHost: x\r\n" +
                  (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") +
                  "\r\n" + std::string(body));
  }
  /// Opens a polling session; returns its sid.
  std::string handshake() {
    const std::string answer = request(open(), "GET", "EIO=4&transport=polling");
    const auto at = answer.find("\"sid\":\"");
    return at == std::string::npos ? std::string() : answer.substr(at + 7, 20);
  }
  std::string poll(LinkId link, const std::string& sid) {
    return request(link, "GET", "EIO=4&transport=polling&sid=" + sid);
  }
  std::string post(const std::string& sid, std::string_view body) {
    return request(open(), "POST", "EIO=4&transport=polling&sid=" + sid, body);
  }
  /// Asks for a WebSocket; `sid` for an upgrade.
  LinkId websocket(const std::string& sid = {}) {
    const LinkId link = open();
    const std::string answer = send(
        link,
        "GET /socket.io/?EIO=4&transport=websocket" + (sid.empty() ? "" : "&sid=" + sid) +
            " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    CHECK(answer.starts_with("HTTP/1.1 101"));
    CHECK(answer.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != std::string::npos);
    return link;
  }
  /// A masked text frame with a mask of zeros.
  static std::string frame(std::string_view text, char opcode = '\x81') {
    std::string bytes{opcode, static_cast<char>(0x80 | text.size()), 0, 0, 0, 0};
    return bytes.append(text);
  }

  server::Server server;
  Instant now{Duration(1s)};
  std::vector<server::Happening> happened;

 private:
  void take(server::Output& out) {
    for (auto& it : out.happenings) happened.push_back(std::move(it));
    for (const auto& action : out.actions) {
      if (const auto* bytes = std::get_if<client::SendBytes>(&action))
        received_[bytes->link] += bytes->bytes;
      if (const auto* close = std::get_if<client::CloseLink>(&action)) ended_[close->link] = true;
    }
  }
  std::map<LinkId, std::string> received_;
  std::map<LinkId, bool> ended_;
  std::uint64_t last_ = 0;
};

std::string body(const std::string& response) {
  const auto end = response.find("\r\n\r\n");
  return end == std::string::npos ? std::string() : response.substr(end + 4);
}

}  // namespace

TEST_CASE("engine server: what it refuses, with engine.io's codes") {
  Bench bench;
  const struct {
    std::string_view method, query, says;
  } cases[] = {
      {"GET", "EIO=4", R"({"code":0,"message":"Transport unknown"})"},
      {"GET", "EIO=4&transport=carrier-pigeon", R"({"code":0,"message":"Transport unknown"})"},
      {"GET", "EIO=4&transport=polling&sid=nobody", R"({"code":1,"message":"Session ID unknown"})"},
      {"POST", "EIO=4&transport=polling", R"({"code":2,"message":"Bad handshake method"})"},
      {"PUT", "EIO=4&transport=polling", R"({"code":2,"message":"Bad handshake method"})"},
      {"GET", "EIO=4&transport=websocket", R"({"code":3,"message":"Bad request"})"},
      {"GET", "EIO=3&transport=polling", R"({"code":5,"message":"Unsupported protocol version"})"},
      {"GET", "transport=polling", R"({"code":5,"message":"Unsupported protocol version"})"},
  };
  for (const auto& it : cases) {
    CAPTURE(it.query);
    const std::string answer = bench.request(bench.open(), it.method, it.query);
    CHECK(answer.starts_with("HTTP/1.1 400"));
    CHECK(body(answer) == it.says);
  }
  CHECK(bench.send(bench.open(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 404"));
  CHECK(bench.request(bench.open(), "OPTIONS", "EIO=4&transport=polling")
            .starts_with("HTTP/1.1 204"));
  const LinkId noise = bench.open();
  CHECK(bench.send(noise, "hello\r\n\r\n").starts_with("HTTP/1.1 400"));
  CHECK(bench.ended(noise));
}

TEST_CASE("engine server: a poll waits for something to say, and requests behind it for the poll") {
  Bench bench;
  const std::string sid = bench.handshake();
  const LinkId link = bench.open();
  CHECK(bench.poll(link, sid).empty());
  CHECK(bench.send(link, "GET /other HTTP/1.1\r\nHost: x\r\n\r\n").empty());
  CHECK(body(bench.post(sid, "40")) == "ok");
  const std::string both = bench.read(link);
  CHECK(both.find("40{\"sid\":\"") != std::string::npos);
  CHECK(both.find("HTTP/1.1 404") > both.find("40{\"sid\":\""));
}

TEST_CASE(
    "engine server: a client of revision 3 that takes no bytes says so once, at its handshake") {
  for (const bool base64 : {true, false}) {
    server::Options options = Bench::options();
    options.engine.revisions = server::Revisions::V3Too;
    Bench bench(options);
    const std::string handshake = bench.request(
        bench.open(), "GET", base64 ? "EIO=3&transport=polling&b64=1" : "EIO=3&transport=polling");
    const std::string sid = handshake.substr(handshake.find("\"sid\":\"") + 7, 20);
    // The `40` that joins the root namespace unasked.
    bench.request(bench.open(), "GET", "EIO=3&transport=polling&sid=" + sid);
    server::Output out;
    bench.server.emit({bench.all<server::SessionOpened>().back().session, "/"}, "bytes",
                      "{\"_placeholder\":true,\"num\":0}", bench.now, out, {"\x01\x02"});
    const std::string answer =
        bench.request(bench.open(), "GET", "EIO=3&transport=polling&sid=" + sid);
    CHECK((body(answer).find("b4AQI=") != std::string::npos) == base64);
  }
}

TEST_CASE("engine server: two polls at once end the session") {
  Bench bench;
  const std::string sid = bench.handshake();
  const LinkId first = bench.open();
  CHECK(bench.poll(first, sid).empty());
  CHECK(bench.poll(bench.open(), sid).starts_with("HTTP/1.1 400"));
  CHECK(body(bench.read(first)) == "1");
  CHECK(bench.poll(bench.open(), sid).starts_with("HTTP/1.1 400"));
}

TEST_CASE("engine server: a poll that is aborted ends the session") {
  Bench bench;
  const std::string sid = bench.handshake();
  const LinkId link = bench.open();
  CHECK(bench.poll(link, sid).empty());
  bench.hang_up(link);
  REQUIRE(bench.all<server::SessionClosed>().size() == 1);
  CHECK(bench.all<server::SessionClosed>()[0].reason == CloseReason::TransportError);
}

TEST_CASE("engine server: a ping every interval, and the end when its pong does not come") {
  Bench bench;
  const std::string sid = bench.handshake();
  bench.post(sid, "40");
  const LinkId link = bench.open();
  static_cast<void>(bench.poll(link, sid));  // CONNECT's answer waited.
  CHECK(bench.poll(link, sid).empty());
  bench.pass(300ms);
  CHECK(body(bench.read(link)) == "2");
  CHECK(body(bench.post(sid, "3")) == "ok");
  bench.pass(499ms);
  CHECK(bench.all<server::SessionClosed>().empty());
  bench.pass(1ms);
  REQUIRE(bench.all<server::SessionClosed>().size() == 1);
  CHECK(bench.all<server::SessionClosed>()[0].reason == CloseReason::PingTimeout);
  CHECK(bench.all<server::Disconnected>()[0].reason == "ping timeout");
}

TEST_CASE("engine server: packet 1 frees the poll with 6 and ends the session") {
  Bench bench;
  const std::string sid = bench.handshake();
  const LinkId link = bench.open();
  CHECK(bench.poll(link, sid).empty());
  CHECK(body(bench.post(sid, "1")) == "ok");
  CHECK(body(bench.read(link)) == "6");
  CHECK(bench.poll(bench.open(), sid).starts_with("HTTP/1.1 400"));
}

TEST_CASE("engine server: an upgrade, step by step, afterwards polling is refused") {
  Bench bench;
  const std::string sid = bench.handshake();
  const LinkId poll = bench.open();
  CHECK(bench.poll(poll, sid).empty());
  const LinkId link = bench.websocket(sid);
  CHECK(bench.send(link, Bench::frame("2probe")) == std::string("\x81\x06") + "3probe");
  CHECK(bench.read(poll).empty());
  bench.pass(100ms);
  CHECK(body(bench.read(poll)) == "6");
  CHECK(bench.send(link, Bench::frame("5")).empty());
  CHECK(bench.all<server::SessionUpgraded>().size() == 1);
  CHECK(bench.send(link, Bench::frame("40")).find("40{\"sid\"") != std::string::npos);
  CHECK(bench.poll(poll, sid).starts_with("HTTP/1.1 400"));
  const LinkId second = bench.websocket(sid);
  CHECK(bench.ended(second));
  CHECK_FALSE(bench.ended(link));
}

TEST_CASE("engine server: a probe that fails leaves the polling session as it was") {
  Bench bench;
  const std::string sid = bench.handshake();
  const LinkId link = bench.websocket(sid);
  static_cast<void>(bench.send(link, Bench::frame("4early")));
  CHECK(bench.ended(link));
  CHECK(bench.all<server::SessionClosed>().empty());
  CHECK(body(bench.post(sid, "40")) == "ok");
}

TEST_CASE("server: CONNECT, events and acks, unknown namespaces are refused") {
  Bench bench;
  const LinkId link = bench.websocket();
  CHECK(bench.send(link, Bench::frame("40{\"token\":1}")).find("40{\"sid\"") != std::string::npos);
  REQUIRE(bench.all<server::Connected>().size() == 1);
  CHECK(bench.all<server::Connected>()[0].auth == "{\"token\":1}");
  CHECK(bench.send(link, Bench::frame("40/nope,"))
            .find(R"(44/nope,{"message":"Invalid namespace"})") != std::string::npos);
  CHECK(bench.send(link, Bench::frame("4212[\"x\",1,{}]")).empty());
  const auto received = bench.all<server::Received>();
  REQUIRE(received.size() == 1);
  CHECK(received[0].name == "x");
  CHECK(received[0].arguments == "1,{}");
  CHECK(received[0].id == 12);
  server::Output out;
  bench.server.acknowledge(received[0].socket, 12, "true", bench.now, out);
  REQUIRE(out.actions.size() == 1);
  CHECK(std::get<client::SendBytes>(out.actions[0]).bytes.ends_with("4312[true]"));
}

TEST_CASE(
    "server: what socket.io's decoder throws at ends the session, and so does a stranger's "
    "packet") {
  for (const std::string_view text :
       {"42{}", "4abc", "42abc[\"x\"]", "49", "42/chat,[\"not connected there\"]", "b", "x"}) {
    CAPTURE(text);
    Bench bench;
    const LinkId link = bench.websocket();
    static_cast<void>(bench.send(link, Bench::frame("40")));
    static_cast<void>(bench.send(link, Bench::frame(text)));
    CHECK(bench.ended(link));
    REQUIRE(bench.all<server::SessionClosed>().size() == 1);
    CHECK(bench.all<server::SessionClosed>()[0].reason == CloseReason::ParseError);
  }
}

TEST_CASE("server: a session that connects to no namespace is ended") {
  Bench bench;
  const std::string sid = bench.handshake();
  for (int i = 0; i < 3; ++i) {
    bench.pass(300ms);
    static_cast<void>(bench.post(sid, "3"));
  }
  CHECK(bench.all<server::SessionClosed>().empty());
  bench.pass(100ms);
  REQUIRE(bench.all<server::SessionClosed>().size() == 1);
  CHECK(body(bench.poll(bench.open(), sid)) ==
        "2\x1e"
        "2\x1e"
        "2\x1e"
        "1");
}

TEST_CASE("server: broadcast_raw reaches every socket of the namespace, as it is") {
  Bench bench;
  const LinkId one = bench.websocket();
  const LinkId two = bench.websocket();
  const LinkId elsewhere = bench.websocket();
  static_cast<void>(bench.send(one, Bench::frame("40")));
  static_cast<void>(bench.send(two, Bench::frame("40")));
  static_cast<void>(bench.send(elsewhere, Bench::frame("40/chat,")));
  server::Output out;
  bench.server.broadcast_raw("/", "2[null,null]", bench.now, out);
  REQUIRE(out.actions.size() == 2);
  for (const auto& action : out.actions)
    CHECK(std::get<client::SendBytes>(action).bytes.ends_with("42[null,null]"));
}
