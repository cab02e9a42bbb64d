#include "proxy/connect/connect.hpp"

#include <doctest/doctest.h>

#include "proxy/connect/diagnosis.hpp"
#include "proxy/connect/happening_json.hpp"

namespace {

using namespace core::client;
using proxy::client::LinkEnd;
using proxy::client::Security;
using proxy::connect::happening_json;
using proxy::connect::parse_emission;

std::string why(EngineClosed closed, LinkEnd end = {}, Revision revision = Revision::V4,
                Security security = Security::Plain) {
  return proxy::connect::why_no_session({{"app", 80, security}, "/socket.io/", revision}, closed,
                                        end);
}

EngineClosed answered(Answer answer) {
  return {CloseReason::TransportError, "", std::move(answer)};
}

void check_says(const std::string& sentence, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts)
    CHECK_MESSAGE(sentence.find(part) != std::string::npos, sentence, " says ", part);
}

}  // namespace

TEST_CASE("diagnosis: what answered instead is named, and what to do") {
  check_says(why(answered({404, "text/html", "", "<html>\n\n<b>Cannot  GET</b>"})),
             {"app:80 answered 404 (text/html)", "\"<html> <b>Cannot GET</b>\"", "--path"});
  check_says(why(answered({200, "", "", ""})),
             {"answered 200: no Socket.IO server at /socket.io/"});
  check_says(why(answered({301, "text/html", "https://app/", "moved"})),
             {"points to https://app/", "use that URL"});
  check_says(why(answered({400, "", "", R"({"code":5,"message":"Unsupported protocol version"})"})),
             {"Unsupported protocol version (code 5)", "--eio 3"});
  check_says(why(answered({400, "", "", R"({"code":5,"message":"x"})"}), {}, Revision::V3),
             {"--eio 4"});
  check_says(why(answered({400, "", "", R"({"code":0,"message":"Transport unknown"})"})),
             {"Transport unknown (code 0)", "--transport"});
  check_says(why(answered({400, "", "", R"({"error":"no"})"})),
             {"answered 400", R"({"error":"no"})"});
  check_says(why(answered({200, "", "", R"(96:0{"sid":"x"}2:40)"})), {"Engine.IO 3", "--eio 3"});
  check_says(why(answered({.start = "\x15\x03\x01"})), {"speaks TLS", "https://"});
  check_says(why(answered({.start = "SSH-2.0-x\r\n"})), {"answered no HTTP but \"SSH-2.0-x \""});
  check_says(why(answered({500, "", "", std::string(500, 'x')})), {std::string(60, 'x') + "..."});
}

TEST_CASE("diagnosis: a link that could not be had") {
  const EngineClosed broken{CloseReason::TransportError, ""};
  using What = LinkEnd::What;
  check_says(why(broken, {What::CannotConnect, "connection refused"}),
             {"cannot connect to app:80: connection refused"});
  check_says(why(broken, {What::NoSuchHost, "unknown"}), {"no host is named 'app'"});
  check_says(why(broken, {What::Closed, "end of file"}), {"without an answer", "https://"});
  CHECK(why(broken, {What::Closed, ""}, Revision::V4, Security::Tls).find("https://") ==
        std::string::npos);
  check_says(why(broken, {What::Tls, "wrong version number"}), {"speaks no TLS", "http://"});
  check_says(why(broken, {What::Tls, "certificate verify failed: expired"}),
             {"is not trusted", "expired", "--cacert", "--insecure"});
  check_says(why({CloseReason::ConnectTimeout, ""}), {"did not answer in time"});
}

TEST_CASE("emission: a name, a name with arguments, or an array") {
  const auto read = [](std::string_view text) {
    const auto emission = parse_emission(text, {.ns = "/chat", .ask = Ask::Ack});
    REQUIRE(emission);
    CHECK(emission->ns == "/chat");
    CHECK(emission->ask == Ask::Ack);
    return emission->name + '|' + emission->arguments;
  };
  CHECK(read("news") == "news|");
  CHECK(read(" news\r") == "news|");
  CHECK(read(R"(say "a b",{"c":[1]})") == R"(say|"a b",{"c":[1]})");
  CHECK(read(R"(["two words",1, 2])") == R"(two words|1, 2)");
  for (const char* bad : {"", "  ", "say hello", "say 1]", "[1]", "[]", "[\"x\"", "say 1],[2"})
    CHECK_FALSE(parse_emission(bad, {}));
}

TEST_CASE("happening: one object a line, whatever a server sends") {
  CHECK(
      happening_json(Received{"/", "a\"b", "[1,\n\r2]", {"\x01"}, 7}) ==
      R"({"happened":"event","nsp":"/","name":"a\"b","args":[[1,  2]],"attachments":["AQ=="],"ack":7})");
  CHECK(happening_json(Connected{"/x", "id", true}) ==
        R"({"happened":"connected","nsp":"/x","id":"id","recovered":true})");
  CHECK(happening_json(ConnectError{"/", ""}) ==
        R"({"happened":"connect-error","nsp":"/","data":null})");
  CHECK(happening_json(AckFailed{"/", 3, AckFailure::TimedOut}) ==
        R"({"happened":"ack-failed","nsp":"/","id":3,"why":"timed out"})");
  CHECK(happening_json(EngineClosed{CloseReason::ParseError, "invalid \"x\""}) ==
        R"({"happened":"engine-closed","reason":"parse error","detail":"invalid \"x\""})");
}
