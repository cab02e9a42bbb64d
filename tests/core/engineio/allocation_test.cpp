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
std::size_t releases = 0;

void release(void* memory) noexcept {
  if (memory != nullptr) ++releases;
  std::free(memory);
}
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }

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

struct Taken {
  std::size_t packets;
  std::size_t allocations;
  std::size_t releases;
};

template <class Work>
Taken taken_by(Work work) {
  const std::size_t allocated_before = allocations;
  const std::size_t released_before = releases;
  const std::size_t packets = work();
  return {packets, allocations - allocated_before, releases - released_before};
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

TEST_CASE("PayloadDecoder: a cut packet takes one buffer, not one a packet, and gives it back") {
  for (const PayloadKind kind : {PayloadKind::V3Text, PayloadKind::V3Binary}) {
    const std::string body = kind == PayloadKind::V3Text ? text_payload() : binary_payload();
    PayloadDecoder decoder(kind, PayloadWrapping::None, 1 << 20);
    constexpr std::size_t kChunkBytes = 1460;  // As TCP segments cut it.
    const Taken taken = taken_by([&] { return read(decoder, body, kChunkBytes); });
    CHECK(taken.packets == kPackets);
    CHECK(taken.allocations <= body.size() / kChunkBytes * 2);  // The buffer may grow once.
    CHECK(taken.allocations == taken.releases);
  }
}

TEST_CASE("PayloadDecoder: version 4 gives the buffer of a cut packet back, too") {
  PayloadDecoder decoder(PayloadKind::V4, PayloadWrapping::None, 1 << 20);
  const std::string body = kPacket + '\x1e' + kPacket;
  const Taken taken = taken_by([&] { return read(decoder, body, 40); });
  CHECK(taken.allocations != 0);
  CHECK(taken.allocations == taken.releases);
}

TEST_CASE("PayloadDecoder: a body that is refused gives its buffers back") {
  for (const PayloadWrapping wrapping :
       {PayloadWrapping::None, PayloadWrapping::JsonpForm, PayloadWrapping::JsonpResponse})
    for (const PayloadKind kind : {PayloadKind::V4, PayloadKind::V3Text, PayloadKind::V3Binary}) {
      PayloadDecoder decoder(kind, wrapping, 200);
      const std::string start = wrapping == PayloadWrapping::None        ? "\1\x09\x09\x09\xff"
                                : wrapping == PayloadWrapping::JsonpForm ? "d="
                                                                         : "___eio[0](\"";
      const std::string body = start + std::string(1000, '4');
      const Taken taken = taken_by([&] { return read(decoder, body, 40); });
      CHECK(taken.allocations != 0);
      CHECK(taken.allocations == taken.releases);
    }
}

TEST_CASE("PayloadDecoder: JSONP takes a buffer a body, not one a packet, and gives it back") {
  const std::string body = "d=" + text_payload();
  PayloadDecoder decoder(PayloadKind::V3Text, PayloadWrapping::JsonpForm, 1 << 20);
  const Taken taken = taken_by([&] { return read(decoder, body, kAll); });
  CHECK(taken.packets == kPackets);
  CHECK(taken.allocations <= 32);  // It doubles until the body fits.
  CHECK(taken.allocations == taken.releases);
}
