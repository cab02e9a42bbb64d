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
  const auto endpoint = [](const char* url) { return parse_http_url(url)->endpoint.text(); };
  CHECK(endpoint("http://127.0.0.1:3000") == "127.0.0.1:3000");
  CHECK(endpoint("http://app/") == "app:80");
  CHECK(endpoint("http://[::1]:3000/") == "[::1]:3000");
  CHECK(endpoint("http://[::1]") == "[::1]:80");
  CHECK(endpoint("https://app") == "app:443");
  CHECK(endpoint("wss://app:80/") == "app:80");
}

TEST_CASE("parse_http_url: https and wss are TLS, and http is not") {
  using Scheme = proxy::net::HttpUrl::Scheme;
  CHECK(parse_http_url("http://app")->scheme == Scheme::Http);
  CHECK(parse_http_url("https://app:80")->scheme == Scheme::Https);
  CHECK(parse_http_url("wss://app")->scheme == Scheme::Https);
}

TEST_CASE("parse_http_url: other schemes, paths, users and port 0 are refused") {
  for (const char* text :
       {"", "127.0.0.1:3000", "ftp://a", "https//a", "ws://a", "http://", "http://a/b",
        "http://a:0", "http://u@a", "http://a?x", "http://a:b", "http://::1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_http_url(text).has_value());
  }
}
