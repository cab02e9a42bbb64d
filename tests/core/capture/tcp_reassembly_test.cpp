#include <doctest/doctest.h>

#include <algorithm>

#include "core/limits.hpp"
#include "tests/core/capture/packets.hpp"

using namespace packets;
using Lines_ = std::vector<std::string>;

namespace {

constexpr auto kUp = Direction::ToServer;
constexpr auto kDown = Direction::ToClient;

/// A connection whose first bytes are 1001 and 9001.
const std::vector<Segment> kHandshake{
    {kUp, 1000, 0, kSyn, {}}, {kDown, 9000, 1001, kSyn | kAck, {}}, {kUp, 1001, 9001, kAck, {}}};
const std::string kOpened = "1 opened 10.0.0.1:5000 > 10.0.0.2:3000";

std::vector<Segment> after_handshake(std::vector<Segment> more) {
  std::vector<Segment> all = kHandshake;
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

Lines_ told(std::vector<Segment> more) { return lines_of(timed(after_handshake(std::move(more)))); }

}  // namespace

TEST_CASE("tcp: what both sides sent, and how each ended") {
  CHECK(told({{kUp, 1001, 9001, kAck, "ask"},
              {kDown, 9001, 1004, kAck, "answer"},
              {kUp, 1004, 9007, kFin | kAck, {}},
              {kDown, 9007, 1005, kFin | kAck, {}},
              {kUp, 1005, 9008, kAck, {}}}) ==
        Lines_{kOpened, "1 > \"ask\"", "1 < \"answer\"", "1 > fin", "1 < fin"});
}

TEST_CASE("tcp: bytes carry the instant of the packet that completed them") {
  Source source({{1'000, ipv4(kHandshake[0])},
                 {5'000, ipv4(Segment{kUp, 1004, 9001, kAck, "def"})},
                 {9'000, ipv4(Segment{kUp, 1001, 9001, kAck, "abc"})}});
  core::capture::PacketRecording recording({&source});
  std::vector<long> instants;
  while (const auto item = recording.next())
    instants.push_back(item->at.time_since_epoch().count());
  CHECK(instants == std::vector<long>{1'000, 9'000, 9'000});
}

TEST_CASE("tcp: a connection of which nothing but its handshake is there is not told") {
  CHECK(told({}).empty());
  CHECK(lines_of(timed({{kUp, 1000, 0, kSyn, {}}, {kDown, 0, 1001, kRst | kAck, {}}})).empty());
}

TEST_CASE("tcp: order is restored, repeats and keep-alives are dropped, the first bytes win") {
  CHECK(told({{kUp, 1004, 9001, kAck, "def"},
              {kUp, 1001, 9001, kAck, "abc"},
              {kUp, 1001, 9001, kAck, "XXXX"},
              {kUp, 1006, 9001, kAck, "f"},
              {kUp, 1005, 9001, kAck, "efgh"}}) == Lines_{kOpened, "1 > \"abcdefgh\""});
  // Pieces that wait and overlap each other.
  CHECK(told({{kUp, 1003, 9001, kAck, "cd"},
              {kUp, 1006, 9001, kAck, "f"},
              {kUp, 1002, 9001, kAck, "BCDEFG"},
              {kUp, 1001, 9001, kAck, "a"}}) == Lines_{kOpened, "1 > \"aBcdEfG\""});
}

TEST_CASE("tcp: sequence numbers wrap") {
  std::vector<Segment> all{{kUp, 0xfffffffd, 0, kSyn, {}},
                           {kUp, 0xfffffffe, 1, kAck, "abcd"},
                           {kUp, 6, 1, kAck, "ij"},
                           {kUp, 2, 1, kAck, "efgh"},
                           {kUp, 8, 1, kFin | kAck, {}}};
  CHECK(lines_of(timed(all)) == Lines_{kOpened, "1 > \"abcdefghij\"", "1 > fin"});
}

TEST_CASE("tcp: what was acknowledged and never seen is missing, ahead of what acknowledged it") {
  CHECK(told({{kDown, 9001, 1004, kAck, "answer"}}) ==
        Lines_{kOpened, "1 > missing 3", "1 < \"answer\""});
  CHECK(told({{kUp, 1001, 9001, kAck, "abc"},
              {kUp, 1007, 9001, kAck, "ghi"},
              {kDown, 9001, 1010, kAck, {}}}) ==
        Lines_{kOpened, "1 > \"abc\"", "1 > missing 3", "1 > \"ghi\""});
  // Only part of it was acknowledged: the rest may come yet.
  CHECK(told({{kUp, 1007, 9001, kAck, "ghi"},
              {kDown, 9001, 1004, kAck, {}},
              {kUp, 1004, 9001, kAck, "def"}}) ==
        Lines_{kOpened, "1 > missing 3", "1 > \"defghi\""});
}

TEST_CASE("tcp: a hole is filled by what comes a little out of order, and no longer") {
  const std::vector<Segment> all =
      after_handshake({{kDown, 9001, 1004, kAck, "answer"}, {kUp, 1001, 9007, kAck, "ask"}});
  std::vector<Timed> soon = timed(all);
  CHECK(lines_of(soon) == Lines_{kOpened, "1 < \"answer\"", "1 > \"ask\""});
  std::vector<Timed> late = timed(all);
  late.back().at_ns += 300'000'000;
  CHECK(lines_of(late) == Lines_{kOpened, "1 > missing 3", "1 < \"answer\""});
}

TEST_CASE("tcp: what nobody acknowledged is not missing: it did not arrive") {
  CHECK(told({{kUp, 1004, 9001, kAck, "def"}}) == Lines_{kOpened});
  CHECK(told({{kUp, 1001, 9001, kAck, "a"},
              {kUp, 1003, 9001, kAck, "c"},
              {kDown, 9001, 1002, kRst | kAck, {}}}) ==
        Lines_{kOpened, "1 > \"a\"", "1 < reset", "1 > reset"});
}

TEST_CASE("tcp: more waits than is kept, and what it waited for is missing") {
  std::vector<Segment> more;
  for (std::uint32_t i = 0; i <= core::limits::kReorderPiecesMax; ++i)
    more.push_back({kUp, 1010 + 2 * i, 9001, kAck, "x"});
  const Lines_ lines = told(more);
  REQUIRE(lines.size() >= 3);
  CHECK(lines[1] == "1 > missing 9");
  CHECK(lines[2] == "1 > \"x\"");
}

TEST_CASE("tcp: a FIN that was not captured shows in its acknowledgement") {
  CHECK(told({{kUp, 1001, 9001, kAck, "ask"}, {kDown, 9001, 1005, kAck, "answer"}}) ==
        Lines_{kOpened, "1 > \"ask\"", "1 > fin", "1 < \"answer\""});
}

TEST_CASE("tcp: packets that the capture cut lack their ends") {
  std::vector<Timed> all = timed(after_handshake({{kUp, 1001, 9001, kAck, "abcdef"},
                                                  {kUp, 1007, 9001, kAck, "ghi"},
                                                  {kUp, 1010, 9001, kAck | kFin, {}}}));
  all[3].cut_bytes = 4;
  CHECK(lines_of(all) == Lines_{kOpened, "1 > \"ab\"", "1 > missing 4", "1 > \"ghi\"", "1 > fin"});
  std::swap(all[3], all[4]);
  CHECK(lines_of(all) == Lines_{kOpened, "1 > \"ab\"", "1 > missing 4", "1 > \"ghi\"", "1 > fin"});
}

TEST_CASE("tcp: a reset ends both directions, first that of its sender") {
  CHECK(told({{kUp, 1001, 9001, kAck, "ask"}, {kDown, 9001, 1004, kRst | kAck, {}}}) ==
        Lines_{kOpened, "1 > \"ask\"", "1 < reset", "1 > reset"});
  CHECK(told({{kUp, 1001, 9001, kAck, "ask"}, {kUp, 1004, 9001, kRst, {}}}) ==
        Lines_{kOpened, "1 > \"ask\"", "1 > reset", "1 < reset"});
}

TEST_CASE("tcp: the same ports again are another connection, and late segments are none") {
  std::vector<Segment> all = after_handshake({{kUp, 1001, 9001, kAck, "GET /one"},
                                              {kUp, 1009, 9001, kFin | kAck, {}},
                                              {kDown, 9001, 1010, kFin | kAck, {}},
                                              {kUp, 1001, 9001, kAck, "GET /one"}});
  const std::vector<Segment> again{{kUp, 5000, 0, kSyn, {}},
                                   {kDown, 7000, 5001, kSyn | kAck, {}},
                                   {kUp, 5001, 7001, kAck, "GET /two"}};
  all.insert(all.end(), again.begin(), again.end());
  CHECK(lines_of(timed(all)) == Lines_{kOpened, "1 > \"GET /one\"", "1 > fin", "1 < fin",
                                       "2 opened 10.0.0.1:5000 > 10.0.0.2:3000",
                                       "2 > \"GET /two\""});
}

TEST_CASE("tcp: a SYN amid a connection ends it: its ends have forgotten it") {
  std::vector<Segment> all = after_handshake({{kUp, 1001, 9001, kAck, "one"},
                                              {kUp, 1000, 0, kSyn, {}},  // The first one again.
                                              {kUp, 5000, 0, kSyn, {}},
                                              {kUp, 5001, 0, 0, "two"}});
  CHECK(lines_of(timed(all)) == Lines_{kOpened, "1 > \"one\"", "1 > reset", "1 < reset",
                                       "2 opened 10.0.0.1:5000 > 10.0.0.2:3000", "2 > \"two\""});
}

TEST_CASE("tcp: the SYN is lost, and its answer tells who is the client") {
  CHECK(
      lines_of(timed(
          {kHandshake[1], {kUp, 1001, 9001, kAck, "ask"}, {kDown, 9001, 1004, kAck, "answer"}})) ==
      Lines_{kOpened, "1 > \"ask\"", "1 < \"answer\""});
  // So does the SYN when its answer is lost.
  CHECK(
      lines_of(timed(
          {kHandshake[0], {kUp, 1001, 9001, kAck, "ask"}, {kDown, 9001, 1004, kAck, "answer"}})) ==
      Lines_{kOpened, "1 > \"ask\"", "1 < \"answer\""});
}

TEST_CASE("tcp: joined mid-stream it is read from where a request begins, by whoever sends that") {
  CHECK(lines_of(timed({{kDown, 9001, 1001, kAck, "the end of an answer"},
                        {kUp, 1001, 9021, kAck, "POST / HTTP/1.1"},
                        {kDown, 9021, 1016, kAck, "HTTP/1.1 200"}})) ==
        Lines_{kOpened + " at a request", "1 > \"POST / HTTP/1.1\"", "1 < \"HTTP/1.1 200\""});
}

TEST_CASE("tcp: joined amid a WebSocket it is told once, if that may be Socket.IO's") {
  const Lines_ amid{kOpened + " amid frames"};
  const std::string ping = "\x81\x01"s + "2";
  const std::string pong = "\x81\x81"s + "abcd" + static_cast<char>('3' ^ 'a');
  CHECK(lines_of(timed({{kDown, 9001, 1001, kAck, ping}, {kUp, 1001, 9004, kAck, pong}})) == amid);
  CHECK(lines_of(timed({{kUp, 1001, 9004, kAck, pong}})) == amid);
  CHECK(lines_of(timed({{kDown, 9001, 1001, kAck, "\x81\x05"s + "42[1]"}})) == amid);
  const std::string deflated = "\xc1\x03"s + "\x32\x04\x00"s;
  CHECK(lines_of(timed({{kDown, 9001, 1001, kAck, deflated}})).empty());  // Once is chance.
  CHECK(lines_of(timed(
            {{kDown, 9001, 1001, kAck, deflated}, {kDown, 9006, 1001, kAck, deflated}})) == amid);
}

TEST_CASE("tcp: joined mid-stream, other protocols are nobody's") {
  CHECK(lines_of(timed({{kDown, 9001, 1001, kAck, "\x17\x03\x03\x00\x05hello"s},
                        {kUp, 1001, 9011, kAck, "SSH-2.0"},
                        {kDown, 9011, 1008, kAck, "\x81\x05hello"s},
                        {kDown, 9018, 1008, kAck, "\x81\x7e\x01"s},
                        {kDown, 9021, 1008, kAck, "\x81\xff"s},
                        {kDown, 9023, 1008, kFin | kAck, {}}}))
            .empty());
}

TEST_CASE("tcp: an ignored connection tells only its end") {
  Source source(timed(after_handshake({{kUp, 1001, 9001, kAck, "abc"},
                                       {kUp, 1007, 9001, kAck, "ghi"},
                                       {kDown, 9001, 1010, kAck, {}},
                                       {kUp, 1010, 9001, kFin | kAck, {}}})));
  core::capture::PacketRecording recording({&source});
  recording.ignore(core::ConnectionId{1});  // Nobody yet.
  Lines lines;
  // The window is longer than the capture, so all is read ahead of the first item: a later one.
  std::vector<Timed> more = timed(after_handshake({{kUp, 1001, 9001, kAck, "abc"}}));
  more.push_back({4'000'000'000, ipv4(Segment{kUp, 1010, 9001, kAck, "jkl"})});
  more.push_back({4'000'000'001, ipv4(Segment{kDown, 9001, 1013, kAck, {}})});
  more.push_back({8'000'000'000, ipv4(Segment{kUp, 1013, 9001, kFin | kAck, {}})});
  Source late(more);
  core::capture::PacketRecording ignored({&late});
  while (const auto item = ignored.next()) {
    lines.add(*item);
    ignored.ignore(item->connection);
  }
  CHECK(lines.all() == Lines_{kOpened, "1 > \"abc\"", "1 > fin"});
}

TEST_CASE("recording: time that runs backwards by more than can be sorted is said, once") {
  const auto problems = [](std::uint64_t back_ns) {
    std::vector<Timed> all = timed(kHandshake);
    for (int i = 0; i < 2; ++i) {
      all.push_back({9'000'000'000, ipv4(kHandshake[2])});
      all.push_back({9'000'000'000 - back_ns, ipv4(kHandshake[2])});
    }
    Source source(all);
    core::capture::PacketRecording recording({&source});
    static_cast<void>(lines_of(recording));
    return recording.take_problems().size();
  };
  CHECK(problems(1'000'000'000) == 0);
  CHECK(problems(1'000'000'001) == 1);
}

TEST_CASE("tcp: connections are told in order of instants, and files merge by time") {
  const auto segments = [](std::uint16_t port) {
    return std::vector<Segment>{{kUp, 1000, 0, kSyn, {}, port}, {kUp, 1001, 0, 0, "x", port}};
  };
  std::vector<Timed> odd, even;
  odd.push_back({1'000, ipv4(segments(1)[0])});
  even.push_back({2'000, ipv4(segments(2)[0])});
  odd.push_back({4'000, ipv4(segments(1)[1])});
  even.push_back({3'000, ipv4(segments(2)[1])});
  Source one(odd), other(even);
  core::capture::PacketRecording recording({&one, &other});
  CHECK(lines_of(recording) == Lines_{"2 opened 10.0.0.1:1 > 10.0.0.2:3000",
                                      "1 opened 10.0.0.1:2 > 10.0.0.2:3000", "1 > \"x\"",
                                      "2 > \"x\""});
}
