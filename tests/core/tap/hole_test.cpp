#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/tap/tap.hpp"

using core::Direction;
using core::EventKind;

namespace {

constexpr auto kUp = Direction::ToServer;
constexpr auto kDown = Direction::ToClient;
constexpr std::string_view kPoll =
    "GET /socket.io/?EIO=4&transport=polling&sid=abc HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2";
constexpr std::string_view kOther = "GET /style.css HTTP/1.1\r\nHost: x\r\n\r\n";

/// One connection, and what it tells: `request abc`, `response 200`, `unobserved capture-hole >`.
class Connection {
 public:
  explicit Connection(std::size_t piece_bytes = 1000) : piece_bytes_(piece_bytes) {
    tap_.open("10.0.0.1:1", {}, events_);
  }
  Connection& up(std::string_view bytes) { return say(kUp, bytes); }
  Connection& down(std::string_view bytes) { return say(kDown, bytes); }
  Connection& hole(Direction direction) {
    tap_.missing(direction, 10, {}, events_);
    return *this;
  }
  Connection& joined() {
    tap_.joined({}, events_);
    return *this;
  }
  Connection& fin(Direction direction) {
    tap_.close(direction, core::StreamEnd::Fin, {}, events_);
    return *this;
  }
  [[nodiscard]] bool off() const { return tap_.off(); }
  [[nodiscard]] std::vector<std::string> told() const {
    std::vector<std::string> lines;
    std::uint32_t sequence = 0;
    for (const core::EventView view : events_) {
      const core::Event& event = view.event;
      if (event.sequence != sequence) lines.push_back("(lost)");
      sequence = event.sequence + 1;
      const std::string arrow = event.direction == kUp ? " >" : " <";
      if (event.kind == EventKind::Request)
        lines.push_back("request " + std::string(view.text));
      else if (event.kind == EventKind::Response)
        lines.push_back("response " + std::to_string(event.response.status));
      else if (event.kind == EventKind::EnginePacket)
        lines.push_back("engine" + arrow);
      else if (event.kind == EventKind::Unobserved)
        lines.push_back("unobserved " +
                        std::string(core::unobserved_name(event.unobserved.reason)) + arrow);
      else if (event.kind == EventKind::StreamEnded)
        lines.push_back("ended" + arrow);
    }
    return lines;
  }

 private:
  Connection& say(Direction direction, std::string_view bytes) {
    while (!bytes.empty()) {
      std::string piece(bytes.substr(0, piece_bytes_));
      bytes.remove_prefix(piece.size());
      tap_.receive(direction, piece, {}, events_);
    }
    return *this;
  }

  core::tap::Settings settings_;
  core::tap::Tap tap_{settings_, core::ConnectionId{1}};
  core::EventBuffer events_;
  std::size_t piece_bytes_;
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("hole: in a polling connection it is said, and the next request is read again") {
  for (const std::size_t piece_bytes : {1, 3, 1000}) {
    Connection answer_lost(piece_bytes);
    answer_lost.up(kPoll).hole(kDown).down("of an answer").up(kPoll).down(kAnswer);
    CHECK(answer_lost.told() == Lines{"request abc", "unobserved capture-hole <", "(lost)",
                                      "request abc", "response 200", "engine <"});

    Connection request_lost(piece_bytes);
    request_lost.up(kPoll).down(kAnswer).hole(kUp).down(kAnswer).up(kPoll).down(kAnswer);
    CHECK(request_lost.told() == Lines{"request abc", "response 200", "engine <",
                                       "unobserved capture-hole >", "(lost)", "request abc",
                                       "response 200", "engine <"});
  }
}

TEST_CASE("hole: several before the next request are said once") {
  Connection connection;
  connection.up(kPoll).hole(kDown).hole(kUp).hole(kDown).up(kPoll);
  CHECK(connection.told() ==
        Lines{"request abc", "unobserved capture-hole <", "(lost)", "request abc"});
}

TEST_CASE("hole: where the client goes on amid a request nothing is read any more, but its end") {
  Connection connection;
  connection.up(kPoll).hole(kUp).up("8\r\nHost: x\r\n\r\n").up(kPoll).fin(kUp);
  CHECK(connection.off());
  CHECK(connection.told() ==
        Lines{"request abc", "unobserved capture-hole >", "(lost)", "ended >"});

  Connection body;  // The server's part is missing while a body is on its way.
  body.up("POST /socket.io/?EIO=4&transport=polling&sid=abc HTTP/1.1\r\nContent-Length: 9\r\n\r\n4")
      .hole(kDown);
  CHECK(body.off());
}

TEST_CASE("hole: after a request that is not ours, only a lost request may have been ours") {
  Connection connection;
  connection.up(kOther).hole(kDown).up(kPoll).down(kAnswer);
  CHECK(connection.told() == Lines{"request abc", "response 200", "engine <"});
  Connection other;
  other.up(kOther).hole(kUp);
  CHECK(other.told() == Lines{"unobserved capture-hole >"});
}

TEST_CASE("hole: at the very beginning it is said once it shows that this is HTTP") {
  Connection first;
  CHECK(first.hole(kUp).told().empty());
  CHECK(first.up(kPoll).told() == Lines{"unobserved capture-hole >", "request abc"});
  Connection answered;
  CHECK(answered.hole(kUp).down("HTTP/1.1 200 OK\r\n").told() ==
        Lines{"unobserved capture-hole >"});
  Connection middle;
  middle.hole(kUp).up("of a request").down("HTTP/1.1 ");
  CHECK(middle.told() == Lines{"unobserved capture-hole >"});
  CHECK(middle.off());
  Connection other;
  other.hole(kUp).up("\x16\x03").down("\x16\x03");
  CHECK(other.off());
  CHECK(other.told().empty());
}

TEST_CASE("hole: in a WebSocket nothing is read any more, but its end") {
  Connection connection;
  connection
      .up("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nConnection: Upgrade\r\n"
          "Upgrade: websocket\r\n\r\n")
      .down("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
      .down(
          "\x81\x01"
          "2")
      .hole(kUp)
      .hole(kDown)
      .down(
          "\x81\x01"
          "2")
      .fin(kDown);
  CHECK(connection.told() == Lines{"request ", "response 101", "engine <",
                                   "unobserved capture-hole >", "(lost)", "ended <"});
}

TEST_CASE("hole: a WebSocket that was joined mid-stream is said, and not read") {
  Connection connection;
  connection.joined().up(kPoll);
  CHECK(connection.off());
  CHECK(connection.told() == Lines{"unobserved joined-mid-stream >"});
}
