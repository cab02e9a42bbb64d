#include "core/engineio/payload_decoder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace {

using core::engineio::PayloadDecoder;
using core::engineio::PayloadErrc;
using core::engineio::PayloadKind;
using core::engineio::PayloadWrapping;
using Packets = std::vector<std::string>;
using namespace std::string_literals;

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

/// Packets in order, bytes in angle brackets; Malformed is "!", TooLarge "#".
void drain(PayloadDecoder& decoder, Packets& packets) {
  while (const auto piece = decoder.next()) {
    if (!*piece)
      packets.emplace_back(piece->error() == PayloadErrc::Malformed ? "!" : "#");
    else if ((*piece)->binary)
      packets.push_back("<" + std::string((*piece)->bytes) + ">");
    else
      packets.emplace_back((*piece)->bytes);
  }
}

Packets in_chunks(PayloadDecoder& decoder, std::string_view body, std::size_t chunk_bytes) {
  Packets packets;
  for (; !body.empty(); body.remove_prefix(std::min(chunk_bytes, body.size()))) {
    const std::string chunk(body.substr(0, chunk_bytes));  // What is read past its end is seen.
    decoder.receive(chunk);
    drain(decoder, packets);
  }
  decoder.finish();
  drain(decoder, packets);
  return packets;
}

struct Sample {
  PayloadKind kind;
  PayloadWrapping wrapping;
  std::string body;
  Packets packets;
};

const std::vector<Sample>& samples() {
  using enum PayloadKind;
  using enum PayloadWrapping;
  static const std::vector<Sample> all = {
      {V4,
       None,
       "4a\x1e"
       "bAQID",
       {"4a", "bAQID"}},
      {V4, None, "", {""}},
      {V3Text, None, "2:4a6:b4AQID", {"4a", "b4AQID"}},
      {V3Text, None, "", {"!"}},
      {V3Binary,
       None,
       "\0\2\xff"
       "4a\1\2\xff\4z"s,
       {"4a", "<\4z>"}},
      {V3Binary, None, "", {}},

      {V4, JsonpResponse, R"(___eio[0]("4a\u001e4\u00e9");)", {"4a", "4\xc3\xa9"}},
      {V4, JsonpResponse, R"(___eio[0]("");)", {""}},
      {V4, JsonpForm, "d=4a%1E4b", {"4a", "4b"}},
      {V3Text, JsonpResponse, R"(___eio[0]("2:4a1:2");)", {"4a", "2"}},
      {V3Text, JsonpForm, "d=2%3A4a1%3A2", {"4a", "2"}},
      // Lengths count what is unwrapped.
      {V3Text, JsonpResponse, R"(___eio[0]("4:4\"\n\u00e9"))", {"4\"\n\xc3\xa9"}},
      {V3Text, JsonpResponse, R"(___eio[0]("3:4\ud83d\ude001:2");)", {"4\xf0\x9f\x98\x80", "2"}},
      {V3Text, JsonpResponse, R"(___eio[0]("2:4\ud83d1:2");)", {"4\xed\xa0\xbd", "2"}},
      {V3Text, JsonpForm, R"(d=2:4\n3:4\\n2:4\)", {"4\n", "4\\n", "4\\"}},
      {V3Text, JsonpForm, "d=3:4%4", {"4%4"}},
      {V3Text, JsonpForm, "d=3:4%F0%9F%98%80&j=0", {"4\xf0\x9f\x98\x80"}},
      // A form without d is no payload; with an empty one it is an empty payload.
      {V3Text, JsonpForm, "", {}},
      {V3Text, JsonpForm, "x=2:4a", {}},
      {V4, JsonpForm, "x=1", {}},
      {V3Text, JsonpForm, "d=", {"!"}},
      {V4, JsonpForm, "d=", {""}},
      // A payload that is broken in a wrapping that is not.
      {V3Text, JsonpResponse, R"(___eio[0]("1:2x:41:2");)", {"2", "!"}},
      {V3Text, JsonpResponse, R"(___eio[0]("9:4a");)", {"!"}},
      {V3Text, JsonpForm, "d=1:29:4a", {"2", "!"}},
      // A wrapping that is broken around a payload that is not: what was given stands.
      {V3Text, JsonpResponse, R"(___eio[0]("1:22:4\x41");)", {"2", "!"}},
      {V3Text, JsonpResponse, R"(___eio[0]("1:2")", {"2", "!"}},
      {V3Text, JsonpResponse, "1:2", {"!"}},
      {V3Text, JsonpResponse, "", {"!"}},
      {V4, JsonpResponse, R"(___eio[0]("4a\u001e4b")", {"4a", "!"}},
      {V4, JsonpResponse, "4a", {"!"}},
      {V3Text, JsonpForm, "d=1:2&d=1:3", {"2", "!"}},
      {V4, JsonpForm, "d=4a%1e4b&d=4c", {"4a", "!"}},
      // Both broken: one error.
      {V3Text, JsonpResponse, R"(___eio[0]("x:1:2\x41");)", {"!"}},
      {V3Text, JsonpResponse, R"(___eio[0]("x:1:2)", {"!"}},
      {V3Text, JsonpForm, "d=x:4&d=1:2", {"!"}},
  };
  return all;
}

Packets run(const Sample& sample, std::size_t chunk_bytes) {
  PayloadDecoder decoder(sample.kind, sample.wrapping, kAll);
  return in_chunks(decoder, sample.body, chunk_bytes);
}

/// A body of the kind and wrapping of another, with one packet.
Sample healthy(const Sample& like) {
  using enum PayloadWrapping;
  const std::string payload = like.kind == PayloadKind::V4       ? "4next"
                              : like.kind == PayloadKind::V3Text ? "5:4next"
                                                                 : "\0\5\xff"
                                                                   "4next"s;
  const std::string body = like.wrapping == JsonpResponse ? "___eio[0](\"" + payload + "\");"
                           : like.wrapping == JsonpForm   ? "d=" + payload
                                                          : payload;
  return {like.kind, like.wrapping, body, {"4next"}};
}

}  // namespace

TEST_CASE("PayloadDecoder: bodies of every kind and wrapping, however cut") {
  for (const Sample& sample : samples())
    for (std::size_t chunk_bytes = 1; chunk_bytes <= sample.body.size() + 1; ++chunk_bytes) {
      CAPTURE(sample.body);
      CAPTURE(chunk_bytes);
      CHECK(run(sample, chunk_bytes) == sample.packets);
    }
}

TEST_CASE("PayloadDecoder: after any body, also a broken one, the next exchange is read") {
  for (const Sample& sample : samples())
    for (const std::size_t chunk_bytes : {std::size_t{1}, std::size_t{3}, kAll}) {
      CAPTURE(sample.body);
      PayloadDecoder decoder(sample.kind, sample.wrapping, kAll);
      (void)in_chunks(decoder, sample.body, chunk_bytes);
      for (int i = 0; i < 2; ++i)
        CHECK(in_chunks(decoder, healthy(sample).body, chunk_bytes) == Packets{"4next"});
    }
}

TEST_CASE("PayloadDecoder: a packet that is cut and over the limit is TooLarge, in any wrapping") {
  using enum PayloadWrapping;
  for (const PayloadWrapping wrapping : {None, JsonpResponse, JsonpForm})
    for (const PayloadKind kind : {PayloadKind::V4, PayloadKind::V3Text}) {
      const Sample body = healthy({kind, wrapping, {}, {}});
      PayloadDecoder decoder(kind, wrapping, 4);
      CHECK(in_chunks(decoder, body.body, 1) == Packets{"#"});
      CHECK(in_chunks(decoder, body.body, 1) == Packets{"#"});
      PayloadDecoder enough(kind, wrapping, 5);
      CHECK(in_chunks(enough, body.body, 1) == Packets{"4next"});
    }
}

TEST_CASE("PayloadDecoder: a broken wrapping is told at once, not when the body ends") {
  PayloadDecoder decoder(PayloadKind::V4, PayloadWrapping::JsonpResponse, kAll);
  Packets packets;
  decoder.receive("<html>");
  drain(decoder, packets);
  CHECK(packets == Packets{"!"});
  decoder.receive("<body>");
  drain(decoder, packets);
  decoder.finish();
  drain(decoder, packets);
  CHECK(packets == Packets{"!"});
}
