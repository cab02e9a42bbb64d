#include <doctest/doctest.h>

#include <sstream>
#include <string>

#include "core/engineio/base64.hpp"
#include "proxy/decode/decode.hpp"
#include "tests/core/msgpack/hex.hpp"

namespace {

using namespace proxy::decode;

/// The answer to binary frames, written in hex.
std::string decode(std::initializer_list<std::string_view> frames,
                   DecodeDialect dialect = DecodeDialect::Parser42) {
  std::string line = R"({"frames":[)";
  for (const std::string_view frame : frames) {
    if (line.back() != '[') line += ',';
    line += R"({"base64":")";
    core::engineio::encode_base64(hex(frame), line);
    line += R"("})";
  }
  std::istringstream in(line + "]}\n");
  std::ostringstream out;
  CHECK(run_decode({.parser = DecodeParser::MsgPack, .dialect = dialect}, in, out) == 0);
  return out.str();
}

/// {type: 2, data: ["a", Buffer], nsp: "/", id: 1}
constexpr std::string_view kEvent =
    "84 a4 74797065 02 a4 64617461 92 a1 61 c4 02 0001 a3 6e7370 a1 2f a2 6964 01";

}  // namespace

TEST_CASE("decode msgpack: a packet prints as one of JSON does, binary where it stands") {
  CHECK(
      decode({kEvent}) ==
      R"({"packets":[{"type":"EVENT","nsp":"/","id":1,"data":["a",{"$base64":"AAE="}]}],"error":null,"pending":0})"
      "\n");
}

TEST_CASE("decode msgpack: there are no dialects") {
  CHECK(decode({kEvent}, DecodeDialect::Parser33) == decode({kEvent}));
}

TEST_CASE("decode msgpack: absent and undefined fields are left out") {
  CHECK(decode({"83 a4 74797065 01 a3 6e7370 a1 2f a4 64617461 d4 00 00"}) ==
        R"({"packets":[{"type":"DISCONNECT","nsp":"/"}],"error":null,"pending":0})"
        "\n");
}

TEST_CASE("decode msgpack: the packets before a refused one stand, those behind it do not") {
  CHECK(
      decode({"82 a4 74797065 00 a3 6e7370 a1 2f", "c1", kEvent}) ==
      R"({"packets":[{"type":"CONNECT","nsp":"/"}],"error":{"frame":1,"reason":"Could not parse"},"pending":0})"
      "\n");
}

TEST_CASE("decode msgpack: text is refused") {
  std::istringstream in("{\"frames\":[{\"text\":\"2[]\"}]}\n");
  std::ostringstream out;
  CHECK(run_decode({.parser = DecodeParser::MsgPack}, in, out) == 0);
  CHECK(out.str() == R"({"packets":[],"error":{"frame":0,"reason":"2 trailing bytes"},"pending":0})"
                     "\n");
}
