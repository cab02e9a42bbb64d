#include "core/client/request.hpp"

#include <doctest/doctest.h>

#include "core/client/payload.hpp"
#include "tests/core/client/world.hpp"

namespace {

using namespace std::chrono_literals;
using namespace core;
using client::CookiePolicy;
using client::Cookies;
using client::Revision;

client::HttpMessage setting(std::vector<std::string> cookies) {
  client::HttpMessage response;
  for (std::string& it : cookies) response.headers.emplace_back("set-cookie", std::move(it));
  return response;
}

}  // namespace

TEST_CASE("request: target, query, headers and sid are where they belong") {
  const client::Target target{.host = "a:1",
                              .path = "/io/",
                              .query = "t=1",
                              .headers = {{"X-One", "1"}, {"cookie", "mine=1"}}};
  client::Requests requests(target, Revision::V3, CookiePolicy::Replay);
  CHECK(requests.head("GET", "polling") ==
        "GET /io/?EIO=3&transport=polling&t=1 HTTP/1.1\r\nHost: a:1\r\nX-One: 1\r\n"
        "Cookie: mine=1\r\n");
  requests.set_session("s");
  requests.take_cookies(setting({"lb=a; Path=/"}));
  CHECK(requests.head("POST", "websocket") ==
        "POST /io/?EIO=3&transport=websocket&t=1&sid=s HTTP/1.1\r\nHost: a:1\r\nX-One: 1\r\n"
        "Cookie: mine=1; lb=a\r\n");
}

TEST_CASE("request: a Host of the application's replaces ours, cookies can be ignored") {
  const client::Target target{.host = "a:1", .headers = {{"host", "other"}}};
  client::Requests requests(target, Revision::V4, CookiePolicy::Ignore);
  requests.take_cookies(setting({"lb=a"}));
  CHECK(requests.head("GET", "polling") ==
        "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: other\r\n");
}

TEST_CASE("cookies: the last value counts, Max-Age of nothing takes it away") {
  Cookies cookies;
  cookies.receive("a=1; Max-Age=10");
  cookies.receive(" b = 2 ;HttpOnly");
  cookies.receive("a=3");
  CHECK(cookies.header() == "a=3; b=2");
  cookies.receive("a=x; max-age=0");
  cookies.receive("b=; Path=/");
  cookies.receive("c=1; Max-Age=-1");
  cookies.receive("=1");
  cookies.receive("nothing");
  CHECK(cookies.header().empty());
}

TEST_CASE("cookies: their number is bounded") {
  Cookies cookies;
  for (int i = 0; i < 200; ++i) cookies.receive("c" + std::to_string(i) + "=1");
  const std::string header = cookies.header();
  CHECK(std::count(header.begin(), header.end(), '=') == Cookies::kCookiesMax);
}

TEST_CASE("client: what the handshake sets goes with each later request of that engine") {
  for (const auto policy : {CookiePolicy::Replay, CookiePolicy::Ignore}) {
    test::World world;
    world.set_cookie = "lb=node-3; Path=/; HttpOnly";
    auto options = test::World::client_options(client::Transports::PollingThenWebSocket);
    options.engine.cookies = policy;
    auto& peer = world.add(options);
    world.connect(peer);
    world.run(200ms);
    REQUIRE(peer.all<client::EngineUpgraded>().size() == 1);
    std::size_t requests = 0, with_cookie = 0;
    for (const std::string& bytes : world.sent) {
      if (!bytes.starts_with("GET ") && !bytes.starts_with("POST ")) continue;
      ++requests;
      if (bytes.find("\r\nCookie: lb=node-3\r\n") != std::string::npos) ++with_cookie;
    }
    CHECK(requests > 3);
    CHECK(with_cookie == (policy == CookiePolicy::Replay ? requests - 1 : 0));
  }
}

TEST_CASE("payload: of revision 3, lengths count UTF-16 units") {
  std::string body;
  client::append_packet(body, "4é😀", Revision::V3);
  client::append_packet(body, "2", Revision::V3);
  CHECK(body == "4:4é😀1:2");
  const auto packets = client::decode_payload(body, "text/plain", Revision::V3);
  REQUIRE(packets);
  REQUIRE(packets->size() == 2);
  CHECK((*packets)[0].data == "4é😀");
}

TEST_CASE("payload: of revision 3, the binary kind") {
  std::string body;
  client::append_binary_packet(body, {false, "4é"});
  client::append_binary_packet(body, {true, std::string("\4\0\xff", 3)});
  const auto packets = client::decode_payload(body, client::kBinaryPayload, Revision::V3);
  REQUIRE(packets);
  REQUIRE(packets->size() == 2);
  CHECK_FALSE((*packets)[0].binary);
  CHECK((*packets)[0].data == "4é");
  CHECK((*packets)[1].binary);
  CHECK((*packets)[1].data == std::string("\4\0\xff", 3));
  CHECK_FALSE(client::decode_payload("nonsense", client::kBinaryPayload, Revision::V3));
  CHECK_FALSE(client::decode_payload("9:4", "text/plain", Revision::V3));
}
