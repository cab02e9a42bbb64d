#include "core/client/websocket_endpoint.hpp"

#include <doctest/doctest.h>

#include "core/client/sha1.hpp"

namespace {

using core::client::Message;
using core::client::WebSocketEndpoint;

TEST_CASE("accept_key: RFC 6455's own example") {
  CHECK(core::client::accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_CASE("sha1: the empty text, and one that needs a second block for its length") {
  CHECK(core::client::sha1("")[0] == 0xda);
  CHECK(core::client::sha1("")[19] == 0x09);
  CHECK(core::client::sha1(std::string(56, 'a'))[0] == 0xc2);
}

TEST_CASE("websocket endpoint: messages arrive whole, in any chunking, and Close is answered") {
  WebSocketEndpoint client(WebSocketEndpoint::Role::Client, 1000, 1);
  WebSocketEndpoint server(WebSocketEndpoint::Role::Server, 1000, 0);
  client.send({false, "hello"});
  client.send({true, std::string("\0\x01", 2)});
  client.close();
  std::vector<Message> got;
  for (const char byte : client.take_bytes()) server.receive({&byte, 1}, got);
  REQUIRE(got.size() == 2);
  CHECK(got[0].data == "hello");
  CHECK(got[1].binary);
  CHECK(server.ended());
  CHECK_FALSE(server.take_bytes().empty());
}

TEST_CASE("websocket endpoint: a message over the limit, or text that is no UTF-8, ends it") {
  for (const std::string& text : {std::string(2000, 'x'), std::string("\xff\xfe")}) {
    WebSocketEndpoint client(WebSocketEndpoint::Role::Client, 5000, 1);
    WebSocketEndpoint server(WebSocketEndpoint::Role::Server, 1000, 0);
    client.send({false, text});
    std::vector<Message> got;
    server.receive(client.take_bytes(), got);
    CHECK(got.empty());
    CHECK(server.ended());
  }
}

TEST_CASE("websocket endpoint: a frame masked the wrong way round ends it") {
  WebSocketEndpoint server(WebSocketEndpoint::Role::Server, 1000, 0);
  std::vector<Message> got;
  server.receive("\x81\x01x", got);
  CHECK(got.empty());
  CHECK(server.ended());
}

}  // namespace
