#include "core/disguise/disguise.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <string>

#include "tests/core/disguise/covered.hpp"
#include "tests/core/websocket/deflating.hpp"
#include "tests/core/websocket/frames.hpp"
#include "tests/transcripts/scenario.hpp"

using core::Direction;
using covering::Covered;

namespace {

struct Said {
  Direction direction;
  std::string bytes;
};
using Talk = std::vector<Said>;

const core::disguise::Settings& settings() {
  static const core::disguise::Settings all("/socket.io/", covering::keystream);
  return all;
}

Said up(std::string bytes) { return {Direction::ToServer, std::move(bytes)}; }
Said down(std::string bytes) { return {Direction::ToClient, std::move(bytes)}; }
std::string masked(std::string_view text, std::uint8_t opcode = frames::kText) {
  return frames::frame(frames::kFin | opcode, text, frames::Masked::Yes);
}
std::string plain(std::string_view text) {
  return frames::frame(frames::kFin | frames::kText, text, frames::Masked::No);
}

std::string upgrade_request(const std::string& more = "") {
  return "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
         "Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
         "Sec-WebSocket-Version: 13\r\n" +
         more + "\r\n";
}
std::string switching(const std::string& more = "") {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
         more + "\r\n";
}
std::string post(const std::string& path, const std::string& body) {
  return "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}
std::string answer(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

template <class Cut>
Covered covered(const Talk& talk, Cut cut) {
  Covered result(settings());
  for (const Said& said : talk)
    for (std::size_t at = 0; at < said.bytes.size();) {
      const std::size_t size = cut(said.bytes.size() - at);
      result.receive(said.direction, std::string_view(said.bytes).substr(at, size));
      at += size;
    }
  CHECK(!result.settled_was_touched);
  return result;
}
Covered covered(const Talk& talk) {
  return covered(talk, [](std::size_t left) { return left; });
}
std::string joined(const Talk& talk, Direction direction) {
  std::string all;
  for (const Said& said : talk)
    if (said.direction == direction) all += said.bytes;
  return all;
}
/// Client frames as text, one message a line.
std::string messages(std::string_view stream, Direction direction) {
  core::websocket::Reader reader(direction, std::nullopt, 1 << 20);
  std::vector<std::string> items;
  frames::read_all(reader, stream, items);
  std::string all;
  for (const std::string& item : items) all += item + "\n";
  return all;
}

}  // namespace

TEST_CASE("Disguise: a secret in a header is as long as before, and gone") {
  const Talk talk = {up("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n"
                        "Cookie: session=s3cret\r\n\r\n"),
                     down(answer("0{}"))};
  const Covered result = covered(talk);
  const std::string& head = result.bytes(Direction::ToServer);
  CHECK(head.size() == talk[0].bytes.size());
  CHECK(head.find("s3cret") == head.npos);
  CHECK(head.starts_with(
      "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\nCookie: session="));
  CHECK(result.bytes(Direction::ToClient) == talk[1].bytes);
}

TEST_CASE("Disguise: equal secrets stay equal, others do not") {
  const auto cookie = [](const std::string& value) {
    return covered({up("GET /socket.io/?EIO=4 HTTP/1.1\r\nCookie: a=" + value + "\r\n\r\n")})
        .bytes(Direction::ToServer);
  };
  CHECK(cookie("abcdef") == cookie("abcdef"));
  CHECK(cookie("abcdef") != cookie("abcdeg"));
}

TEST_CASE("Disguise: the auth of a CONNECT frame, and nothing else of the WebSocket") {
  const Talk talk = {up(upgrade_request()),
                     down(switching()),
                     down(plain("0{\"sid\":\"abc\",\"upgrades\":[]}")),
                     up(masked("40{\"token\":\"s3cret\"}")),
                     down(plain("40{\"sid\":\"x\"}")),
                     up(masked("42[\"say\",\"s3cret\"]")),
                     up(masked("3"))};
  const Covered result = covered(talk);
  CHECK(result.bytes(Direction::ToClient) == joined(talk, Direction::ToClient));
  const std::string& sent = result.bytes(Direction::ToServer);
  REQUIRE(sent.size() == joined(talk, Direction::ToServer).size());
  const std::string told = messages(sent.substr(upgrade_request().size()), Direction::ToServer);
  CHECK(told.find("text 40{\"token\":\"") == 0);
  CHECK(told.substr(told.find('\n')) == "\ntext 42[\"say\",\"s3cret\"]\ntext 3\n");
  CHECK(told.substr(0, told.find('\n')).find("s3cret") == told.npos);
}

TEST_CASE("Disguise: a CONNECT in fragments, with a ping between them") {
  using frames::Masked;
  const Talk talk = {up(upgrade_request()), down(switching()),
                     up(frames::frame(frames::kText, "40{\"tok", Masked::Yes)),
                     up(frames::frame(frames::kFin | frames::kPing, "p", Masked::Yes)),
                     up(frames::frame(frames::kFin, "en\":\"s3cret\"}", Masked::Yes, "abcd"))};
  const std::string told =
      messages(covered(talk).bytes(Direction::ToServer).substr(upgrade_request().size()),
               Direction::ToServer);
  CHECK(told.find("control 9 0 p\n") == 0);
  CHECK(told.find("text 40{\"token\":\"") != told.npos);
  CHECK(told.find("s3cret") == told.npos);
}

TEST_CASE("Disguise: a CONNECT longer than any that is honest is hidden whole") {
  const std::string longest(core::limits::kConnectBytesMax + 10, 'S');
  const Talk talk = {up(upgrade_request()), down(switching()),
                     up(masked("40{\"token\":\"" + longest + "\"}")), up(masked("42[\"a\"]"))};
  const Covered result =
      covered(talk, [](std::size_t left) { return std::min<std::size_t>(left, 4096); });
  const std::string told = messages(
      result.bytes(Direction::ToServer).substr(upgrade_request().size()), Direction::ToServer);
  CHECK(told.find("SSSS") == told.npos);
  CHECK(told.ends_with("text 42[\"a\"]\n"));
}

TEST_CASE("Disguise: what is not Socket.IO's is hidden, and its exchanges can still be followed") {
  const Talk talk = {up(post("/login", "user=a&password=b")), down(answer("welcome a")),
                     up(post("/socket.io/?EIO=4&sid=x", "40{\"token\":\"s3cret\"}")),
                     down(answer("ok"))};
  const Covered result = covered(talk);
  const std::string& sent = result.bytes(Direction::ToServer);
  const std::string& got = result.bytes(Direction::ToClient);
  CHECK(sent.find("password") == sent.npos);
  CHECK(sent.find("\r\n\r\nxxxxxxxxxxxxxxxxxPOST /socket.io/") != sent.npos);
  CHECK(sent.find("s3cret") == sent.npos);
  CHECK(got.find("welcome") == got.npos);
  CHECK(got.ends_with(answer("ok")));
}

TEST_CASE("Disguise: another WebSocket is hidden, and so is what is no HTTP") {
  Talk talk = {up("GET /other HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
               down(switching()), up(masked("secret words")), down(plain("more of them"))};
  CHECK(covered(talk).bytes(Direction::ToClient).ends_with("xxxxxxxxxxxxxx"));
  CHECK(covered(talk).bytes(Direction::ToServer).ends_with(std::string(talk[2].bytes.size(), 'x')));
  CHECK(covered({up("\x16\x03\x01 hello")}).bytes(Direction::ToServer) == "xxxxxxxxx");
}

TEST_CASE("Disguise: what the client sends before the 101 is looked through as well") {
  const Talk talk = {up(upgrade_request() + masked("40{\"token\":\"s3cret\"}")), down(switching())};
  const std::string told =
      messages(covered(talk).bytes(Direction::ToServer).substr(upgrade_request().size()),
               Direction::ToServer);
  CHECK(told.find("text 40{\"token\":\"") == 0);
  CHECK(told.find("s3cret") == told.npos);
}

TEST_CASE("Disguise: an unfinished head that nobody waits for is hidden") {
  Covered result(settings());
  result.receive(Direction::ToServer, "GET /socket.io/ HTTP/1.1\r\nCookie: a=s3cr");
  CHECK(result.disguise().settled(Direction::ToServer) == 0);
  result.give_up();
  CHECK(result.bytes(Direction::ToServer) == std::string(40, 'x'));
}

TEST_CASE("Disguise: compressed messages are written anew, inflated") {
  const core::websocket::DeflateParameters parameters;
  deflating::Deflater client(parameters), server(parameters);
  const auto squeezed = [](deflating::Deflater& from, std::string_view text, frames::Masked mask) {
    return frames::frame(frames::kFin | frames::kRsv1 | frames::kText, from.message({text}), mask);
  };
  const std::string extension = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
  Talk talk = {up(upgrade_request(extension)), down(switching(extension))};
  talk.push_back(up(squeezed(client, "40{\"token\":\"s3cret\"}", frames::Masked::Yes)));
  talk.push_back(down(squeezed(server, "42[\"news\",\"a\"]", frames::Masked::No)));
  talk.push_back(down(squeezed(server, "42[\"news\",\"b\"]", frames::Masked::No)));
  talk.push_back(down(frames::frame(frames::kFin | frames::kClose,
                                    "\x03\xe8"
                                    "bye",
                                    frames::Masked::No)));

  const auto check = [&](const Covered& result) {
    const std::string sent = messages(
        result.bytes(Direction::ToServer).substr(talk[0].bytes.size()), Direction::ToServer);
    CHECK(sent.find("text 40{\"token\":\"") == 0);
    CHECK(sent.find("s3cret") == sent.npos);
    CHECK(messages(result.bytes(Direction::ToClient).substr(talk[1].bytes.size()),
                   Direction::ToClient) ==
          "text 42[\"news\",\"a\"]\ntext 42[\"news\",\"b\"]\ncontrol 8 1000 bye\n");
  };
  check(covered(talk));
  check(covered(talk, [](std::size_t) { return std::size_t{1}; }));
}

TEST_CASE("Disguise: a compressed stream that breaks off is said to be lost") {
  const std::string extension = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
  const Talk talk = {up(upgrade_request(extension)), down(switching(extension)),
                     down(frames::frame(frames::kFin | frames::kRsv1 | frames::kText, "\x07",
                                        frames::Masked::No))};
  CHECK(covered(talk).disguise().is_lost());
  CHECK(!covered({talk[0], talk[1]}).disguise().is_lost());
}

// Every transcript, which is to say everything that was ever seen to matter.

namespace {

std::vector<Talk> transcripts_talks() {
  std::vector<Talk> talks;
  for (const auto& scenario : transcripts::read_all(SIOSCOPE_TRANSCRIPTS)) {
    std::map<core::ConnectionId, Talk> by_connection;
    for (const auto& step : scenario.steps)
      if (step.kind == transcripts::Step::Kind::Bytes)
        by_connection[step.connection].push_back({step.direction, step.text});
    for (auto& [id, talk] : by_connection) talks.push_back(std::move(talk));
  }
  return talks;
}

}  // namespace

TEST_CASE("Disguise: however the bytes are cut, what is recorded is the same") {
  const std::uint64_t seed = std::random_device{}();
  std::mt19937_64 random(seed);
  for (const Talk& talk : transcripts_talks()) {
    const Covered whole = covered(talk);
    const Covered cut = covered(talk, [&](std::size_t left) {
      return std::min<std::size_t>(left, 1 + random() % (random() % 4 == 0 ? 200 : 12));
    });
    for (const Direction direction : {Direction::ToServer, Direction::ToClient}) {
      CHECK_MESSAGE(whole.bytes(direction) == cut.bytes(direction), "seed " << seed);
      CHECK(whole.disguise().settled(direction) == cut.disguise().settled(direction));
    }
  }
}
