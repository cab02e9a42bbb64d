#include "core/client/http_reader.hpp"

#include <doctest/doctest.h>

namespace {

using core::client::HttpErrc;
using core::client::HttpReader;

TEST_CASE("http reader: pipelined requests come one at a time") {
  HttpReader reader(HttpReader::Reads::Requests, 100);
  reader.receive(
      "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhiGET /b?c=d HTTP/1.1\r\nHost: "
      "x\r\n\r\nGET");
  const auto first = reader.next();
  REQUIRE((first && *first));
  CHECK((*first)->method == "POST");
  CHECK((*first)->body == "hi");
  CHECK((*first)->header("host") == "x");
  const auto second = reader.next();
  REQUIRE((second && *second));
  CHECK((*second)->target == "/b?c=d");
  CHECK((*second)->body.empty());
  const auto third = reader.next();
  REQUIRE(third);
  CHECK_FALSE(*third);
}

TEST_CASE("http reader: what follows a 101 is handed back") {
  HttpReader reader(HttpReader::Reads::Responses, 100);
  reader.receive(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
      "Upgrade\r\n\r\n\x81\x01x");
  const auto response = reader.next();
  REQUIRE((response && *response));
  CHECK((*response)->status == 101);
  CHECK((*response)->upgrade);
  CHECK(reader.take_rest() == "\x81\x01x");
}

TEST_CASE(
    "http reader: a body or a head over the limit, and what is no HTTP, are errors that stay") {
  HttpReader body(HttpReader::Reads::Requests, 3);
  body.receive("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n1234");
  CHECK(body.next().error() == HttpErrc::BodyTooLarge);
  CHECK(body.next().error() == HttpErrc::BodyTooLarge);

  HttpReader head(HttpReader::Reads::Requests, 3);
  head.receive("GET / HTTP/1.1\r\nCookie: " + std::string(10'000, 'x') + "\r\n\r\n");
  CHECK(head.next().error() == HttpErrc::HeadTooLarge);

  HttpReader noise(HttpReader::Reads::Responses, 3);
  noise.receive("hello\r\n\r\n");
  CHECK(noise.next().error() == HttpErrc::Malformed);
}

}  // namespace

TEST_CASE("http reader: a response without a length is whole when its stream ends") {
  HttpReader reader(HttpReader::Reads::Responses, 1000);
  reader.receive("HTTP/1.1 200 OK\r\n\r\nhel");
  CHECK_FALSE(*reader.next());
  reader.receive("lo");
  reader.finish();
  const auto response = reader.next();
  REQUIRE((response && *response));
  CHECK((*response)->body == "hello");
  CHECK_FALSE(*reader.next());
}

TEST_CASE("http reader: one that has a length and is cut off is an error") {
  HttpReader reader(HttpReader::Reads::Responses, 1000);
  reader.receive("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel");
  reader.finish();
  CHECK(reader.next().error() == HttpErrc::Malformed);
  CHECK(reader.next().error() == HttpErrc::Malformed);
}

TEST_CASE("http reader: a stream that ends between messages is none") {
  HttpReader reader(HttpReader::Reads::Responses, 1000);
  reader.finish();
  CHECK_FALSE(*reader.next());
}
