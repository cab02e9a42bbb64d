#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <new>
#include <string>

#include "core/engineio/packet_v3.hpp"
#include "core/engineio/payload_decoder.hpp"

// Packets are views of the chunk they came in. This program counts what is allocated all the same;
// sanitizers keep their own operator new out of its way.

namespace {
std::size_t allocations = 0;
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using core::engineio::PayloadDecoder;
using core::engineio::PayloadKind;
using core::engineio::PayloadWrapping;

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kPackets = 1000;

/// Sixty bytes and some beyond ASCII, as an event has.
const std::string kPacket = R"(42["message",{"text":"sixty bytes, a café and a 😀 ok"}])";
constexpr std::size_t kPacketUnits = 56;

std::string text_payload() {
  std::string body;
  for (std::size_t i = 0; i < kPackets; ++i) body += std::to_string(kPacketUnits) + ':' + kPacket;
  return body;
}

/// Text and bytes in turn.
std::string binary_payload() {
  const std::string head{'\0', static_cast<char>(kPacket.size() / 10),
                         static_cast<char>(kPacket.size() % 10), '\xff'};
  std::string body;
  for (std::size_t i = 0; i < kPackets; ++i) {
    body += head + kPacket;
    body[body.size() - head.size() - kPacket.size()] = static_cast<char>(i % 2);
    if (i % 2 == 1) body[body.size() - kPacket.size()] = 4;
  }
  return body;
}

/// Reads a body and returns how many packets were decoded.
std::size_t read(PayloadDecoder& decoder, std::string_view body, std::size_t chunk_bytes) {
  std::size_t packets = 0;
  const auto drain = [&] {
    while (const auto piece = decoder.next()) {
      if (!*piece) continue;
      const bool is_packet =
          (*piece)->binary
              ? core::engineio::decode_binary_packet_v3((*piece)->bytes).type.has_value()
              : core::engineio::decode_packet_v3((*piece)->bytes).has_value();
      packets += is_packet ? 1 : 0;
    }
  };
  for (; !body.empty(); body.remove_prefix(std::min(chunk_bytes, body.size()))) {
    decoder.receive(body.substr(0, chunk_bytes));
    drain();
  }
  decoder.finish();
  drain();
  return packets;
}

}  // namespace

TEST_CASE("PayloadDecoder: payloads of Engine.IO 3 in one chunk allocate nothing") {
  struct Body {
    PayloadKind kind;
    std::string bytes;
  };
  for (const Body& body :
       {Body{PayloadKind::V3Text, text_payload()}, Body{PayloadKind::V3Binary, binary_payload()}}) {
    PayloadDecoder decoder(body.kind, PayloadWrapping::None, 1 << 20);
    const std::size_t before = allocations;
    std::size_t packets = 0;
    for (int i = 0; i < 10; ++i) packets += read(decoder, body.bytes, kAll);
    CHECK(allocations == before);
    CHECK(packets == 10 * kPackets);
  }
}
