#include "core/capture/mitmproxy_reader.hpp"

#include <doctest/doctest.h>

#include "core/capture/tnetstring.hpp"

using namespace core::capture;
using core::Direction;

namespace {

std::string net(const std::string& bytes, char kind) {
  return std::to_string(bytes.size()) + ":" + bytes + kind;
}
std::string bytes(const std::string& value) { return net(value, ','); }
std::string text(const std::string& value) { return net(value, ';'); }
std::string list(const std::vector<std::string>& values) {
  std::string all;
  for (const std::string& value : values) all += value;
  return net(all, ']');
}
std::string dictionary(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string all;
  for (const auto& [key, value] : members) all += text(key) + value;
  return net(all, '}');
}
const std::string kNull = "0:~", kTrue = "4:true!", kFalse = "5:false!";

const std::string kHeaders = list({list({bytes("Host"), bytes("x")})});

std::string request(const std::string& path = "/socket.io/?EIO=4&transport=polling") {
  return dictionary({{"http_version", bytes("HTTP/1.1")},
                     {"headers", kHeaders},
                     {"content", bytes("40")},
                     {"timestamp_start", net("1000.25", '^')},
                     {"host", text("server")},
                     {"port", net("3000", '#')},
                     {"method", bytes("POST")},
                     {"path", bytes(path)}});
}
std::string response(int status, const std::string& content) {
  return dictionary({{"status_code", net(std::to_string(status), '#')},
                     {"headers", list({list({bytes("Content-Encoding"), bytes("gzip")})})},
                     {"content", content},
                     {"timestamp_start", net("1000.5", '^')},
                     {"timestamp_end", net("1000.75", '^')}});
}
std::string flow(const std::string& response, const std::string& more = "", int version = 21) {
  std::string all = dictionary(
      {{"version", net(std::to_string(version), '#')},
       {"client_conn", dictionary({{"peername", list({text("::1"), net("5000", '#')})}})},
       {"request", request()},
       {"response", response}});
  all.insert(all.size() - 1, more);
  return net(all.substr(all.find(':') + 1, all.size() - all.find(':') - 2), '}');
}

Exchanges read(const std::string& file) {
  auto result = read_mitmproxy(file);
  REQUIRE(result.has_value());
  return std::move(*result);
}

double seconds(core::Instant at) {
  return std::chrono::duration<double>(at.time_since_epoch()).count();
}

}  // namespace

TEST_CASE("mitmproxy: a request and its answer, as they were sent") {
  const std::string file = flow(response(200, bytes("packed")));
  CHECK(is_mitmproxy(file));
  const Exchanges all = read(file + file);
  REQUIRE(all.exchanges.size() == 2);
  const Exchange& one = all.exchanges[0];
  CHECK(one.client == "[::1]:5000");
  CHECK(one.server == "server:3000");
  CHECK(one.method == "POST");
  CHECK(one.request_body == "40");
  CHECK(one.response_body == "packed");
  CHECK(one.response_headers == Exchange::Headers{{"Content-Encoding", "gzip"}});
  CHECK(seconds(one.asked) == 1000.25);
  CHECK(seconds(one.answered) == 1000.5);
  CHECK(seconds(one.ended) == 1000.75);
  CHECK(all.problems.empty());
}

TEST_CASE("mitmproxy: a WebSocket, what was said, and who closed it") {
  const auto message = [](int opcode, const std::string& from_client, const std::string& content,
                          const std::string& dropped) {
    return list({net(std::to_string(opcode), '#'), from_client, bytes(content), net("1001.5", '^'),
                 dropped, kFalse});
  };
  const std::string websocket = dictionary(
      {{"messages", list({message(1, kTrue, "2probe", kFalse), message(2, kFalse, "\x01", kFalse),
                          message(1, kTrue, "never", kTrue)})},
       {"closed_by_client", kFalse},
       {"close_code", net("1001", '#')},
       {"timestamp_end", net("1002", '^')}});
  const Exchanges all = read(flow(response(101, bytes("")), text("websocket") + websocket));
  const Exchange& one = all.exchanges[0];
  REQUIRE(one.messages.size() == 2);
  CHECK(one.messages[0].data == "2probe");
  CHECK(one.messages[0].direction == Direction::ToServer);
  CHECK(one.messages[1].type == core::websocket::MessageType::Binary);
  REQUIRE(one.close);
  CHECK(one.close->by == Direction::ToClient);
  CHECK(one.close->code == std::uint16_t{1001});
  CHECK(seconds(one.close->at) == 1002);
}

TEST_CASE("mitmproxy: a request without an answer says who gave up") {
  const auto failure_of = [](const std::string& error) {
    return read(flow(kNull, text("error") + error)).exchanges[0].failure;
  };
  const auto error = [](const std::string& message) {
    return dictionary({{"msg", text(message)}, {"timestamp", net("1003", '^')}});
  };
  CHECK(failure_of(error("Client disconnected.")) == Exchange::Failure::ByClient);
  CHECK(failure_of(error("Server disconnected")) == Exchange::Failure::ByServer);
  CHECK(failure_of(kNull) == Exchange::Failure::Unknown);
}

TEST_CASE("mitmproxy: a file that breaks off, one of another version, and one that is none") {
  const std::string file = flow(response(200, bytes("2")));
  const Exchanges cut = read(file + file.substr(0, file.size() - 1));
  CHECK(cut.exchanges.size() == 1);
  CHECK(cut.broken_off);
  REQUIRE(cut.problems.size() == 1);
  CHECK(cut.problems[0].offset_bytes == file.size());
  CHECK(read_mitmproxy(flow(response(200, bytes("2")), "", 22)).error().find("version 22") !=
        std::string::npos);
  CHECK(read_mitmproxy(flow(response(200, bytes("2")), "", 11)).error().find("version 11") !=
        std::string::npos);
  for (const char* none : {"", "5", "5:", "hello", "5:hello,", "{\"log\":1}", ":x"})
    CHECK_FALSE(is_mitmproxy(none));
}

TEST_CASE("tnetstring: damage reads as absence") {
  std::string_view huge = "99999999999999999999999:x,";
  CHECK_FALSE(Tnetstring::take(huge));
  std::string_view long_one = "18446744073709551615:x,";
  CHECK_FALSE(Tnetstring::take(long_one));
  std::string_view inner = "7:3:abc,9}";
  const auto value = Tnetstring::take(inner);
  REQUIRE(value);
  CHECK((*value)["abc"].is_null());
  CHECK(value->at(3).is_null());
  CHECK_FALSE(value->number());
}
