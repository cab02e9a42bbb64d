#include "core/engineio/payload.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

using core::engineio::PayloadErrc;
using core::engineio::PayloadReader;
using core::engineio::PayloadStream;
using Packets = std::vector<std::string>;

Packets whole(std::string_view body) {
  Packets packets;
  PayloadReader reader(body);
  while (const auto packet = reader.next()) packets.emplace_back(*packet);
  return packets;
}

/// Packets in order; an error is written as "!".
Packets drain(PayloadStream& stream) {
  Packets packets;
  while (const auto packet = stream.next()) packets.emplace_back(*packet ? **packet : "!");
  return packets;
}

Packets in_chunks(PayloadStream& stream, std::string_view body, std::size_t chunk_bytes) {
  Packets packets;
  const auto take = [&] {
    for (std::string& packet : drain(stream)) packets.push_back(std::move(packet));
  };
  for (; !body.empty(); body.remove_prefix(std::min(chunk_bytes, body.size()))) {
    stream.receive(body.substr(0, chunk_bytes));
    take();
  }
  stream.finish();
  take();
  return packets;
}

}  // namespace

TEST_CASE("PayloadReader: splits at 0x1e as JavaScript's split does") {
  CHECK(whole("4a\x1e"
              "2\x1e"
              "bAQID") == Packets{"4a", "2", "bAQID"});
  CHECK(whole("4a") == Packets{"4a"});
  CHECK(whole("") == Packets{""});
  CHECK(whole("4a\x1e") == Packets{"4a", ""});
  CHECK(whole("\x1e\x1e") == Packets{"", "", ""});
}

TEST_CASE("PayloadStream: any chunking gives the packets of the whole body") {
  for (const std::string_view body : {"", "4a",
                                      "4a\x1e"
                                      "2\x1e"
                                      "bAQID",
                                      "\x1e", "4a\x1e",
                                      "\x1e\x1e"
                                      "4hello\x1e"
                                      "4"})
    for (std::size_t chunk_bytes = 1; chunk_bytes <= body.size() + 1; ++chunk_bytes) {
      PayloadStream stream(64);
      CHECK(in_chunks(stream, body, chunk_bytes) == whole(body));
      CHECK(in_chunks(stream, body, chunk_bytes) == whole(body));  // A second body, same stream.
    }
}

TEST_CASE("PayloadStream: a packet inside one chunk is not copied, whatever the limit") {
  PayloadStream stream(0);
  const std::string_view body =
      "4hello\x1e"
      "4you\x1e";
  stream.receive(body);
  const auto first = stream.next();
  REQUIRE(first.has_value());
  CHECK((*first)->data() == body.data());
}

TEST_CASE("PayloadStream: a packet cut over chunks and over the limit is TooLarge, once") {
  PayloadStream stream(4);
  CHECK(in_chunks(stream,
                  "4a\x1e"
                  "4hello\x1e"
                  "4b",
                  3) == Packets{"4a", "!"});
  CHECK(in_chunks(stream,
                  "4c\x1e"
                  "4d",
                  3) == Packets{"4c", "4d"});
}
