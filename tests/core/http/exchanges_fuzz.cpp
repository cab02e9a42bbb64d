// Law: however what both sides say is cut, the items are the same, bodies joined; no input asserts.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "conversation.hpp"

namespace {

using namespace conversation;

Conversation cut(const Conversation& said, std::size_t step_max) {
  Conversation pieces;
  for (const Said& one : said) {
    for (std::size_t at = 0, i = 0; at < one.bytes.size(); ++i) {
      const std::size_t step = 1 + i * 7 % step_max;
      pieces.push_back({one.direction, one.bytes.substr(at, step)});
      at += step;
    }
  }
  return pieces;
}

}  // namespace

/// The first byte chooses limits and the second cutting. Then turns, separated by 0x00: the
/// client speaks first, then the server, and so on. (HTTP has no use for NUL bytes.)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0];
  core::http::Settings settings{.extra_header = "x-client"};
  if ((choice & 1) != 0) settings.head_bytes_max = 60;
  if ((choice & 2) != 0) settings.early_bytes_max = 10;

  Conversation said;
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  core::Direction speaker = core::Direction::ToServer;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    said.push_back({speaker, std::string(rest.substr(0, end))});
    rest.remove_prefix(std::min(end + 1, rest.size()));
    speaker = core::opposite(speaker);
  }

  const std::vector<std::string> whole = items_of(said, settings);
  for (const std::size_t step_max : {std::size_t{1}, std::size_t{2 + (choice >> 2)}}) {
    if (items_of(cut(said, step_max), settings) == whole) continue;
    std::fprintf(stderr, "the items depend on the cutting: steps of at most %zu\n", step_max);
    std::abort();
  }
  return 0;
}
