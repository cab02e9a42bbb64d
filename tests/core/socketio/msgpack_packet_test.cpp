#include "core/socketio/msgpack_packet.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "tests/core/msgpack/hex.hpp"

namespace {

using namespace core::socketio;
using core::msgpack::Kind;

std::string string(std::string_view text) {
  return static_cast<char>(0xa0 + text.size()) + std::string(text);
}

std::string map(std::initializer_list<std::string> parts) {
  std::string bytes(1, static_cast<char>(0x80 + parts.size() / 2));
  for (const std::string& part : parts) bytes += part;
  return bytes;
}

const std::string kType = string("type");
const std::string kNsp = string("nsp");
const std::string kData = string("data");
const std::string kId = string("id");
const std::string kRoot = string("/");
const std::string kProto = string("__proto__");

/// A packet in the root namespace.
std::string packet(int type, const std::string& data) {
  return map({kType, std::string(1, static_cast<char>(type)), kData, data, kNsp, kRoot});
}

MsgpackErrc code_of(const std::string& bytes) {
  const auto decoded = decode_msgpack_packet(bytes);
  REQUIRE_FALSE(decoded.has_value());
  return decoded.error().code;
}

std::string reason_of(const std::string& bytes) {
  const auto decoded = decode_msgpack_packet(bytes);
  return decoded ? "" : reason_text(decoded.error(), bytes.size());
}

struct Written {
  std::string text;
  MsgpackExcerpt excerpt;
  std::string name;
};

Written write(const std::string& bytes, std::size_t room = core::limits::kExcerptBytesMax) {
  const auto decoded = decode_msgpack_packet(bytes);
  REQUIRE(decoded.has_value());
  std::string buffer(room, '#');
  const MsgpackExcerpt excerpt = write_excerpt(*decoded, buffer);
  REQUIRE(excerpt.bytes <= room);
  buffer.resize(excerpt.bytes);
  return {buffer, excerpt,
          excerpt.name_bytes == 0 ? "" : buffer.substr(excerpt.name_at, excerpt.name_bytes)};
}

}  // namespace

TEST_CASE("msgpack packet: an event has its parts, wherever they stand") {
  const std::string data = hex("93") + string("news") + hex("81 a1 61 01") + hex("c4 01 ff");
  const std::string bytes =
      map({kId, hex("cd 01 00"), kNsp, string("/chat"), kData, data, kType, hex("02")});
  const auto decoded = decode_msgpack_packet(bytes);
  REQUIRE(decoded.has_value());
  CHECK(decoded->type == PacketType::Event);
  CHECK(decoded->ns == "/chat");
  REQUIRE(decoded->id.has_value());
  CHECK(decoded->id->value == 256);
  CHECK(decoded->id->integer == 256U);
  CHECK(decoded->data.raw == data);
  CHECK(decoded->event.kind == Kind::String);
  CHECK(decoded->event.raw == string("news"));
  CHECK(decoded->event.text == "news");
  CHECK(decoded->last.kind == Kind::Binary);
  CHECK(decoded->last.raw == hex("c4 01 ff"));
  CHECK(decoded->element_count == 3);
  CHECK_FALSE(decoded->is_odd);
}

TEST_CASE("msgpack packet: the last element may be the first, or there may be none") {
  const std::string one = packet(2, hex("91 a1 61"));
  const auto decoded = decode_msgpack_packet(one);
  REQUIRE(decoded.has_value());
  CHECK(decoded->event.raw == decoded->last.raw);
  CHECK(decoded->event.raw == hex("a1 61"));

  const std::string none = packet(2, hex("90"));
  const auto empty = decode_msgpack_packet(none);
  REQUIRE(empty.has_value());
  CHECK(empty->event.raw.empty());
  CHECK(empty->element_count == 0);
}

TEST_CASE("msgpack packet: the official parser does not look at the event name") {
  CHECK(decode_msgpack_packet(packet(2, hex("91 c0"))).has_value());
  CHECK(decode_msgpack_packet(packet(2, hex("91") + string("connect"))).has_value());
}

TEST_CASE("msgpack packet: an extension is an array for data, of its type and its bytes") {
  const std::string bytes = packet(2, hex("d5 ff 01 02"));
  const auto decoded = decode_msgpack_packet(bytes);
  REQUIRE(decoded.has_value());
  CHECK(decoded->element_count == 2);
  CHECK(decoded->event.kind == Kind::Number);
  CHECK(decoded->last.text == hex("01 02"));
  CHECK(write(bytes).text == R"(42[-1,{"$base64":"AQI="}])");
  CHECK(write(bytes).name == "-1");
}

TEST_CASE("msgpack packet: the type is an integer from 0 to 4, however it is written") {
  const auto typed = [](const std::string& type) {
    return map({kType, type, kData, hex("90"), kNsp, kRoot});
  };
  CHECK(decode_msgpack_packet(typed(hex("cb 40 00 00 00 00 00 00 00"))).has_value());
  CHECK(decode_msgpack_packet(typed(hex("d3 00 00 00 00 00 00 00 03")))->type == PacketType::Ack);
  CHECK(code_of(typed(hex("05"))) == MsgpackErrc::InvalidType);
  CHECK(code_of(typed(hex("ff"))) == MsgpackErrc::InvalidType);
  CHECK(code_of(typed(hex("cb 3f f8 00 00 00 00 00 00"))) == MsgpackErrc::InvalidType);
  CHECK(code_of(typed(hex("ca 7f c0 00 00"))) == MsgpackErrc::InvalidType);
  CHECK(code_of(typed(string("2"))) == MsgpackErrc::InvalidType);
  CHECK(code_of(map({kNsp, kRoot})) == MsgpackErrc::InvalidType);
  // -0 is the integer 0.
  CHECK(decode_msgpack_packet(map({kType, hex("cb 80 00 00 00 00 00 00 00"), kNsp, kRoot}))
            .has_value());
}

TEST_CASE("msgpack packet: checks come in the official order: type, namespace, data, id") {
  const std::string bad = hex("c3");
  CHECK(code_of(map({kId, bad, kData, bad, kNsp, bad, kType, bad})) == MsgpackErrc::InvalidType);
  CHECK(code_of(map({kId, bad, kData, bad, kNsp, bad, kType, hex("02")})) ==
        MsgpackErrc::InvalidNamespace);
  CHECK(code_of(map({kId, bad, kData, bad, kNsp, kRoot, kType, hex("02")})) ==
        MsgpackErrc::NotArray);
  CHECK(code_of(map({kId, bad, kData, hex("90"), kNsp, kRoot, kType, hex("02")})) ==
        MsgpackErrc::InvalidId);
}

TEST_CASE("msgpack packet: each type takes its own kind of data") {
  const std::string undefined = hex("d4 00 00");
  CHECK(decode_msgpack_packet(packet(0, hex("80"))).has_value());
  CHECK(decode_msgpack_packet(packet(0, undefined)).has_value());
  CHECK(decode_msgpack_packet(map({kType, hex("00"), kNsp, kRoot})).has_value());
  CHECK(code_of(packet(0, hex("c0"))) == MsgpackErrc::ConnectNotObject);
  CHECK(code_of(packet(0, hex("90"))) == MsgpackErrc::ConnectNotObject);
  CHECK(decode_msgpack_packet(packet(1, undefined)).has_value());
  CHECK(code_of(packet(1, hex("80"))) == MsgpackErrc::DisconnectWithPayload);
  CHECK(code_of(packet(1, hex("c0"))) == MsgpackErrc::DisconnectWithPayload);
  CHECK(decode_msgpack_packet(packet(4, hex("80"))).has_value());
  CHECK(decode_msgpack_packet(packet(4, string("no"))).has_value());
  CHECK(code_of(packet(4, undefined)) == MsgpackErrc::ConnectErrorPayload);
  CHECK(code_of(packet(4, hex("c4 00"))) == MsgpackErrc::ConnectErrorPayload);
  CHECK(decode_msgpack_packet(packet(3, hex("90"))).has_value());
  CHECK(code_of(packet(3, hex("80"))) == MsgpackErrc::NotArray);
  CHECK(code_of(packet(2, hex("c7 01 00 ff"))) == MsgpackErrc::NotArray);  // An ArrayBuffer.
}

TEST_CASE("msgpack packet: the id is absent, undefined or an integer of any size and sign") {
  const auto with_id = [](const std::string& id) {
    return decode_msgpack_packet(map({kType, hex("02"), kNsp, kRoot, kData, hex("90"), kId, id}));
  };
  CHECK_FALSE(with_id(hex("d4 00 00"))->id.has_value());
  CHECK(with_id(hex("ff"))->id->value == -1);
  CHECK_FALSE(with_id(hex("ff"))->id->integer.has_value());
  CHECK(with_id(hex("cb 7f ef ff ff ff ff ff ff")).has_value());
  CHECK_FALSE(with_id(hex("cb 7f f0 00 00 00 00 00 00")).has_value());
  CHECK_FALSE(with_id(hex("c0")).has_value());
  CHECK_FALSE(with_id(string("1")).has_value());
}

TEST_CASE("msgpack packet: of equal keys the last counts, and binary is a key too") {
  const std::string bytes = map({kType, hex("03"), kData, hex("91 01"), kNsp, kRoot, kData,
                                 hex("92 a1 61 02"), hex("c4 04") + "type", hex("02")});
  const auto decoded = decode_msgpack_packet(bytes);
  REQUIRE(decoded.has_value());
  CHECK(decoded->type == PacketType::Event);
  CHECK(decoded->element_count == 2);
  CHECK(decoded->event.text == "a");
  const std::string undone =
      map({kType, hex("00"), kNsp, kRoot, kData, hex("91 01"), kData, hex("d4 00 00")});
  REQUIRE(decode_msgpack_packet(undone).has_value());
  CHECK(decode_msgpack_packet(undone)->element_count == 0);
}

TEST_CASE("msgpack packet: what notepack.io throws at is told in its words") {
  CHECK(reason_of("") == "Could not parse");
  CHECK(reason_of(hex("c1")) == "Could not parse");
  CHECK(reason_of(hex("81")) == "Could not parse");
  CHECK(reason_of(packet(2, hex("90")) + hex("00 00")) == "2 trailing bytes");
  CHECK(reason_of(map({kType, hex("02"), kNsp, hex("a5 2f")})) == "-4 trailing bytes");
  CHECK(reason_of(map({kType, hex("ce 00")})) ==
        "The value of \"offset\" is out of range. It must be >= 0 and <= 4. Received 7");
}

TEST_CASE("msgpack packet: what is no map has no type, and null not even members") {
  CHECK(code_of(hex("05")) == MsgpackErrc::InvalidType);
  CHECK(code_of(hex("a1 61")) == MsgpackErrc::InvalidType);
  CHECK(code_of(hex("92 01 02")) == MsgpackErrc::InvalidType);
  CHECK(code_of(hex("c4 01 00")) == MsgpackErrc::InvalidType);
  CHECK(reason_of(hex("c0")) == "Cannot read properties of null (reading 'type')");
  CHECK(reason_of(hex("d4 00 00")) == "Cannot read properties of undefined (reading 'type')");
}

TEST_CASE("msgpack packet: fields may come from a prototype") {
  const std::string bytes = map({kProto, packet(2, hex("91 a1 61"))});
  const auto decoded = decode_msgpack_packet(bytes);
  REQUIRE(decoded.has_value());
  CHECK(decoded->is_odd);
  CHECK(decoded->event.raw == hex("a1 61"));
  CHECK(decoded->data.raw == hex("91 a1 61"));
  CHECK(write(bytes).text == R"(42["a"])");
}

TEST_CASE("msgpack packet: an array may be a key that matters, and a map a key that fails") {
  const std::string bytes = map({hex("91") + kType, hex("02"), kData, hex("90"), kNsp, kRoot});
  REQUIRE(decode_msgpack_packet(bytes).has_value());
  CHECK(decode_msgpack_packet(bytes)->type == PacketType::Event);
  CHECK(code_of(packet(2, hex("91 81") + map({kProto, hex("c0")}) + hex("01"))) ==
        MsgpackErrc::KeyNotPrimitive);
}

TEST_CASE("msgpack packet: deeper than the limit is given up, not malformed") {
  const std::size_t deepest = core::limits::kMsgpackDepthMax - 1;  // The packet itself is a level.
  CHECK(decode_msgpack_packet(packet(2, std::string(deepest, '\x91') + '\x01')).has_value());
  CHECK(code_of(packet(2, std::string(deepest + 1, '\x91') + '\x01')) == MsgpackErrc::GaveUp);
}

TEST_CASE("msgpack packet: odd keys are followed in packets of some size only") {
  const auto odd = [](std::size_t values) {
    std::string array = hex("dc");
    array += static_cast<char>(values >> 8U);
    array += static_cast<char>(values & 0xffU);
    return packet(2, array + std::string(values - 1, '\x01') + hex("81 90 01"));
  };
  CHECK(decode_msgpack_packet(odd(core::limits::kMsgpackOddValuesMax / 2)).has_value());
  CHECK(code_of(odd(core::limits::kMsgpackOddValuesMax)) == MsgpackErrc::GaveUp);
}

TEST_CASE("msgpack packet: text is refused, by its first character and its length in UTF-16") {
  CHECK(refuse_msgpack_text("") == "Could not parse");
  CHECK(refuse_msgpack_text("{}") == "Could not parse");
  CHECK(refuse_msgpack_text("5") == "invalid packet type");
  CHECK(refuse_msgpack_text(" ") == "invalid packet type");
  CHECK(refuse_msgpack_text("\xef\xbb\xbf") == "invalid packet type");
  CHECK(refuse_msgpack_text("2[\"a\"]") == "5 trailing bytes");
  CHECK(refuse_msgpack_text("2\xc3\xa9\xf0\x9f\x98\x80") == "3 trailing bytes");
}

TEST_CASE("msgpack excerpt: a packet in Engine.IO's text form, and where its name stands") {
  const std::string bytes = map({kType, hex("02"), kNsp, string("/chat"), kId, hex("07"), kData,
                                 hex("93") + string("news") + hex("81 a1 61 01 c4 02 00 01")});
  const Written written = write(bytes);
  CHECK(written.text == R"(42/chat,7["news",{"a":1},{"$base64":"AAE="}])");
  CHECK_FALSE(written.excerpt.truncated);
  CHECK(written.name == R"("news")");
  CHECK(written.text.substr(written.excerpt.data_at).starts_with('['));
}

TEST_CASE("msgpack excerpt: packets of other types, and names that are none") {
  CHECK(write(map({kType, hex("01"), kNsp, kRoot})).text == "41");
  CHECK(write(map({kType, hex("00"), kNsp, string("/a")})).text == "40/a,");
  CHECK(write(packet(0, hex("81 a1 61 01"))).text == R"(40{"a":1})");
  CHECK(write(packet(4, string("no"))).text == R"(44"no")");
  const Written ack = write(packet(3, hex("91 a1 61")));
  CHECK(ack.text == R"(43["a"])");
  CHECK(ack.name.empty());
  CHECK(write(packet(2, hex("90"))).name.empty());
  CHECK(write(packet(2, hex("91 05"))).name == "5");
}

TEST_CASE("msgpack excerpt: what is cut says so, and a name that is cut is no name") {
  const std::string long_name(300, 'n');
  const std::string bytes = packet(2, hex("92 da 01 2c") + long_name + hex("01"));
  const Written cut = write(bytes);
  CHECK(cut.excerpt.truncated);
  CHECK(cut.text == "42[\"" + long_name.substr(0, 252));
  CHECK(cut.name.empty());

  const std::string blob = packet(2, hex("92 a1 61 c5 01 2c") + std::string(300, 'x'));
  const Written half = write(blob);
  CHECK(half.excerpt.truncated);
  CHECK(half.excerpt.bytes == core::limits::kExcerptBytesMax);
  CHECK(half.name == R"("a")");
}

TEST_CASE("msgpack excerpt: every room, however small, is kept to") {
  const std::string bytes = map({kType, hex("02"), kNsp, string("/é"), kId, hex("07"), kData,
                                 hex("92") + string("né") + hex("01")});
  const std::string whole = write(bytes).text;
  for (std::size_t room = 0; room < whole.size(); ++room) {
    CAPTURE(room);
    const Written part = write(bytes, room);
    CHECK(part.excerpt.truncated);
    CHECK(whole.starts_with(part.text));
    CHECK((part.name.empty() || part.name == "\"né\""));
  }
}

TEST_CASE("msgpack excerpt: the data alone is JSON, or nothing when there is no room") {
  std::array<char, 64> buffer;
  const std::string bytes =
      packet(0, hex("82 a3") + "sid" + hex("a1 78 a3") + "pid" + hex("a1 79"));
  const auto decoded = decode_msgpack_packet(bytes);
  REQUIRE(decoded.has_value());
  const auto data = write_data(*decoded, buffer);
  REQUIRE(data.has_value());
  CHECK(*data == R"({"sid":"x","pid":"y"})");
  CHECK(core::json::find_member(*data, "pid")->raw == R"("y")");
  CHECK_FALSE(write_data(*decoded, std::span(buffer).first(10)).has_value());

  const std::string without = map({kType, hex("00"), kNsp, kRoot});
  CHECK(write_data(*decode_msgpack_packet(without), buffer)->empty());
}
