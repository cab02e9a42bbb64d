// Law: however a binary Engine.IO 3 payload is cut into chunks, BinaryPayloadV3Stream yields the
// pieces and the error of the body in one piece, and then those of the next body. Where
// is_framed_v3() finds no fault and no text packet has one, there is no error. The first byte of
// the input says how long the chunks are.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/engineio/binary_payload_v3.hpp"
#include "core/engineio/packet_v3.hpp"
#include "core/websocket/utf8.hpp"

namespace {

struct Piece {
  std::string bytes;
  bool binary;
  bool error;

  friend bool operator==(const Piece&, const Piece&) = default;
};
using Pieces = std::vector<Piece>;

void drain(core::engineio::BinaryPayloadV3Stream& stream, Pieces& pieces) {
  while (const auto piece = stream.next()) {
    if (!*piece) {
      if (piece->error() != core::engineio::PayloadErrc::Malformed) std::abort();
      pieces.push_back({{}, false, true});
      continue;
    }
    // Text is a packet and is UTF-8, whatever stood there.
    if (!(*piece)->binary && (!core::engineio::decode_packet_v3((*piece)->bytes) ||
                              !core::websocket::valid_utf8((*piece)->bytes)))
      std::abort();
    pieces.push_back({std::string((*piece)->bytes), (*piece)->binary, false});
  }
}

Pieces in_chunks(core::engineio::BinaryPayloadV3Stream& stream, std::string_view body,
                 std::size_t chunk_bytes) {
  Pieces pieces;
  for (; !body.empty(); body.remove_prefix(std::min(chunk_bytes, body.size()))) {
    stream.receive(body.substr(0, chunk_bytes));
    drain(stream, pieces);
  }
  stream.finish();
  drain(stream, pieces);
  return pieces;
}

/// At most one error, and it is the last. A broken frame is one.
void check_error(const Pieces& pieces, std::string_view body) {
  const auto error =
      std::find_if(pieces.begin(), pieces.end(), [](const Piece& piece) { return piece.error; });
  if (error != pieces.end() && error + 1 != pieces.end()) std::abort();
  if (error == pieces.end() && !core::engineio::is_framed_v3(body)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t chunk_bytes = std::size_t{data[0] & 15U} + 1;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  core::engineio::BinaryPayloadV3Stream stream(body.size() + 4);
  const Pieces whole = in_chunks(stream, body, body.size());
  if (whole != in_chunks(stream, body, chunk_bytes)) std::abort();
  const std::string_view next("\x01\x02\xff\x04z", 5);
  if (in_chunks(stream, next, 1) != Pieces{{"\x04z", true, false}}) std::abort();
  check_error(whole, body);
  return 0;
}
