// Law: however an Engine.IO 3 payload of text is cut into chunks, PayloadV3Stream yields the
// packets and the error of the body in one piece, and then those of the next body. Lengths count
// the units that Utf16Walk counts. The first byte of the input says how long the chunks are.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "core/engineio/packet_v3.hpp"
#include "core/engineio/payload_v3.hpp"

namespace {

using Packets = std::vector<std::string>;

constexpr std::string_view kError = "!";  // No packet: 0..6 and b start one.

void drain(core::engineio::PayloadV3Stream& stream, Packets& packets) {
  while (const auto packet = stream.next()) {
    if (*packet && !core::engineio::decode_packet_v3(**packet)) std::abort();
    if (!*packet && packet->error() != core::engineio::PayloadErrc::Malformed) std::abort();
    packets.emplace_back(*packet ? **packet : kError);
  }
}

Packets in_chunks(core::engineio::PayloadV3Stream& stream, std::string_view body,
                  std::size_t chunk_bytes) {
  Packets packets;
  for (; !body.empty(); body.remove_prefix(std::min(chunk_bytes, body.size()))) {
    stream.receive(body.substr(0, chunk_bytes));
    drain(stream, packets);
  }
  stream.finish();
  drain(stream, packets);
  return packets;
}

/// At most one error, and it is the last.
void check_error(const Packets& packets) {
  const auto error = std::find(packets.begin(), packets.end(), kError);
  if (error != packets.end() && error + 1 != packets.end()) std::abort();
}

/// Packets that were read, written again, are read as the same.
void check_round_trip(Packets packets) {
  if (!packets.empty() && packets.back() == kError) return;
  std::string body = "0:";
  for (const std::string& packet : packets) {
    core::engineio::Utf16Walk walk;
    std::size_t left = std::numeric_limits<std::size_t>::max();
    (void)walk.take(packet, left);
    if (walk.inside_character()) return;  // Only at the end of a body is it complete.
    body += std::to_string(std::numeric_limits<std::size_t>::max() - left) + ':' + packet;
  }
  core::engineio::PayloadV3Stream stream(body.size());
  if (in_chunks(stream, body, body.size()) != packets) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t chunk_bytes = std::size_t{data[0] & 15U} + 1;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  core::engineio::PayloadV3Stream stream(body.size() + 4);
  const Packets whole = in_chunks(stream, body, body.size());
  if (whole != in_chunks(stream, body, chunk_bytes)) std::abort();
  if (in_chunks(stream, "2:4a", 1) != Packets{"4a"}) std::abort();
  check_error(whole);
  check_round_trip(whole);
  return 0;
}
