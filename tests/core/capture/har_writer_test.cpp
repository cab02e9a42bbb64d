#include "core/capture/har_writer.hpp"

#include <doctest/doctest.h>

#include "core/capture/exchange_builder.hpp"
#include "core/capture/exchange_recording.hpp"
#include "core/capture/har_reader.hpp"
#include "core/capture/secrets.hpp"
#include "core/json/json.hpp"
#include "tests/core/disguise/covered.hpp"

using namespace core::capture;
using namespace std::chrono_literals;
using core::Direction;
using core::websocket::MessageType;

namespace {

constexpr core::Instant kNoon(1'767'268'800s);

Exchange poll(const std::string& answer) {
  Exchange one;
  one.client = "10.0.0.1:5000";
  one.server = "host:3000";
  one.target = "/socket.io/?EIO=4&transport=polling&sid=abc";
  one.request_headers = {{"Host", "host:3000"}};
  one.response_headers = {{"Content-Type", "text/plain"}};
  one.response_body = answer;
  one.asked = kNoon + 1us;
  one.answered = kNoon + 2ms;
  one.ended = kNoon + 2001us;
  return one;
}

Exchange websocket() {
  Exchange one = poll("");
  one.target = "/socket.io/?EIO=4&transport=websocket";
  one.status = 101;
  one.ended = one.answered;
  one.response_headers = {};
  one.messages = {{kNoon + 3ms, Direction::ToClient, MessageType::Text, "0{\"sid\":\"é\"}"},
                  {kNoon + 4ms, Direction::ToServer, MessageType::Binary, std::string("\0\xff", 2)},
                  {kNoon + 4ms, Direction::ToServer, MessageType::Text, std::string(70'000, 'x')}};
  one.close = Exchange::Close{kNoon + 5ms, Direction::ToClient, std::uint16_t{1001}};
  return one;
}

std::string har_of(const std::vector<Exchange>& exchanges, std::uint64_t holes = 0) {
  HarWriter writer;
  std::string text;
  writer.begin(text);
  for (const Exchange& one : exchanges) writer.add(one, text);
  writer.end(holes, text);
  return text;
}

Exchanges read_back(const std::string& text) {
  auto all = read_har(text, [](std::string_view) { return std::nullopt; });
  REQUIRE_MESSAGE(all.has_value(), text);
  return std::move(*all);
}

/// What of an exchange must survive.
std::string gist(const Exchange& one) {
  const auto us = [](core::Instant at) {
    return std::to_string(
        std::chrono::floor<std::chrono::microseconds>(at.time_since_epoch()).count());
  };
  std::string out = one.client + " " + one.server + " " + one.method + " " + one.target + " " +
                    one.request_body + " " + std::to_string(static_cast<int>(one.failure));
  for (const auto& [name, value] : one.request_headers) out += " " + name + "=" + value;
  out += " " + us(one.asked);
  if (one.failure == Exchange::Failure::None) {
    out += " " + std::to_string(one.status) + " " + one.response_body + " " + us(one.answered);
    for (const auto& [name, value] : one.response_headers) out += " " + name + "=" + value;
  }
  for (const Exchange::Message& message : one.messages)
    out += "\n" + us(message.at) + (message.direction == Direction::ToServer ? " > " : " < ") +
           (message.type == MessageType::Text ? "" : "binary ") + message.data;
  if (one.close)
    out += "\nclose " + us(one.close->at) + (one.close->by == Direction::ToServer ? " > " : " < ") +
           std::to_string(one.close->code.value_or(0));
  return out;
}

/// Through put_on_wire() and back.
std::vector<Exchange> over_the_wire(const std::vector<Exchange>& exchanges) {
  static const core::http::Settings settings;
  ExchangeRecording recording({exchanges, {}, false}, core::ConnectionId{1});
  ExchangeBuilder builder(settings);
  while (const auto item = recording.next()) builder.observe(*item);
  builder.finish();
  return builder.take();
}

}  // namespace

TEST_CASE("HarWriter: read_har() reads back what it writes") {
  Exchange post = poll("ok");
  post.method = "POST";
  post.request_body =
      "40\x1e"
      "42[\"\xc3\xa9\"]";
  Exchange packed = poll(std::string("\x01\xff\x00", 3));
  packed.target += "d";  // Of another session: polls of one do not overlap.
  Exchange aborted = poll("");
  aborted.failure = Exchange::Failure::ByClient;
  Exchange refused = poll("");
  refused.failure = Exchange::Failure::ByServer;
  Exchange pending = poll("");
  pending.failure = Exchange::Failure::Unknown;
  Exchange broken = websocket();
  broken.close->code = std::nullopt;
  Exchange open = websocket();
  open.close = std::nullopt;
  const std::vector<Exchange> all{poll("2"), post, packed,      aborted, refused,
                                  pending,   open, websocket(), broken};
  const Exchanges back = read_back(har_of(all));
  REQUIRE(back.exchanges.size() == all.size());
  for (std::size_t i = 0; i < all.size(); ++i) CHECK(gist(back.exchanges[i]) == gist(all[i]));
  CHECK(read_back(har_of({})).exchanges.empty());
}

TEST_CASE("HarWriter: holes are no secret") {
  const Exchanges back = read_back(har_of({poll("2")}, 3));
  REQUIRE(back.problems.size() == 1);
  CHECK(back.problems[0].hides_traffic);
}

TEST_CASE("HarWriter: bytes that are no text do not break the file") {
  Exchange odd = poll("\xff\xfe");
  odd.request_headers = {{"X\xff", "\x01\xff\""}};
  odd.target = "/socket.io/?transport=polling&x=\"\\\xff";
  CHECK(core::json::inspect(har_of({odd})).has_value());
  CHECK(read_back(har_of({odd})).exchanges[0].response_body == "\xff\xfe");
}

TEST_CASE("ExchangeBuilder: what was put on the wire comes back") {
  Exchange post = poll("ok");
  post.method = "POST";
  post.request_body = "40";
  const std::vector<Exchange> all{post, websocket()};
  const std::vector<Exchange> back = over_the_wire(all);
  REQUIRE(back.size() == 2);
  for (std::size_t i = 0; i < all.size(); ++i) {
    Exchange plain = back[i];
    std::erase_if(plain.request_headers, [](const auto& h) { return h.first != "Host"; });
    std::erase_if(plain.response_headers, [](const auto& h) { return h.first != "Content-Type"; });
    plain.answered = all[i].answered;
    CHECK(gist(plain) == gist(all[i]));
  }
}

TEST_CASE("ExchangeBuilder: what nobody answered, and who left") {
  for (const auto failure :
       {Exchange::Failure::ByClient, Exchange::Failure::ByServer, Exchange::Failure::Unknown}) {
    Exchange one = poll("");
    one.failure = failure;
    const auto back = over_the_wire({one});
    REQUIRE(back.size() == 1);
    CHECK(back[0].failure == failure);
  }
}

TEST_CASE("hide_secrets: cookies, Authorization and auth, and nothing else") {
  Exchange one = poll("ok");
  one.method = "POST";
  one.request_headers = {
      {"cookie", "uid=alice; theme=dark"}, {"Authorization", "Bearer abc"}, {"X", "y"}};
  one.response_headers = {{"Set-Cookie", "uid=alice"}};
  one.request_body =
      "40{\"token\":\"alice\",\"pid\":\"p\",\"offset\":\"o\"}\x1e"
      "42[\"token\",\"alice\"]\x1e"
      "40/chat,\x1e"
      "40/chat,{\"token\":\"alice\",\"user\":{\"id\":1}}";
  hide_secrets(one, covering::keystream);
  CHECK(one.request_headers[2].second == "y");
  CHECK(one.request_headers[1].second.starts_with("Bearer "));
  CHECK(one.request_headers[1].second != "Bearer abc");
  const std::string& cookies = one.request_headers[0].second;
  CHECK(cookies.starts_with("uid="));
  CHECK(cookies.find("; theme=") != std::string::npos);
  CHECK(one.response_headers[0].second.starts_with("uid="));
  for (const std::string& text : {cookies, one.response_headers[0].second})
    CHECK(text.find("alice") == std::string::npos);

  // Equal stays equal; pid, offset, and what an application says, stay as they are.
  const std::string& body = one.request_body;
  const std::string token = body.substr(body.find(":\"") + 2, 5);
  CHECK(body.starts_with("40{\"token\":\"" + token +
                         "\",\"pid\":\"p\",\"offset\":\"o\"}\x1e"
                         "42[\"token\",\"alice\"]\x1e"
                         "40/chat,\x1e"
                         "40/chat,{\"token\":\"" +
                         token + "\",\"user\":{\"id\":"));
  Exchange other = poll("");
  other.request_body = "40{\"token\":\"bob\"}";
  hide_secrets(other, covering::keystream);
  CHECK(other.request_body.find(token) == std::string::npos);
}

TEST_CASE("hide_secrets: over a WebSocket, as text and as msgpack, and in the form of JSONP") {
  using namespace std::string_literals;
  Exchange one = websocket();
  const std::string connect =
      "\x83\xa4type\x00\xa4"s + "data\x82\xa5token\xa5" + "alice\xa3pid\xa1p\xa3nsp\xa1/";
  one.messages = {{kNoon, Direction::ToServer, MessageType::Text, "40{\"token\":\"alice\"}"},
                  {kNoon, Direction::ToServer, MessageType::Binary, connect},
                  {kNoon, Direction::ToServer, MessageType::Binary, "\xa5"s + "alice"},
                  {kNoon, Direction::ToClient, MessageType::Text, "40{\"sid\":\"abc\"}"}};
  hide_secrets(one, covering::keystream);
  CHECK(one.messages[0].data.find("alice") == std::string::npos);
  CHECK(one.messages[1].data.find("alice") == std::string::npos);
  CHECK(one.messages[1].data.size() == connect.size());
  CHECK(one.messages[1].data.ends_with("\xa3pid\xa1p\xa3nsp\xa1/"));
  CHECK(one.messages[2].data == "\xa5"s + "alice");  // An attachment.
  CHECK(one.messages[3].data == "40{\"sid\":\"abc\"}");

  Exchange jsonp = poll("ok");
  jsonp.method = "POST";
  jsonp.target += "&j=0";
  jsonp.request_body = "d=40%7B%22token%22%3A%22alice%22%7D";
  hide_secrets(jsonp, covering::keystream);
  CHECK(jsonp.request_body.starts_with("d=40%7B%22"));
  CHECK(jsonp.request_body.find("alice") == std::string::npos);
}
