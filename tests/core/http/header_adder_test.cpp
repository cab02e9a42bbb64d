#include "core/http/header_adder.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "conversations.hpp"

using namespace conversation;
using core::Direction;
using core::http::HeaderAdder;

namespace {

const std::string kLine = "X-Forwarded-For: 203.0.113.9\r\n";

/// A connection through an adder: what came out towards the server.
class Through {
 public:
  std::string client(std::string bytes) {
    const std::span<const char> out = adder.receive_from_client(bytes, storage_);
    passed += std::string(out.begin(), out.end());
    return {out.begin(), out.end()};
  }
  void server(std::string bytes) { adder.receive_from_server(bytes); }
  void hear(Direction direction, std::string bytes) {
    if (direction == Direction::ToServer)
      client(std::move(bytes));
    else
      server(std::move(bytes));
  }
  std::string finish() { return passed += adder.finish(); }

  HeaderAdder adder{kLine};
  std::string passed;

 private:
  std::string storage_;
};

std::string through(const Conversation& said) {
  Through all;
  for (const Said& one : said) all.hear(one.direction, one.bytes);
  return all.finish();
}

std::string without_lines(std::string text) {
  for (std::size_t at; (at = text.find(kLine)) != text.npos;) text.erase(at, kLine.size());
  return text;
}

std::size_t lines_in(const std::string& text) {
  return (text.size() - without_lines(text).size()) / kLine.size();
}

std::string said_by_client(const Conversation& said) {
  std::string all;
  for (const Said& one : said)
    if (one.direction == Direction::ToServer) all += one.bytes;
  return all;
}

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

}  // namespace

TEST_CASE("HeaderAdder: the line is the last of its head") {
  CHECK(Through().client("GET / HTTP/1.1\r\nHost: h\r\n\r\n") ==
        "GET / HTTP/1.1\r\nHost: h\r\n" + kLine + "\r\n");
  CHECK(Through().client("GET / HTTP/1.0\r\n\r\n") == "GET / HTTP/1.0\r\n" + kLine + "\r\n");
}

TEST_CASE("HeaderAdder: a line of the same name stays, and stands before it") {
  CHECK(Through().client("GET / HTTP/1.1\r\nX-Forwarded-For: 6.6.6.6\r\nHost: h\r\n\r\n") ==
        "GET / HTTP/1.1\r\nX-Forwarded-For: 6.6.6.6\r\nHost: h\r\n" + kLine + "\r\n");
}

TEST_CASE("HeaderAdder: every request of a connection gets it, and no body does") {
  Through all;
  const std::string body = "GET / HTTP/1.1\r\nHost: in a body\r\n\r\n";
  const std::string post = "POST /a HTTP/1.1\r\nContent-Length: " + std::to_string(body.size());
  CHECK(all.client(post + "\r\n\r\n" + body) == post + "\r\n" + kLine + "\r\n" + body);
  all.server(kOk);
  const std::string chunked = "POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n";
  const std::string chunks = "23\r\n" + body + "\r\n0\r\nX-Trailer: t\r\n\r\n";
  REQUIRE(body.size() == 0x23);
  CHECK(all.client(chunked + "\r\n" + chunks) == chunked + kLine + "\r\n" + chunks);
  all.server(kOk);
  CHECK(all.client("GET /c HTTP/1.1\r\n\r\n") == "GET /c HTTP/1.1\r\n" + kLine + "\r\n");
}

TEST_CASE("HeaderAdder: pipelined requests get one each") {
  CHECK(Through().client("GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n") ==
        "GET /a HTTP/1.1\r\n" + kLine + "\r\nGET /b HTTP/1.1\r\n" + kLine + "\r\n");
}

TEST_CASE("HeaderAdder: what needs no change is not copied") {
  HeaderAdder adder(kLine);
  std::string storage, head = "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n", body = "body";
  static_cast<void>(adder.receive_from_client(head, storage));
  CHECK(adder.receive_from_client(body, storage).data() == body.data());
}

TEST_CASE("HeaderAdder: half an empty line waits for its other half, and nothing else waits") {
  Through all;
  CHECK(all.client("GET / HTTP/1.1\r\nHost: h\r\n") == "GET / HTTP/1.1\r\nHost: h\r\n");
  CHECK(all.client("\r") == "");
  CHECK(all.client("\nnext") == kLine + "\r\nnext");
  Through two;
  CHECK(two.client("GET / HTTP/1.1\r") == "GET / HTTP/1.1\r");
  CHECK(two.client("\n\r\n") == "\n" + kLine + "\r\n");
}

TEST_CASE("HeaderAdder: half an empty line that has no other half goes on before the end") {
  Through all;
  CHECK(all.client("GET / HTTP/1.1\r\nHost: h\r\n\r") == "GET / HTTP/1.1\r\nHost: h\r\n");
  CHECK(all.finish() == "GET / HTTP/1.1\r\nHost: h\r\n\r");
  Through two;
  CHECK(two.client("GET / HTTP/1.1\r\nHost: h\r\n\r") == "GET / HTTP/1.1\r\nHost: h\r\n");
  CHECK(two.client("x") == "\rx");
  CHECK(two.adder.over());
}

TEST_CASE("HeaderAdder: behind an upgrade nothing is touched") {
  Through all;
  const std::string upgrade = upgrade_request("/socket.io/?EIO=4&transport=websocket");
  CHECK(lines_in(all.client(upgrade + "early")) == 1);
  all.server(switching());
  CHECK(all.adder.over());
  CHECK_FALSE(all.adder.error());
  CHECK(all.client("GET / HTTP/1.1\r\n\r\n") == "GET / HTTP/1.1\r\n\r\n");
}

TEST_CASE("HeaderAdder: after a declined upgrade requests get it again") {
  Through all;
  CHECK(lines_in(all.client(upgrade_request("/socket.io/"))) == 1);
  all.server("HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno");
  CHECK(lines_in(all.client("GET / HTTP/1.1\r\n\r\n")) == 1);
}

TEST_CASE("HeaderAdder: what came behind an upgrade before its answer goes as it is") {
  Through all;
  const std::string hasty = upgrade_request("/") + "GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r";
  CHECK(lines_in(all.client(hasty)) == 1);
  all.server("HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno");
  CHECK(all.client("\nGET /c HTTP/1.1\r\n\r\n") == "\nGET /c HTTP/1.1\r\n" + kLine + "\r\n");
}

TEST_CASE("HeaderAdder: what it cannot follow goes as it is, and it says why") {
  for (const char* bytes :
       {"\x16\x03\x01\x02", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\nHost: h\n\n",
        "PROXY TCP4 203.0.113.9 198.51.100.7 4000 443\r\nGET / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    Through all;
    CHECK(without_lines(all.client(bytes)) == bytes);
    CHECK_MESSAGE(all.adder.over(), bytes);
    CHECK(all.adder.error());
    CHECK(all.client("GET / HTTP/1.1\r\n\r\n") == "GET / HTTP/1.1\r\n\r\n");
  }
}

TEST_CASE("HeaderAdder: however the bytes are cut, the same come out") {
  const char* const given = std::getenv("SIOSCOPE_SEED");
  const std::uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  std::size_t number = 0;
  for (const Conversation& said : recorded()) {
    CAPTURE(number++);
    const std::string whole = through(said);
    CHECK(without_lines(whole) == said_by_client(said));
    for (int round = 0; round < 40; ++round) {
      const std::size_t longest = std::size_t{1} << (random() % 7);
      Conversation cut;
      for (const Said& one : said)
        for (std::size_t at = 0, step; at < one.bytes.size(); at += step) {
          step = 1 + random() % longest;
          cut.push_back({one.direction, one.bytes.substr(at, step)});
        }
      REQUIRE(through(cut) == whole);
    }
  }
}
