#include "core/engineio/binary_payload_v3.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace {

using core::engineio::BinaryPayloadV3Stream;
using core::engineio::FrameHeadV3;
using core::engineio::is_framed_v3;
using core::engineio::PayloadErrc;
using Packets = std::vector<std::string>;
using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

/// A frame: its type, the bytes of its length, what it holds.
std::string frame(char type, std::string_view length, std::string_view packet) {
  return std::string(1, type) + std::string(length) + '\xff' + std::string(packet);
}

/// A frame as official encoders write it.
std::string frame(char type, std::string_view packet) {
  std::string length = std::to_string(packet.size());
  for (char& digit : length) digit = static_cast<char>(digit - '0');
  return frame(type, length, packet);
}
std::string text(std::string_view packet) { return frame('\0', packet); }
std::string binary(std::string_view packet) { return frame('\1', packet); }

/// Packets in order, "T" before text and "B" before bytes; Malformed is "!", TooLarge "#".
void drain(BinaryPayloadV3Stream& stream, Packets& packets) {
  while (const auto piece = stream.next()) {
    if (!*piece)
      packets.emplace_back(piece->error() == PayloadErrc::Malformed ? "!" : "#");
    else
      packets.push_back(((*piece)->binary ? "B" : "T") + std::string((*piece)->bytes));
  }
}

Packets in_chunks(BinaryPayloadV3Stream& stream, std::string_view body, std::size_t chunk_bytes) {
  Packets packets;
  for (; !body.empty(); body.remove_prefix(std::min(chunk_bytes, body.size()))) {
    const std::string chunk(body.substr(0, chunk_bytes));  // What is read past its end is seen.
    stream.receive(chunk);
    drain(stream, packets);
  }
  stream.finish();
  drain(stream, packets);
  return packets;
}

/// Bodies with what is made of them, and whether the official parser finds every frame head: if
/// not, over there it is an error and nothing else.
struct Sample {
  std::string body;
  Packets packets;
  bool framed = true;
};

const std::vector<Sample>& samples() {
  static const std::vector<Sample> all = {
      {"", {}},
      {text("4hello"), {"T4hello"}},
      {binary("\x04\x01\x02"), {"B\x04\x01\x02"}},
      {text("4hello") + binary("\x04\xff"s) + text("2"), {"T4hello", "B\x04\xff", "T2"}},
      {text("b4AQID"), {"Tb4AQID"}},
      {binary(std::string(1234, '\x04')), {"B" + std::string(1234, '\x04')}},
      // Lengths of text count UTF-8 bytes here.
      {text("4\xc3\xa9") + text("4\xf0\x9f\x98\x80"), {"T4\xc3\xa9", "T4\xf0\x9f\x98\x80"}},
      // Binary packets may be empty, text may not.
      {binary(""), {"B"}},
      {text(""), {"!"}},
      // Any type but 0 is binary.
      {frame('\xfe', "\x02", "\x04z"), {"B\x04z"}},
      {frame('\xff', "\x02", "\x04z"), {"B\x04z"}},
      // A byte above 9 is as many digits as its decimal text, and one byte is skipped for each
      // that is too many: of 12, one.
      {frame('\1', "\x0c", "s0123456789ab") + text("2"), {"B0123456789ab", "T2"}},
      {frame('\1', "\x00\x0c"sv, "s0123456789ab"), {"B0123456789ab"}},
      {frame('\1', "\x64", "ss" + std::string(100, 'x')), {"B" + std::string(100, 'x')}},
      {frame('\1', std::string(300, '\0') + "\2", "\x04z"), {"B\x04z"}},
      {frame('\1', std::string(104, '\xc8'), "\x04z"),
       {"B"}},  // 312 digits, and 208 bytes to skip.
      // No digits: an empty packet, and the 255 is the type of what follows.
      {"\1\xff"s, {"B", "!"}, false},
      {"\1\xff\2\xff\4z"s, {"B", "B\4z"}},
      {"\0\xff"s, {"!"}, false},
      // The last packet may be shorter than it says.
      {frame('\1', "\5", "\x04z"), {"B\x04z"}},
      {frame('\0', "\x09", "4hi"), {"T4hi"}},
      {frame('\1', "\5", ""), {"B"}},
      {frame('\1', std::string(309, '\x09'), "\4z"), {"B\4z"}},
      // Surrogates written out become U+FFFD.
      {text("4\xed\xa0\xbd!"), {"T4\xef\xbf\xbd!"}},
      {text("4\xed\xa0\xbd\xed\xb8\x80"), {"T4\xef\xbf\xbd\xef\xbf\xbd"}},
      // Base64 text is read byte by byte: Latin-1.
      {text("b4\xc3\xa9"), {"Tb4\xc3\x83\xc2\xa9"}},
      {text("b4\xff"), {"Tb4\xc3\xbf"}},
      // Refused: text that is no UTF-8, or no packet.
      {text("4\xff") + text("2"), {"!"}},
      {text("4\xc0\x80"), {"!"}},
      {text("4\xe2\x82"), {"!"}},
      {text("2") + text("4\xf4\x90\x80\x80") + text("3"), {"T2", "!"}},
      {text("7"), {"!"}},
      {text("\xc3\xa9"), {"!"}},
      // Refused: heads that do not end.
      {"\0"s, {"!"}, false},
      {"\1\5"s, {"!"}, false},
      {text("2") + "\1", {"T2", "!"}, false},
      {frame('\1', std::string(311, '\0') + "\2", "\x04z"), {"!"}, false},
      {frame('\1', std::string(104, '\xc8') + "\2", "\x04z"), {"!"}, false},  // After 312 digits.
  };
  return all;
}

}  // namespace

TEST_CASE(
    "BinaryPayloadV3Stream: packets and error are those of the official parser, however cut") {
  for (const Sample& sample : samples()) {
    CAPTURE(sample.body);
    BinaryPayloadV3Stream stream(kAll);
    CHECK(in_chunks(stream, sample.body, kAll) == sample.packets);
    for (std::size_t chunk_bytes = 1; chunk_bytes < std::min<std::size_t>(sample.body.size(), 64);
         ++chunk_bytes) {
      BinaryPayloadV3Stream limited(sample.body.size());
      CHECK(in_chunks(limited, sample.body, chunk_bytes) == sample.packets);
    }
  }
}

TEST_CASE(
    "BinaryPayloadV3Stream: after any body, also a broken one, the next is read from its start") {
  BinaryPayloadV3Stream stream(kAll);
  for (const Sample& sample : samples()) {
    CAPTURE(sample.body);
    (void)in_chunks(stream, sample.body, 3);
    CHECK(in_chunks(stream, text("4hello") + binary("\4z"), 4) == Packets{"T4hello", "B\4z"});
  }
}

TEST_CASE("BinaryPayloadV3Stream: packets inside one chunk are views of it, whatever the limit") {
  BinaryPayloadV3Stream stream(0);
  const std::string body = text("4h\xc3\xa9llo") + binary("\x04\x01");
  stream.receive(body);
  const auto first = stream.next();
  REQUIRE(first.has_value());
  CHECK((*first)->bytes.data() == body.data() + 3);
  const auto second = stream.next();
  REQUIRE(second.has_value());
  CHECK((*second)->bytes.data() == body.data() + body.size() - 2);
}

TEST_CASE("BinaryPayloadV3Stream: a packet that is cut and over the limit is TooLarge, once") {
  BinaryPayloadV3Stream stream(4);
  CHECK(in_chunks(stream, text("4a") + binary("\4hello") + text("4b"), 5) == Packets{"T4a", "#"});
  CHECK(in_chunks(stream, text("4c") + text("4d"), 5) == Packets{"T4c", "T4d"});
  CHECK(in_chunks(stream, text("4abc"), 1) == Packets{"T4abc"});
  CHECK(in_chunks(stream, text("4abcd"), 1) == Packets{"#"});
}

TEST_CASE(
    "BinaryPayloadV3Stream: an absurd length claims no memory, only bytes that came are kept") {
  BinaryPayloadV3Stream stream(16);
  CHECK(in_chunks(stream, frame('\1', std::string(300, '\x09'), std::string(17, 'x')), 200) ==
        Packets{"#"});
  CHECK(in_chunks(stream, frame('\1', std::string(300, '\x09'), std::string(16, 'x')), 1) ==
        Packets{"B" + std::string(16, 'x')});
}

TEST_CASE("is_framed_v3: tells whether the official parser finds every frame head") {
  for (const Sample& sample : samples()) {
    CAPTURE(sample.body);
    CHECK(is_framed_v3(sample.body) == sample.framed);
  }
}

TEST_CASE("FrameHeadV3: takes its head off the chunk, and no byte of the packet") {
  FrameHeadV3 head;
  std::string_view chunk =
      "\0\1\2\xff"
      "4hello"sv;
  CHECK(head.take(chunk) == FrameHeadV3::Progress::Complete);
  CHECK(chunk == "4hello");
  CHECK(head.is_text());
  CHECK(head.skipped_bytes() == 0);
  CHECK(head.packet_bytes() == 12);
}

TEST_CASE("FrameHeadV3: a head that is cut wants more") {
  FrameHeadV3 head;
  CHECK_FALSE(head.started());
  for (std::string_view chunk : {"\1"sv, "\x0c"sv, ""sv}) {
    CHECK(head.take(chunk) == FrameHeadV3::Progress::WantsMore);
    CHECK(head.started());
  }
  std::string_view chunk = "\xff";
  CHECK(head.take(chunk) == FrameHeadV3::Progress::Complete);
  CHECK_FALSE(head.is_text());
  CHECK(head.skipped_bytes() == 1);
  CHECK(head.packet_bytes() == 12);
}
