#include "core/capture/har_reader.hpp"

#include <doctest/doctest.h>

#include "core/capture/exchange_recording.hpp"
#include "core/capture/time_text.hpp"
#include "tests/core/capture/packets.hpp"

using namespace core::capture;
using Lines_ = std::vector<std::string>;

namespace {

const Attachments kNone = [](std::string_view) { return std::nullopt; };

std::string har(const std::string& entries, const std::string& log = "") {
  return "{\"log\":{" + log + "\"entries\":[" + entries + "]}}";
}

constexpr const char* kUrl = "http://host:3000/socket.io/?EIO=4&transport=polling&sid=abc";

/// An entry of 2026-01-01 at 12:00:00.100, of 30 ms.
std::string entry(const std::string& method, const std::string& post, const std::string& response,
                  const std::string& more = "", const std::string& url = kUrl) {
  return R"({"startedDateTime":"2026-01-01T12:00:00.100Z","time":30,)"
         R"("timings":{"send":0,"wait":20,"receive":4},"request":{"method":")" +
         method + R"(","url":")" + url + R"(","headers":[{"name":"Host","value":"host:3000"}])" +
         (post.empty() ? "" : ",\"postData\":" + post) + "},\"response\":" + response + more + "}";
}
std::string answer(const std::string& content, int status = 200) {
  return "{\"status\":" + std::to_string(status) + ",\"headers\":[],\"content\":" + content + "}";
}
constexpr const char* kSwitch = R"({"status":101,"headers":[["Upgrade","websocket"]]})";
constexpr const char* kWebSocketUrl = "ws://host:3000/socket.io/?EIO=4&transport=websocket";
std::string websocket(const std::string& messages, const std::string& more = "") {
  return entry("GET", "", kSwitch, ",\"_webSocketMessages\":[" + messages + "]" + more,
               kWebSocketUrl);
}

Exchanges read(const std::string& text, const Attachments& attachments = kNone) {
  auto result = read_har(text, attachments);
  REQUIRE(result.has_value());
  return std::move(*result);
}

Lines_ sentences(const Exchanges& all) {
  Lines_ lines;
  for (const Problem& problem : all.problems)
    lines.push_back((problem.hides_traffic ? "! " : "") + problem.sentence);
  return lines;
}

/// Milliseconds after 12:00:00.
double milliseconds(core::Instant at) {
  const auto noon = *read_time("2026-01-01T12:00:00Z");
  return std::chrono::duration<double, std::milli>(at - noon).count();
}

}  // namespace

TEST_CASE("time: as JSON carries it, with fractions and offsets") {
  const auto ms = [](const char* text) {
    const auto at = read_time(text);
    return at ? std::chrono::duration_cast<std::chrono::milliseconds>(at->time_since_epoch())
                    .count()
              : -1;
  };
  CHECK(ms("1970-01-01T00:00:01Z") == 1000);
  CHECK(ms("2026-11-26T15:32:20.544Z") == 1795707140544);
  CHECK(ms("2026-11-26T17:32:20.5441234567+02:00") == 1795707140544);
  CHECK(ms("2026-11-26T10:02:20,544-0530") == 1795707140544);
  for (const char* none : {"", "2026", "2026-11-26", "2026-13-26T15:32:20Z", "2026-11-26T15:32:20",
                           "2026-11-26T15:32:20Zx", "9999-11-26T15:32:20Z", "2026-02-30T00:00:00Z"})
    CHECK(ms(none) == -1);
}

TEST_CASE("har: a poll and a post, with their times") {
  const Exchanges all = read(har(entry("GET", "", answer(R"({"text":"2"})")) + "," +
                                 entry("POST", R"({"text":"40"})", answer(R"({"text":"ok"})"))));
  REQUIRE(all.exchanges.size() == 2);
  CHECK(sentences(all).empty());
  const Exchange& poll = all.exchanges[0];
  CHECK(poll.method == "GET");
  CHECK(poll.target == "/socket.io/?EIO=4&transport=polling&sid=abc");
  CHECK(poll.server == "host:3000");
  CHECK(poll.response_body == "2");
  CHECK(milliseconds(poll.asked) == 106);
  CHECK(milliseconds(poll.answered) == 126);
  CHECK(milliseconds(poll.ended) == 130);
  CHECK(all.exchanges[1].request_body == "40");
}

TEST_CASE("har: what is not Engine.IO's is left out, whatever its path") {
  CHECK(read(har(entry("GET", "", answer("{}"), "", "http://host/style.css"))).exchanges.empty());
  CHECK(read(har(entry("GET", "", answer(R"({"text":"2"})"), "",
                       "http://host/chat?transport=polling")))
            .exchanges.size() == 1);
}

TEST_CASE("har: contents in base64, in files, or missing") {
  CHECK(read(har(entry("GET", "", answer(R"({"text":"NDI=","encoding":"base64"})"))))
            .exchanges[0]
            .response_body == "42");
  const Attachments files = [](std::string_view name) -> std::optional<std::string> {
    if (name == "a.txt") return "40";
    if (name == "b.txt") return "2";
    return std::nullopt;
  };
  const Exchanges all = read(
      har(entry("POST", R"({"text":"","_file":"a.txt"})", answer(R"({"_file":"b.txt"})"))), files);
  CHECK(all.exchanges[0].request_body == "40");
  CHECK(all.exchanges[0].response_body == "2");
  CHECK(sentences(all).empty());

  const Exchanges lost = read(
      har(entry("GET", "", answer(R"({"_file":"gone"})")) + "," + entry("POST", "", answer("{}"))),
      files);
  CHECK(lost.exchanges[0].response_body_absent);
  CHECK(lost.exchanges[1].request_body_absent);
  CHECK(
      sentences(lost) ==
      Lines_{
          "! its attached file 'gone' is not there",
          "! the contents of 2 requests or answers are not recorded; export the HAR with content"});
}

TEST_CASE("har: headers in both forms, and none that says how bytes were packed") {
  const Exchanges all = read(har(entry(
      "GET", "",
      R"({"status":200,"headers":[["Content-Encoding","gzip"],["X-A","1"]],"content":{"text":"2"}})")));
  CHECK(all.exchanges[0].response_headers == Exchange::Headers{{"X-A", "1"}});
  CHECK(all.exchanges[0].request_headers == Exchange::Headers{{"Host", "host:3000"}});
}

TEST_CASE("har: WebSocket messages, in seconds or milliseconds") {
  for (const char* unit : {"", "e3"}) {
    const std::string at = std::string(unit);
    const auto time = [&](const std::string& seconds) {
      return at.empty() ? seconds
                        : std::to_string(static_cast<long long>(std::stod(seconds) * 1000));
    };
    const Exchanges all =
        read(har(websocket(R"({"type":"receive","time":)" + time("1767268800.125") +
                           R"(,"opcode":1,"data":"0{\"sid\":1}"},)"
                           R"({"type":"send","time":)" +
                           time("1767268800.250") +
                           R"(,"opcode":2,"data":"AAH/"},)"
                           R"({"type":"error","time":1,"opcode":-1,"data":"x"})")));
    REQUIRE(all.exchanges.size() == 1);
    const Exchange& one = all.exchanges[0];
    CHECK(one.status == 101);
    CHECK(one.target == "/socket.io/?EIO=4&transport=websocket");
    REQUIRE(one.messages.size() == 2);
    CHECK(one.messages[0].data == "0{\"sid\":1}");
    CHECK(one.messages[0].direction == core::Direction::ToClient);
    CHECK(milliseconds(one.messages[0].at) == 125);
    CHECK(one.messages[1].data == std::string("\0\x01\xff", 3));
    CHECK(one.messages[1].type == core::websocket::MessageType::Binary);
    CHECK(milliseconds(one.messages[1].at) == 250);
    CHECK_FALSE(one.close);
    CHECK(sentences(all) == Lines_{"the end of 1 WebSockets is not recorded: one that closed looks "
                                   "like one that stayed open"});
  }
}

TEST_CASE("har: half a surrogate pair never was on a wire") {
  const Exchanges all = read(har(websocket(
      R"({"type":"send","time":1767268800.2,"opcode":1,"data":"42[\"\ud83d\",\"\ud83d\ude00\"]"})")));
  CHECK(all.exchanges[0].messages[0].data == "42[\"\xef\xbf\xbd\",\"\xf0\x9f\x98\x80\"]");
}

TEST_CASE("har: Playwright 1.61 counts seconds where it should count milliseconds") {
  const std::string messages = R"({"type":"receive","time":1767268800100.5,"opcode":1,"data":"a"},)"
                               R"({"type":"receive","time":1767268800100.9,"opcode":1,"data":"b"})";
  const auto second_of = [&](const std::string& version, const std::string& browser) {
    const std::string log = R"("creator":{"name":"Playwright","version":")" + version +
                            R"("},"browser":{"name":")" + browser + R"("},)";
    return milliseconds(read(har(websocket(messages), log)).exchanges[0].messages[1].at);
  };
  CHECK(second_of("1.61.0", "chromium") == doctest::Approx(500.5).epsilon(0.001));
  CHECK(sentences(read(har(websocket(messages),
                           R"("creator":{"name":"Playwright","version":"1.61.0"},)")))
            .front()
            .starts_with("! Playwright 1.61"));
  CHECK(second_of("1.62.0", "chromium") == doctest::Approx(100.9).epsilon(0.001));
  CHECK(second_of("1.61.0", "firefox") == doctest::Approx(100.9).epsilon(0.001));
}

TEST_CASE("har: messages in an attached file, a line each, and without times") {
  const Attachments files = [](std::string_view) -> std::optional<std::string> {
    return "{\"type\":\"receive\",\"time\":-1,\"opcode\":1,\"data\":\"2\"}\nnonsense\n"
           "{\"type\":\"send\",\"time\":-1,\"opcode\":1,\"data\":\"3\"}\n";
  };
  const Exchanges all = read(
      har(entry("GET", "", R"({"status":101,"content":{"_file":"m.jsonl"}})", "", kWebSocketUrl)),
      files);
  REQUIRE(all.exchanges[0].messages.size() == 2);
  CHECK(all.exchanges[0].messages[1].data == "3");
  CHECK(sentences(all).back() == "! 2 WebSocket messages have no time");
}

TEST_CASE("har: how a WebSocket closed, where it is recorded") {
  const auto close_of = [](const std::string& close) {
    return read(har(websocket("", ",\"_webSocketClose\":" + close))).exchanges[0].close;
  };
  const auto by_client = close_of(R"({"code":1001,"reason":"","timestamp":1767268800.5})");
  REQUIRE(by_client);
  CHECK(by_client->code == std::uint16_t{1001});
  CHECK(by_client->by == core::Direction::ToServer);
  CHECK(milliseconds(by_client->at) == 500);
  CHECK(close_of(R"({"code":1000,"_sioBy":"server"})")->by == core::Direction::ToClient);
  CHECK_FALSE(close_of("\"aborted\"")->code);
  CHECK_FALSE(close_of(R"({"code":1006})")->code);
  CHECK_FALSE(close_of("null"));
}

TEST_CASE("har: a request without an answer says why, or nothing") {
  const auto failure_of = [](const std::string& response) {
    return read(har(entry("GET", "", response))).exchanges[0].failure;
  };
  using Failure = Exchange::Failure;
  CHECK(failure_of(R"({"status":0,"_error":"net::ERR_ABORTED"})") == Failure::ByClient);
  CHECK(failure_of(R"({"status":-1,"_failureText":"net::ERR_CONNECTION_RESET"})") ==
        Failure::ByServer);
  CHECK(failure_of(R"({"status":0})") == Failure::Unknown);
  CHECK(failure_of("{}") == Failure::Unknown);
  const Exchanges post = read(har(entry("POST", R"({"text":"3"})", R"({"status":-1})")));
  CHECK(post.exchanges[0].request_body == "3");  // It was sent all the same.
}

TEST_CASE("har: answers that seem to come after what follows them, for want of accuracy") {
  const auto at = [](std::string one, const char* start) {
    return one.replace(one.find(".100Z"), 5, start);
  };
  const std::string first = entry("GET", "", answer(R"({"text":"2"})"));  // From 106 to 130 ms.
  const Exchanges all = read(har(first + "," + at(first, ".120Z")));
  CHECK(all.exchanges[0].ended < all.exchanges[1].asked);
  CHECK(milliseconds(all.exchanges[1].asked) == 126);
  const Exchanges both = read(har(first + "," + at(first, ".101Z")));
  CHECK(both.exchanges[0].ended > both.exchanges[1].asked);  // That is no rounding.

  const std::string handshake = entry("GET", "", answer(R"({"text":"0{\"sid\":\"abc\"}"})"), "",
                                      "http://host:3000/socket.io/?EIO=4&transport=polling");
  const std::string post = entry("POST", R"({"text":"40"})", answer(R"({"text":"ok"})"));
  const Exchanges opened = read(har(at(post, ".121Z") + "," + handshake));
  CHECK(opened.exchanges[1].ended < opened.exchanges[0].asked);
  CHECK(milliseconds(opened.exchanges[0].asked) == 127);
}

TEST_CASE("har: a BOM is no mistake, what is no HAR says where") {
  CHECK(read("\xef\xbb\xbf" + har("")).exchanges.empty());
  CHECK(read_har("{\"log\":{\"entries\":[", kNone).error().offset_bytes == 19);
  CHECK(read_har("{}", kNone).error().reason == "it holds no log.entries");
  CHECK(sentences(read(har(R"({"request":{"url":"/?transport=polling"}})"))) ==
        Lines_{"! an entry that does not say when it started"});
}

TEST_CASE("exchange: what it looks like on a wire") {
  Exchanges all =
      read(har(entry("POST", R"({"text":"40"})", answer(R"({"text":"ok"})")) + "," +
               websocket(R"({"type":"receive","time":1767268800.2,"opcode":1,"data":"2"},)"
                         R"({"type":"send","time":1767268800.3,"opcode":1,"data":"3"})",
                         R"(,"_webSocketClose":{"code":1000,"timestamp":1767268800.4})")));
  all.exchanges[0].request_headers.emplace_back("X-Odd", "a\r\nb");
  packets::Lines lines;
  ExchangeRecording recording(all, core::ConnectionId{1});
  CHECK(milliseconds(recording.began()) == 100);
  while (const auto item = recording.next()) lines.add(*item);
  CHECK(milliseconds(recording.end().at) == doctest::Approx(400));
  using namespace std::string_literals;
  CHECK(lines.all() ==
        Lines_{"2 opened har:0 > host:3000",
               "2 > \"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: "
               "host:3000\r\nConnection: Upgrade\r\nUpgrade: "
               "websocket\r\nSec-WebSocket-Key: c2lvc2NvcGUgYW5hbHl6ZQ==\r\n\r\n\"",
               "1 opened har:0 > host:3000",
               "1 > \"POST /socket.io/?EIO=4&transport=polling&sid=abc HTTP/1.1\r\nHost: "
               "host:3000\r\nX-Odd: "
               "ab\r\nContent-Length: 2\r\n\r\n40\"",
               "2 < \"HTTP/1.1 101 Recorded\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\"",
               "1 < \"HTTP/1.1 200 Recorded\r\nContent-Length: 2\r\n\r\nok\"", "1 > fin", "1 < fin",
               "2 < \"\x81\x01\x32\"", "2 > \"\x81\x81\0\0\0\0\x33\x88\x82\0\0\0\0\x03\xe8\""s,
               "2 > fin", "2 < fin"});
}
