#include "proxy/client/remote.hpp"

#include <doctest/doctest.h>

using proxy::client::parse_server_url;
using proxy::client::Security;

TEST_CASE("server URL: scheme, host, port, namespace and query") {
  const auto full = parse_server_url("https://app.example:8443/chat/room?token=a&b=/?");
  REQUIRE(full);
  CHECK(full->remote.host == "app.example");
  CHECK(full->remote.port == 8443);
  CHECK(full->remote.security == Security::Tls);
  CHECK(full->ns == "/chat/room");
  CHECK(full->query == "token=a&b=/?");

  const auto bare = parse_server_url("localhost");
  REQUIRE(bare);
  CHECK(bare->remote.port == 80);
  CHECK(bare->remote.security == Security::Plain);
  CHECK(bare->ns == "/");
  CHECK(bare->query.empty());
}

TEST_CASE("server URL: each scheme has its port, which Host leaves out") {
  CHECK(parse_server_url("ws://a")->remote.authority() == "a");
  CHECK(parse_server_url("wss://a/")->remote.authority() == "a");
  CHECK(parse_server_url("wss://a:80")->remote.authority() == "a:80");
  CHECK(parse_server_url("http://a:443")->remote.authority() == "a:443");
  CHECK(parse_server_url("wss://a")->remote.text() == "a:443");
}

TEST_CASE("server URL: IPv6 stands in brackets") {
  const auto url = parse_server_url("http://[::1]:3000?x=1");
  REQUIRE(url);
  CHECK(url->remote.host == "::1");
  CHECK(url->remote.authority() == "[::1]:3000");
  CHECK(parse_server_url("[::1]")->remote.authority() == "[::1]");
}

TEST_CASE("server URL: what is none is refused with a sentence that shows it") {
  for (const char* text : {"", "http://", "ftp://a", "http://:80", "http://a:", "http://a:0",
                           "http://a:65536", "http://a:b", "http://[::1", "http://u:p@a",
                           "http://a b", "http://a#b", "http://[::1]x", "http://a:1:2"}) {
    const auto url = parse_server_url(text);
    CAPTURE(text);
    REQUIRE_FALSE(url);
    CHECK(url.error().find(std::string("'") + text + "'") != std::string::npos);
  }
}
