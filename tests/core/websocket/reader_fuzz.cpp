// Law: one input equals byte by byte equals any other cutting, whichever way is asked, and no input
// asserts.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "frames.hpp"

namespace {

using core::websocket::ContextTakeover, core::websocket::DeflateParameters;
using core::websocket::Reader;

/// The items of `stream` cut into steps of at most `step_max` bytes; 0: not at all.
std::vector<std::string> items_of(Reader reader, std::string_view stream, std::size_t step_max,
                                  frames::Small small = frames::Small::First) {
  std::vector<std::string> items;
  for (std::size_t i = 0; !stream.empty(); ++i) {
    const std::size_t step = step_max == 0 ? stream.size() : 1 + i * 7 % step_max;
    frames::read_all(reader, stream.substr(0, step), items, small);
    stream.remove_prefix(std::min(step, stream.size()));
  }
  return items;
}

}  // namespace

/// The first byte chooses direction, compression, context takeover, limit and the third cutting.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0];
  const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::optional<DeflateParameters> deflate;
  if ((choice & 2) != 0)
    deflate = {15, (choice & 8) != 0 ? ContextTakeover::No : ContextTakeover::Yes};
  const auto reader = [&] {
    return Reader((choice & 1) != 0 ? core::Direction::ToServer : core::Direction::ToClient,
                  deflate, (choice & 4) != 0 ? 20u : 100'000u);
  };

  const std::vector<std::string> whole = items_of(reader(), stream, 0, frames::Small::Never);
  for (const std::size_t step_max :
       {std::size_t{0}, std::size_t{1}, std::size_t{2 + (choice >> 3)}}) {
    if (items_of(reader(), stream, step_max) == whole) continue;
    std::fprintf(stderr, "the items depend on the cutting: steps of at most %zu\n", step_max);
    std::abort();
  }
  return 0;
}
