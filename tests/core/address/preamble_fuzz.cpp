// Law: what is said of the beginnings of an input fits what is said of it all, decode of encode is
// the identity, and no input asserts.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "core/address/forwarded_for.hpp"
#include "core/address/proxy_protocol.hpp"

namespace {

using namespace core::address;
using Kind = Preamble::Kind;

void must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const Preamble whole = read_preamble(input);
  must(whole.bytes <= size, "it lies in its input");
  must(whole.kind != Kind::TooShort || size < kPreambleBytesMax, "waiting has an end");
  for (std::size_t cut = 0; cut < size; ++cut) {
    const Preamble part = read_preamble(input.substr(0, cut));
    if (part.kind == Kind::TooShort) continue;
    must(part.kind == whole.kind && part.bytes == whole.bytes && part.proxied == whole.proxied,
         "what was decided stands");
    must(part.kind == Kind::None || cut >= part.bytes, "nothing is decided from what has not come");
  }
  if (whole.proxied)
    for (const PreambleVersion version : {PreambleVersion::V1, PreambleVersion::V2})
      must(read_preamble(preamble_of(*whole.proxied, version)).proxied == whole.proxied,
           "what is read back is what was written");

  Networks trusted;
  if (const auto network = network_of(input.substr(0, input.find(' ')))) trusted.add(*network);
  if (const auto client = forwarded_for(input, trusted))
    must(ip_address_of(text_of(*client)) == client, "an address reads as it is written");
  return 0;
}
