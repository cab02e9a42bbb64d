#include "core/engineio/payload_v3.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace {

using core::engineio::PayloadErrc;
using core::engineio::PayloadV3Stream;
using Packets = std::vector<std::string>;

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

/// Packets in order; Malformed is written as "!", TooLarge as "#".
void drain(PayloadV3Stream& stream, Packets& packets) {
  while (const auto packet = stream.next())
    packets.emplace_back(*packet                                     ? **packet
                         : packet->error() == PayloadErrc::Malformed ? "!"
                                                                     : "#");
}

void feed(PayloadV3Stream& stream, std::string_view body, std::size_t chunk_bytes,
          Packets& packets) {
  for (; !body.empty(); body.remove_prefix(std::min(chunk_bytes, body.size()))) {
    // An allocation of its own: what is read past its end, or once it is gone, is seen.
    const std::string chunk(body.substr(0, chunk_bytes));
    stream.receive(chunk);
    drain(stream, packets);
  }
}

Packets in_chunks(PayloadV3Stream& stream, std::string_view body, std::size_t chunk_bytes) {
  Packets packets;
  feed(stream, body, chunk_bytes, packets);
  stream.finish();
  drain(stream, packets);
  return packets;
}

Packets whole(std::string_view body) {
  PayloadV3Stream stream(kAll);
  return in_chunks(stream, body, kAll);
}

/// Bodies with what the official parser makes of them.
struct Sample {
  std::string body;
  Packets packets;
};

const std::vector<Sample>& samples() {
  static const std::vector<Sample> all = {
      {"6:4hello", {"4hello"}},
      {"6:4hello1:2", {"4hello", "2"}},
      {"6:4h:llo2:4:", {"4h:llo", "4:"}},  // A colon is data where the length says so.
      {"10:b4AQIDBAUG", {"b4AQIDBAUG"}},
      {"0:", {}},
      {"0:1:20:0:1:3", {"2", "3"}},
      // Units, not bytes and not characters.
      {"2:4\xc3\xa9", {"4\xc3\xa9"}},
      {"2:4\xe2\x82\xac"
       "1:2",
       {"4\xe2\x82\xac", "2"}},
      {"3:4\xf0\x9f\x98\x80"
       "1:2",
       {"4\xf0\x9f\x98\x80", "2"}},
      {"2:4\xed\xa0\xbd"
       "1:2",
       {"4\xed\xa0\xbd", "2"}},
      {"3:4\xed\xb8\x80\xed\xa0\xbd"
       "1:2",
       {"4\xed\xb8\x80\xed\xa0\xbd", "2"}},
      // What is no UTF-8 counts as the U+FFFD it becomes, also where the body ends within it.
      {"4:4\xff\xc0\x80"
       "1:2",
       {"4\xff\xc0\x80", "2"}},
      {"3:4\xe2\x82z1:2", {"4\xe2\x82z", "2"}},
      {"2:4\xf0\x9f\x98", {"4\xf0\x9f\x98"}},
      // A length that cuts a character in two: half a character, then an error.
      {"2:4\xf0\x9f\x98\x80"
       "1:2",
       {"4\xed\xa0\xbd", "!"}},
      {"2:4\xf0\x9f\x98\x80", {"4\xed\xa0\xbd", "!"}},
      {"1:2"
       "2:b\xf4\x8f\xbf\xbf",
       {"2", "b\xed\xaf\xbf", "!"}},
      // As Number() reads lengths.
      {"0x6:4hello", {"4hello"}},
      {" 6\n:4hello", {"4hello"}},
      {"\xef\xbb\xbf"
       "6\xc2\xa0:4hello",
       {"4hello"}},
      {"+6:4hello", {"4hello"}},
      {"6.0e0:4hello", {"4hello"}},
      {std::string(400, '0') + "6:4hello", {"4hello"}},
      {" :1:2", {"2"}},  // Number(" ") is 0.
      {"-0:1:2", {"2"}},
      // Refused: no length, or not as many units as it says.
      {"", {"!"}},
      {":", {"!"}},
      {":4hello", {"!"}},
      {"6.5:4hello", {"!"}},
      {"-1:4", {"!"}},
      {"6x:4hello", {"!"}},
      {"NaN:4hello", {"!"}},
      {"Infinity:4hello", {"!"}},
      {"9007199254740993:4hello", {"!"}},
      {"7:4hello", {"!"}},
      {"5:4hello", {"4hell", "!"}},
      {"4hello", {"!"}},
      {"6", {"!"}},
      {"6:", {"!"}},
      {"6:4he", {"!"}},
      {"1:26:4h", {"2", "!"}},
      {"1:2 ", {"2", "!"}},
      {"3:4\xf0\x9f\x98", {"!"}},  // One U+FFFD, two were promised.
      // Refused: a packet that is none. What stands behind it is skipped.
      {"1:71:2", {"!"}},
      {"1:21:x1:3", {"2", "!"}},
      {"1:\xf0\x9f\x98\x80", {"!"}},
      {"2:\xf0\x9f\x98\x80", {"!"}},
  };
  return all;
}

}  // namespace

TEST_CASE("PayloadV3Stream: packets and error are those of the official parser, however cut") {
  for (const Sample& sample : samples()) {
    CAPTURE(sample.body);
    CHECK(whole(sample.body) == sample.packets);
    PayloadV3Stream stream(sample.body.size() + 4);
    for (std::size_t chunk_bytes = 1; chunk_bytes <= sample.body.size(); ++chunk_bytes)
      CHECK(in_chunks(stream, sample.body, chunk_bytes) == sample.packets);
  }
}

TEST_CASE("PayloadV3Stream: a body cut at any byte into two is the same body") {
  for (const Sample& sample : samples())
    for (std::size_t cut = 0; cut <= sample.body.size(); ++cut) {
      CAPTURE(sample.body);
      CAPTURE(cut);
      PayloadV3Stream stream(kAll);
      Packets packets;
      feed(stream, std::string_view(sample.body).substr(0, cut), kAll, packets);
      feed(stream, std::string_view(sample.body).substr(cut), kAll, packets);
      stream.finish();
      drain(stream, packets);
      CHECK(packets == sample.packets);
    }
}

TEST_CASE("PayloadV3Stream: after any body, also a broken one, the next is read from its start") {
  PayloadV3Stream stream(kAll);
  for (const Sample& sample : samples()) {
    CAPTURE(sample.body);
    (void)in_chunks(stream, sample.body, 3);
    CHECK(in_chunks(stream, "6:4hello1:2", 4) == Packets{"4hello", "2"});
  }
}

TEST_CASE("PayloadV3Stream: a packet inside one chunk is a view of it, whatever the limit") {
  PayloadV3Stream stream(0);
  const std::string_view body = "6:4hello4:4you";
  stream.receive(body);
  const auto first = stream.next();
  REQUIRE(first.has_value());
  CHECK((*first)->data() == body.data() + 2);
  const auto second = stream.next();
  REQUIRE(second.has_value());
  CHECK((*second)->data() == body.data() + 10);
}

TEST_CASE("PayloadV3Stream: a packet that is cut and over the limit is TooLarge, once") {
  PayloadV3Stream stream(4);
  CHECK(in_chunks(stream, "2:4a6:4hello2:4b", 3) == Packets{"4a", "#"});
  CHECK(in_chunks(stream, "2:4c2:4d", 3) == Packets{"4c", "4d"});
  CHECK(in_chunks(stream, "4:4abc", 1) == Packets{"4abc"});
  CHECK(in_chunks(stream, "5:4abcd", 1) == Packets{"#"});
}

TEST_CASE("PayloadV3Stream: a length that never ends is kept up to the limit") {
  PayloadV3Stream stream(8);
  CHECK(in_chunks(stream, "000000001:2", 4) == Packets{"#"});
  CHECK(in_chunks(stream, "00000001:2", 4) == Packets{"2"});
}

TEST_CASE(
    "PayloadV3Stream: a length of a billion claims no memory, only bytes that came are kept") {
  PayloadV3Stream stream(16);
  Packets packets;
  stream.receive("1073741823:4");
  drain(stream, packets);
  stream.receive("0123456789abcdef");
  drain(stream, packets);
  CHECK(packets == Packets{"#"});
}

TEST_CASE("PayloadV3Stream: a body that ends within a packet is Malformed only when it has ended") {
  PayloadV3Stream stream(kAll);
  Packets packets;
  stream.receive("1:26:4he");
  drain(stream, packets);
  CHECK(packets == Packets{"2"});
  stream.finish();
  drain(stream, packets);
  CHECK(packets == Packets{"2", "!"});
}
