#include "proxy/net/address.hpp"

#include <doctest/doctest.h>

using proxy::net::parse_endpoint;
using proxy::net::parse_http_url;

TEST_CASE("parse_endpoint: IPv4, names and bracketed IPv6 with a port") {
  CHECK(parse_endpoint("127.0.0.1:0")->text() == "127.0.0.1:0");
  CHECK(parse_endpoint("app:3000")->host == "app");
  CHECK(parse_endpoint("[::1]:3000")->host == "::1");
  CHECK(parse_endpoint("[::1]:3000")->text() == "[::1]:3000");
  CHECK(parse_endpoint("0.0.0.0:65535")->port == 65535);
}

TEST_CASE("parse_endpoint: anything else is refused, with advice") {
  for (const char* text : {"", ":", "host", "host:", ":80", "::1:80", "[::1", "[::1]80",
                           "host:65536", "host:-1", "host:80x", "host: 80"}) {
    CAPTURE(text);
    const auto endpoint = parse_endpoint(text);
    REQUIRE_FALSE(endpoint.has_value());
    CHECK(endpoint.error().sentence.find(std::string("'") + text + "'; write HOST:PORT") !=
          std::string::npos);
  }
}

TEST_CASE("parse_http_url: a host, perhaps a port, perhaps a final slash") {
  CHECK(parse_http_url("http://127.0.0.1:3000")->text() == "127.0.0.1:3000");
  CHECK(parse_http_url("http://app/")->text() == "app:80");
  CHECK(parse_http_url("http://[::1]:3000/")->text() == "[::1]:3000");
  CHECK(parse_http_url("http://[::1]")->text() == "[::1]:80");
}

TEST_CASE("parse_http_url: other schemes, paths, users and port 0 are refused") {
  for (const char* text : {"", "127.0.0.1:3000", "https://a", "http://", "http://a/b", "http://a:0",
                           "http://u@a", "http://a?x", "http://a:b", "http://::1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_http_url(text).has_value());
  }
}
