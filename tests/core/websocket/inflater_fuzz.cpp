// Law: a message inflates to the same text in any cutting and in any room, and no input asserts.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/websocket/deflate.hpp"

namespace {

using namespace core::websocket;

/// What an inflater that had messages before makes of one; `!` stands for one with an error.
void read(Inflater& inflater, std::string_view payload, std::size_t step_bytes,
          std::size_t room_bytes, std::string& text, bool& alive) {
  std::vector<char> room(room_bytes);
  const std::size_t text_before = text.size();
  const auto take = [&](const auto& step) {
    while (alive) {
      const auto written = step();
      alive = written.has_value();
      if (alive) text.append(room.data(), *written);
      if (alive && *written < room.size()) return;
    }
    text.resize(text_before);
    text += '!';
  };
  while (alive && !payload.empty()) {
    std::string_view piece = payload.substr(0, step_bytes);
    payload.remove_prefix(piece.size());
    take([&] { return inflater.next(piece, room); });
  }
  if (alive) take([&] { return inflater.finish(room); });
}

std::string text_of(std::string_view payloads, DeflateParameters parameters, std::size_t step_bytes,
                    std::size_t room_bytes) {
  Inflater inflater(parameters);
  std::string text;
  bool alive = true;
  while (alive && !payloads.empty()) {
    // A message's size, then the message.
    const auto bytes = static_cast<unsigned char>(payloads.front());
    payloads.remove_prefix(1);
    read(inflater, payloads.substr(0, bytes), step_bytes, room_bytes, text, alive);
    text += '|';
    payloads.remove_prefix(std::min<std::size_t>(bytes, payloads.size()));
  }
  return text;
}

}  // namespace

/// The first byte chooses context takeover and the third cutting.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0];
  const std::string_view payloads(reinterpret_cast<const char*>(data) + 1, size - 1);
  const DeflateParameters parameters{
      15, (choice & 1) != 0 ? ContextTakeover::No : ContextTakeover::Yes};

  const std::string whole = text_of(payloads, parameters, SIZE_MAX, 16384);
  const std::string bytes = text_of(payloads, parameters, 1, 4096);
  const std::string other = text_of(payloads, parameters, 2 + choice / 16, 1 + choice / 2);
  if (bytes == whole && other == whole) return 0;
  std::fprintf(stderr, "the text depends on the cutting or the room\n");
  std::abort();
}
