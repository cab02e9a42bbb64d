// Law: a body has the same text and the same error in any cutting and any room; no input asserts.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/inflate/content_decoder.hpp"

namespace {

using namespace core::inflate;

constexpr std::uint64_t kTextBytesMax = 100'000;

std::string read(Coding coding, std::string_view body, std::size_t step_bytes,
                 std::size_t room_bytes) {
  ContentDecoder decoder(coding, kTextBytesMax);
  std::vector<char> room(room_bytes);
  std::string text;
  const auto take = [&] {
    while (const auto piece = decoder.next(room)) {
      if (*piece)
        text += **piece;
      else
        text += "!" + std::to_string(static_cast<int>(piece->error().code)) + "@" +
                std::to_string(piece->error().offset_bytes);
    }
  };
  while (!body.empty()) {
    decoder.receive(body.substr(0, step_bytes));
    take();
    body.remove_prefix(std::min(step_bytes, body.size()));
  }
  decoder.finish();
  take();
  return text;
}

}  // namespace

/// The first byte chooses the coding and the third cutting.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0];
  const auto coding = static_cast<Coding>(choice % 4);
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);

  const std::string whole = read(coding, body, SIZE_MAX, kPieceBytes);
  if (read(coding, body, 1, 4096) == whole &&
      read(coding, body, 2 + choice / 4, 1 + choice / 2) == whole)
    return 0;
  std::fprintf(stderr, "the text depends on the cutting or the room\n");
  std::abort();
}
