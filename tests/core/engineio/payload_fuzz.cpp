// Law: however a payload is cut into chunks, PayloadStream yields the packets of PayloadReader. The
// first byte of the input says how long the chunks are.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/engineio/payload.hpp"

namespace {

std::vector<std::string> whole(std::string_view body) {
  std::vector<std::string> packets;
  core::engineio::PayloadReader reader(body);
  while (const auto packet = reader.next()) packets.emplace_back(*packet);
  return packets;
}

std::vector<std::string> in_chunks(std::string_view body, std::size_t chunk_bytes) {
  std::vector<std::string> packets;
  core::engineio::PayloadStream stream(body.size());
  const auto drain = [&] {
    while (const auto packet = stream.next()) {
      if (!*packet) std::abort();
      packets.emplace_back(**packet);
    }
  };
  for (; !body.empty(); body.remove_prefix(std::min(chunk_bytes, body.size()))) {
    stream.receive(body.substr(0, chunk_bytes));
    drain();
  }
  stream.finish();
  drain();
  return packets;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t chunk_bytes = std::size_t{data[0] & 15U} + 1;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (whole(body) != in_chunks(body, chunk_bytes)) std::abort();
  return 0;
}
