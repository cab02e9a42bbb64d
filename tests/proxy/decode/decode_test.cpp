#include "proxy/decode/decode.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string>

namespace {

using namespace proxy::decode;

struct Run {
  int exit_code;
  std::string out;
};

Run decode(const std::string& input, const DecodeOptions& options = {}) {
  std::istringstream in(input);
  std::ostringstream out;
  const int exit_code = run_decode(options, in, out);
  return {exit_code, out.str()};
}

constexpr DecodeOptions kWebSocket = {.layer = DecodeLayer::EngineIo};
constexpr DecodeOptions kPolling = {.layer = DecodeLayer::EngineIo,
                                    .transport = DecodeTransport::Polling};
constexpr DecodeOptions kWebSocketV3 = {.layer = DecodeLayer::EngineIo,
                                        .engine = DecodeEngine::Eio3};
constexpr DecodeOptions kPollingV3 = {.layer = DecodeLayer::EngineIo,
                                      .engine = DecodeEngine::Eio3,
                                      .transport = DecodeTransport::Polling};

}  // namespace

TEST_CASE("decode: an event with namespace, id and data") {
  const Run run = decode(R"({"frames":[{"text":"2/admin,1[\"a\", 1.50]"}]})"
                         "\n");
  CHECK(run.exit_code == 0);
  CHECK(
      run.out ==
      R"({"packets":[{"type":"EVENT","nsp":"/admin","id":1,"data":["a",1.5]}],"error":null,"pending":0})"
      "\n");
}

TEST_CASE("decode: a binary packet prints as EVENT or ACK, with its attachments") {
  CHECK(
      decode(
          R"({"frames":[{"text":"51-[\"a\",{\"_placeholder\":true,\"num\":0}]"},{"base64":"AAE="}]})")
          .out ==
      R"({"packets":[{"type":"EVENT","nsp":"/","data":["a",{"$base64":"AAE="}]}],"error":null,"pending":0})"
      "\n");
  CHECK(
      decode(R"({"frames":[{"text":"61-3[{\"_placeholder\":true,\"num\":0}]"},{"base64":""}]})")
          .out ==
      R"({"packets":[{"type":"ACK","nsp":"/","id":3,"data":[{"$base64":""}]}],"error":null,"pending":0})"
      "\n");
}

TEST_CASE(
    "decode: a placeholder with a fraction is undefined: null in an array, absent in an object") {
  CHECK(
      decode(
          R"({"frames":[{"text":"51-[\"a\",{\"_placeholder\":true,\"num\":0.5},{\"k\":{\"_placeholder\":true,\"num\":0.5}}]"},{"base64":""}]})")
          .out ==
      R"({"packets":[{"type":"EVENT","nsp":"/","data":["a",null,{}]}],"error":null,"pending":0})"
      "\n");
}

TEST_CASE("decode: pending counts the attachments that are missing") {
  CHECK(decode(R"({"frames":[{"text":"53-[\"a\"]"},{"base64":"AA=="}]})").out ==
        R"({"packets":[],"error":null,"pending":2})"
        "\n");
}

TEST_CASE("decode: the first frame that is refused ends the line, packets before it stand") {
  CHECK(
      decode(R"({"frames":[{"text":"2[\"a\"]"},{"text":"2[null]"},{"text":"2[\"b\"]"}]})").out ==
      R"({"packets":[{"type":"EVENT","nsp":"/","data":["a"]}],"error":{"frame":1,"reason":"invalid payload: the event name is neither a string nor a number"},"pending":0})"
      "\n");
}

TEST_CASE("decode: text while attachments are missing is refused, and they stay missing") {
  CHECK(
      decode(R"({"frames":[{"text":"51-[\"a\"]"},{"text":"x"}]})").out ==
      R"({"packets":[],"error":{"frame":1,"reason":"got plaintext data when reconstructing a packet"},"pending":1})"
      "\n");
}

TEST_CASE("decode: the unknown type is named as JavaScript prints it") {
  CHECK(decode(R"({"frames":[{"text":"7"}]})").out.find("unknown packet type 7") !=
        std::string::npos);
  CHECK(decode(R"({"frames":[{"text":"\ud83d"}]})").out.find("unknown packet type NaN") !=
        std::string::npos);
}

TEST_CASE("decode: the empty string is a CONNECT, an id of 1e400 digits or two parts is null") {
  CHECK(decode(R"({"frames":[{"text":""}]})").out.find(R"([{"type":"CONNECT","nsp":"/"}])") !=
        std::string::npos);
  CHECK(decode(R"({"frames":[{"text":"21 2[0]"}]})").out.find(R"("id":null)") != std::string::npos);
}

TEST_CASE("decode: halves of a character, one raw and one escaped, are one character") {
  CHECK(
      decode(R"({"frames":[{"text":"2[\"\ud83d\\ude00\"]"}]})").out.find("\"\xf0\x9f\x98\x80\"") !=
      std::string::npos);
  CHECK(decode(R"({"frames":[{"text":"2[\"\ud83d\"]"}]})").out.find(R"("\ud83d")") !=
        std::string::npos);
}

TEST_CASE("decode: an engine message without data leaves data out") {
  CHECK(
      decode(R"({"frames":[{"text":"4"},{"text":"2probe"},{"text":"bAQID"},{"base64":"AQID"}]})",
             kWebSocket)
          .out ==
      R"({"packets":[{"type":"message"},{"type":"ping","data":"probe"},{"type":"message","data":{"$base64":"AQID"}},{"type":"message","data":{"$base64":"AQID"}}],"error":null,"pending":0})"
      "\n");
}

TEST_CASE("decode: in a payload the packets before the bad one stand, those behind it do not") {
  CHECK(
      decode(R"({"frames":[{"text":"4a\u001e7\u001e4b"}]})", kPolling).out ==
      R"({"packets":[{"type":"message","data":"a"}],"error":{"frame":0,"reason":"parser error: unknown packet type"},"pending":0})"
      "\n");
  CHECK(decode(R"({"frames":[{"text":""}]})", kPolling).out ==
        R"({"packets":[],"error":{"frame":0,"reason":"parser error: an empty packet"},"pending":0})"
        "\n");
}

TEST_CASE("decode: the separator means nothing in a websocket message") {
  CHECK(decode(R"({"frames":[{"text":"4a\u001e4b"}]})", kWebSocket)
            .out.find(R"("data":"a\u001e4b")") != std::string::npos);
}

TEST_CASE("decode: websocket messages of Engine.IO 3, in text, in base64 and in bytes") {
  CHECK(
      decode(R"({"frames":[{"text":"4hello"},{"text":"4"},{"text":"b4AQID"},{"base64":"BAEC"}]})",
             kWebSocketV3)
          .out ==
      R"({"packets":[{"type":"message","data":"hello"},{"type":"message"},{"type":"message","data":{"$base64":"AQID"}},{"type":"message","data":{"$base64":"AQI="}}],"error":null,"pending":0})"
      "\n");
  CHECK(decode(R"({"frames":[{"text":"3"},{"text":"7"},{"text":"4"}]})", kWebSocketV3).out ==
        R"({"packets":[{"type":"pong"}],"error":{"frame":1,"reason":"parser error"},"pending":0})"
        "\n");
}

TEST_CASE("decode: bytes of Engine.IO 3 whose type is unknown are a packet without a type") {
  CHECK(
      decode(R"({"frames":[{"text":"b7AQID"},{"base64":"B///"},{"base64":""}]})", kWebSocketV3)
          .out ==
      R"({"packets":[{"data":{"$base64":"AQID"}},{"data":{"$base64":"//8="}},{"data":{"$base64":""}}],"error":null,"pending":0})"
      "\n");
}

TEST_CASE("decode: a text payload of Engine.IO 3 counts UTF-16 units, lone surrogates too") {
  CHECK(
      decode(R"({"frames":[{"text":"6:4hello2:4é3:4😀1:2"}]})", kPollingV3).out ==
      R"({"packets":[{"type":"message","data":"hello"},{"type":"message","data":"é"},{"type":"message","data":"😀"},{"type":"ping"}],"error":null,"pending":0})"
      "\n");
  CHECK(
      decode(R"({"frames":[{"text":"2:4\ud83d2:4\ude00"}]})", kPollingV3).out ==
      R"({"packets":[{"type":"message","data":"\ud83d"},{"type":"message","data":"\ude00"}],"error":null,"pending":0})"
      "\n");
}

TEST_CASE("decode: a length that cuts a character in two gives its half, then the error") {
  CHECK(
      decode(R"({"frames":[{"text":"2:4😀1:2"}]})", kPollingV3).out ==
      R"({"packets":[{"type":"message","data":"\ud83d"}],"error":{"frame":0,"reason":"parser error"},"pending":0})"
      "\n");
}

TEST_CASE("decode: a binary payload of Engine.IO 3 holds text and bytes") {
  CHECK(
      decode(R"({"frames":[{"base64":"AAL/NGEBA/8EAQI="}]})", kPollingV3).out ==
      R"({"packets":[{"type":"message","data":"a"},{"type":"message","data":{"$base64":"AQI="}}],"error":null,"pending":0})"
      "\n");
  CHECK(decode(R"({"frames":[{"base64":""}]})", kPollingV3).out ==
        R"({"packets":[],"error":null,"pending":0})"
        "\n");
}

TEST_CASE("decode: a bad packet of a binary payload leaves those before it, a bad frame none") {
  CHECK(
      decode(R"({"frames":[{"base64":"AAL/NGEAAv80/w=="}]})", kPollingV3).out ==
      R"({"packets":[{"type":"message","data":"a"}],"error":{"frame":0,"reason":"parser error"},"pending":0})"
      "\n");
  CHECK(decode(R"({"frames":[{"base64":"AAL/NGEB"}]})", kPollingV3).out ==
        R"({"packets":[],"error":{"frame":0,"reason":"parser error"},"pending":0})"
        "\n");
}

TEST_CASE("decode: a payload of Engine.IO 3 that is empty, cut short or no payload is refused") {
  for (const char* text : {"", "6:4he", "4hello", "1:7", "x:4"}) {
    CAPTURE(text);
    CHECK(decode(R"({"frames":[{"text":")" + std::string(text) + R"("}]})", kPollingV3).out ==
          R"({"packets":[],"error":{"frame":0,"reason":"parser error"},"pending":0})"
          "\n");
  }
}

TEST_CASE(
    "decode: a line that is no such object is answered, and decoding goes on with exit code 2") {
  for (const std::string& line :
       {std::string("x"), std::string(), std::string("[]"), std::string("{}"),
        std::string(R"({"frames":{}})"), std::string(R"({"frames":[1]})"),
        std::string(R"({"frames":[{}]})"), std::string(R"({"frames":[{"text":1}]})"),
        std::string(R"({"frames":[{"text":"0","base64":""}]})"),
        std::string(R"({"frames":[{"base64":"!"}]})"),
        std::string("{\"frames\":[{\"text\":\"\xff\"}]}"),
        std::string("\xef\xbb\xbf{\"frames\":[]}")}) {
    CAPTURE(line);
    const Run run = decode(line + "\n" + R"({"frames":[]})" + "\n");
    CHECK(run.exit_code == 2);
    CHECK(run.out.starts_with(R"({"error":{"frame":null,"reason":")"));
    CHECK(
        run.out.ends_with("\n"
                          R"({"packets":[],"error":null,"pending":0})"
                          "\n"));
  }
}

TEST_CASE(
    "decode: unknown members are ignored, of duplicates the last counts, the last line needs no "
    "end") {
  CHECK(decode(R"({"frames":1,"name":"x","frames":[{"text":"1","note":2}]})").out ==
        R"({"packets":[{"type":"DISCONNECT","nsp":"/"}],"error":null,"pending":0})"
        "\n");
}

TEST_CASE("decode: no input, no output") {
  const Run run = decode("");
  CHECK(run.exit_code == 0);
  CHECK(run.out.empty());
}

TEST_CASE("decode: an older dialect is its parser's, not the newest") {
  const std::string line = R"({"frames":[{"text":"4\"no\""},{"text":"50-[null]"},{"text":"7"}]})"
                           "\n";
  CHECK(
      decode(line, {.dialect = DecodeDialect::Parser40}).out ==
      R"({"packets":[{"type":"CONNECT_ERROR","nsp":"/","data":"no"},{"type":"EVENT","nsp":"/","data":[null]}],)"
      R"("error":{"frame":2,"reason":"got plaintext data when reconstructing a packet"},"pending":0})"
      "\n");
  CHECK(decode(line, {.dialect = DecodeDialect::Parser33}).out ==
        R"({"packets":[{"type":"ERROR","nsp":"/","data":"no"}],)"
        R"("error":{"frame":1,"reason":"Illegal attachments"},"pending":0})"
        "\n");
}

TEST_CASE("decode: parsers of 3.3 make an ERROR packet of an unknown type and go on") {
  CHECK(
      decode(R"({"frames":[{"text":"7"},{"text":"2[1]"}]})"
             "\n",
             {.dialect = DecodeDialect::Parser33})
          .out ==
      R"({"packets":[{"type":"ERROR","data":"parser error: unknown packet type 7"},{"type":"EVENT","nsp":"/","data":[1]}],)"
      R"("error":null,"pending":0})"
      "\n");
}

TEST_CASE("decode: in dialect 4.0 what is pending is any number of JavaScript's") {
  const auto pending = [](const std::string& text) {
    return decode(R"({"frames":[{"text":")" + text + "\"},{\"base64\":\"AQ==\"}]}\n",
                  {.dialect = DecodeDialect::Parser40})
        .out;
  };
  CHECK(pending("51.5-").ends_with("\"pending\":0.5}\n"));
  CHECK(pending("5Infinity-").ends_with("\"pending\":null}\n"));
  CHECK(pending("51e10-").ends_with("\"pending\":9999999999}\n"));
}
