// Law: one chunk equals byte by byte, and no input asserts. The input is a list of chunks: a byte
// whose lowest bit is the direction and whose next two say what happens (bytes three times out of
// four, else the end of that stream), a length byte, and the bytes.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/tap/tap.hpp"

namespace {

using core::Direction;

const core::tap::Settings& settings() {
  static const core::tap::Settings shared("/socket.io/",
                                          {core::tap::ClientKey::Source::Cookie, "uid", false}, 7);
  return shared;
}

std::string told(std::string_view input, std::size_t piece_bytes_max) {
  core::tap::Tap tap(settings(), core::ConnectionId{1});
  core::EventBuffer events;
  const core::Instant at(core::Duration(1));
  tap.open("10.0.0.1:1", at, events);
  bool ended[2] = {false, false};
  while (input.size() >= 2) {
    const auto control = static_cast<unsigned char>(input[0]);
    const std::size_t size = static_cast<unsigned char>(input[1]);
    std::string_view chunk = input.substr(2, size);
    input.remove_prefix(2 + chunk.size());
    const auto direction = static_cast<Direction>(control & 1);
    bool& over = ended[control & 1];
    if (over) continue;
    if ((control >> 1 & 3) == 3) {
      over = true;
      tap.close(direction, control & 8 ? core::StreamEnd::Reset : core::StreamEnd::Fin, at, events);
      continue;
    }
    while (!chunk.empty()) {
      std::string piece(chunk.substr(0, piece_bytes_max));
      chunk.remove_prefix(piece.size());
      tap.receive(direction, piece, at, events);
    }
  }
  std::string result;
  for (const core::EventView view : events)
    result.append(reinterpret_cast<const char*>(&view.event), sizeof view.event).append(view.text);
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (told(input, input.size() + 1) != told(input, 1)) std::abort();
  return 0;
}
