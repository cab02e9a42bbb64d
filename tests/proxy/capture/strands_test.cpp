#include "proxy/capture/strands.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <random>
#include <string>

#include "proxy/capture/limits.hpp"
#include "tests/core/disguise/covered.hpp"
#include "tests/proxy/capture/read_back.hpp"
#include "tests/transcripts/scenario.hpp"

using namespace std::chrono_literals;
using core::ConnectionId;
using core::Direction;
using core::Instant;
using core::StreamEnd;
using proxy::capture::Piece;
using proxy::capture::Strands;
using transcripts::Step;

namespace {

constexpr core::Duration kToEpoch = 500'000h;

const core::disguise::Settings& settings() {
  static const core::disguise::Settings all("/socket.io/", covering::keystream);
  return all;
}

/// Gives Strands what a loop would.
class Feed {
 public:
  explicit Feed(const core::disguise::Settings* disguise) : strands(disguise, kToEpoch) {}

  void open(Instant at, int id, std::string text = "127.0.0.1:5000 127.0.0.1:3000") {
    take({.at = at,
          .connection = ConnectionId(id),
          .offset_bytes = 0,
          .text_bytes = static_cast<std::uint32_t>(text.size()),
          .kind = Piece::Kind::Opened,
          .direction = {},
          .end = {}},
         text);
  }
  void bytes(Instant at, int id, Direction direction, std::string text) {
    std::uint64_t& offset = offsets_[id][core::index_of(direction)];
    take({.at = at,
          .connection = ConnectionId(id),
          .offset_bytes = offset,
          .text_bytes = static_cast<std::uint32_t>(text.size()),
          .kind = Piece::Kind::Bytes,
          .direction = direction,
          .end = {}},
         text);
    offset += text.size();
  }
  void lose(int id, Direction direction, std::size_t bytes) {
    offsets_[id][core::index_of(direction)] += bytes;
  }
  void end(Instant at, int id, Direction direction, StreamEnd end) {
    take({.at = at,
          .connection = ConnectionId(id),
          .offset_bytes = 0,
          .text_bytes = 0,
          .kind = Piece::Kind::Ended,
          .direction = direction,
          .end = end},
         {});
  }
  [[nodiscard]] read_back::Read read() {
    return read_back::read(read_back::head() + strands.blocks());
  }

  Strands strands;

 private:
  void take(const Piece& piece, std::string text) { strands.take(piece, text); }
  std::map<int, std::array<std::uint64_t, 2>> offsets_;
};

std::string when(Instant at) { return read_back::stamp(at + kToEpoch); }

}  // namespace

TEST_CASE("Strands: what was read stands in the capture, when it was read, to its end") {
  Feed feed(nullptr);
  feed.open(Instant(1s), 1);
  feed.bytes(Instant(2s), 1, Direction::ToServer, "hello");
  feed.bytes(Instant(3s), 1, Direction::ToClient, "world");
  feed.end(Instant(4s), 1, Direction::ToServer, StreamEnd::Fin);
  feed.end(Instant(5s), 1, Direction::ToClient, StreamEnd::Fin);
  const auto read = feed.read();
  CHECK(read.problems.empty());
  CHECK(read.by_client.at("127.0.0.1:5000") ==
        when(Instant(1s)) + "open 127.0.0.1:3000\n" + when(Instant(2s)) + "> hello\n" +
            when(Instant(3s)) + "< world\n" + when(Instant(4s)) + "> FIN\n" + when(Instant(5s)) +
            "< FIN\n");
}

TEST_CASE("Strands: IPv6, a reset, and more than fits into a packet") {
  Feed feed(nullptr);
  feed.open(Instant(1s), 1, "[::1]:5000 [::1]:3000");
  const std::string much(150'000, 'm');
  feed.bytes(Instant(2s), 1, Direction::ToServer, much);
  feed.end(Instant(3s), 1, Direction::ToServer, StreamEnd::Reset);
  feed.end(Instant(3s), 1, Direction::ToClient, StreamEnd::Reset);
  const auto read = feed.read();
  const std::string& story = read.by_client.at("[::1]:5000");
  CHECK(static_cast<std::size_t>(std::count(story.begin(), story.end(), 'm')) == much.size());
  CHECK(story.ends_with(when(Instant(3s)) + "> RST\n" + when(Instant(3s)) + "< RST\n"));
}

TEST_CASE("Strands: bytes that the ring lost are missing, and nobody takes the rest for whole") {
  Feed feed(nullptr);
  feed.open(Instant(1s), 1);
  feed.bytes(Instant(2s), 1, Direction::ToServer, "one");
  feed.lose(1, Direction::ToServer, 10);
  feed.bytes(Instant(3s), 1, Direction::ToServer, "two");
  feed.bytes(Instant(4s), 1, Direction::ToClient, "ack");
  const auto read = feed.read();
  CHECK(read.by_client.at("127.0.0.1:5000").find("> missing 10\n") != std::string::npos);
}

TEST_CASE("Strands: where bytes are lost, so is the knowledge of where secrets stand") {
  Feed feed(&settings());
  feed.open(Instant(1s), 1);
  feed.bytes(Instant(2s), 1, Direction::ToServer, "GET /socket.io/ HTTP/1.1\r\nHost: a\r\n\r\n");
  feed.lose(1, Direction::ToServer, 10);
  feed.bytes(Instant(3s), 1, Direction::ToServer, "Cookie: a=s3cret\r\n\r\n");
  feed.end(Instant(4s), 1, Direction::ToServer, StreamEnd::Fin);
  CHECK(feed.strands.blocks().find("s3cret") == std::string::npos);
  CHECK(feed.strands.broken_off() == 1);
}

TEST_CASE("Strands: a half-sent secret holds back what came later, for a while") {
  Feed feed(&settings());
  feed.open(Instant(1s), 1);
  feed.open(Instant(1s), 2, "127.0.0.1:5002 127.0.0.1:3000");
  feed.bytes(Instant(2s), 1, Direction::ToServer, "GET /socket.io/ HTTP/1.1\r\nCookie: a=s3");
  feed.bytes(Instant(2s), 2, Direction::ToServer, "GET /socket.io/ HTTP/1.1\r\nHost: b\r\n\r\n");
  CHECK(feed.strands.blocks().find("Host: b") == std::string::npos);

  SUBCASE("it ends") {
    feed.bytes(Instant(3s), 1, Direction::ToServer, "cret\r\n\r\n");
    CHECK(feed.strands.blocks().find("Cookie: a=") < feed.strands.blocks().find("Host: b"));
    CHECK(feed.strands.blocks().find("s3") == std::string::npos);
    CHECK(feed.strands.broken_off() == 0);
  }
  SUBCASE("it does not") {
    feed.strands.advance(Instant(2s) + proxy::capture::limits::kHeldMax + 1ms);
    CHECK(feed.strands.blocks().find("Host: b") != std::string::npos);
    CHECK(feed.strands.blocks().find("s3") == std::string::npos);
    CHECK(feed.strands.broken_off() == 1);
  }
  SUBCASE("more comes than may wait") {
    for (int i = 0; i < 100; ++i)
      feed.bytes(Instant(2s), 2, Direction::ToClient, std::string(64 << 10, 'r'));
    CHECK(feed.strands.blocks().find("Host: b") != std::string::npos);
    CHECK(feed.strands.blocks().find("s3") == std::string::npos);
  }
}

TEST_CASE("Strands: a connection whose begin was lost is left out") {
  Feed feed(&settings());
  feed.bytes(Instant(2s), 1, Direction::ToServer, "GET / HTTP/1.1\r\n\r\n");
  feed.end(Instant(3s), 1, Direction::ToServer, StreamEnd::Fin);
  CHECK(feed.strands.blocks().empty());
}

TEST_CASE("Strands: every transcript, cut anyhow, is recorded as its disguise says") {
  const std::uint64_t seed = std::random_device{}();
  std::mt19937_64 random(seed);
  for (const auto& scenario : transcripts::read_all(SIOSCOPE_TRANSCRIPTS)) {
    Feed feed(&settings());
    std::map<ConnectionId, covering::Covered> expected;
    for (const Step& step : scenario.steps) {
      const auto id = static_cast<int>(step.connection);
      if (step.kind == Step::Kind::Open) {
        feed.open(step.at, id, "127.0.0.1:" + std::to_string(10'000 + id) + " 127.0.0.1:3000");
        expected.try_emplace(step.connection, settings());
      }
      for (std::size_t at = 0; step.kind == Step::Kind::Bytes && at < step.text.size();) {
        const std::string piece = step.text.substr(at, 1 + random() % 40);
        feed.bytes(step.at, id, step.direction, piece);
        expected.at(step.connection).receive(step.direction, piece);
        at += piece.size();
      }
    }
    feed.strands.finish();
    const auto read = feed.read();
    CHECK_MESSAGE(read.problems.empty(), scenario.name);
    for (const auto& [connection, covered] : expected) {
      // What never got further than a half-sent head is hidden in the end.
      const bool settled = covered.disguise().settled(Direction::ToServer) ==
                               covered.bytes(Direction::ToServer).size() ||
                           covered.disguise().rewritten_from(Direction::ToServer).has_value();
      const bool silent = covered.bytes(Direction::ToServer).empty();
      if (!settled || silent) continue;
      const auto story =
          read.by_client.find("127.0.0.1:" + std::to_string(10'000 + static_cast<int>(connection)));
      REQUIRE_MESSAGE(story != read.by_client.end(), scenario.name);
      for (const Direction direction : {Direction::ToServer, Direction::ToClient}) {
        std::string bytes;
        const std::string mark = direction == Direction::ToServer ? " > " : " < ";
        // Pieces are short and may hold line ends: take them out of the story by the stamps.
        std::string_view rest = story->second;
        const std::string day = std::to_string(kToEpoch.count()).substr(0, 6);
        while (!rest.empty()) {
          std::size_t end = rest.find("\n" + day, 1);
          const std::string_view line = rest.substr(0, end == rest.npos ? rest.size() - 1 : end);
          rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
          const std::size_t space = line.find(' ');
          if (line.substr(space, 3) == mark) bytes += line.substr(space + 3);
        }
        CHECK_MESSAGE(bytes == covered.bytes(direction), scenario.name << ", seed " << seed);
      }
    }
  }
}
