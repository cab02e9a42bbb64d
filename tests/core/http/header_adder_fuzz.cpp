// Law: however what both sides say is cut, the same bytes come out; without the added lines they
// are those that went in; no input asserts.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/http/header_adder.hpp"

namespace {

/// No input is likely to hold it.
const std::string kLine = "X-Forwarded-For: \x01\x02\x03 added \x03\x02\x01\r\n";

/// Turns are separated by 0x00, the client's first; each goes in by pieces of `step` bytes.
std::string through(std::string_view said, std::size_t step) {
  core::http::HeaderAdder adder(kLine);
  std::string storage, passed;
  bool client = true;
  while (true) {
    std::string turn(said.substr(0, said.find('\0')));
    for (std::size_t at = 0; at < turn.size(); at += step) {
      std::string piece = turn.substr(at, step);
      if (client) {
        const auto out = adder.receive_from_client(piece, storage);
        passed.append(out.begin(), out.end());
      } else {
        adder.receive_from_server(piece);
      }
    }
    if (turn.size() == said.size()) return passed += adder.finish();
    said.remove_prefix(turn.size() + 1);
    client = !client;
  }
}

void must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::abort();
}

}  // namespace

/// The first byte chooses the cutting.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view said(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (said.find(kLine) != said.npos) return 0;
  const std::string whole = through(said, size);
  for (const std::size_t step : {std::size_t{1}, std::size_t{2} + data[0] % 32})
    must(through(said, step) == whole, "the same bytes come out");

  std::string sent, rest = whole;
  bool client = true;
  for (const char byte : said) {
    if (byte == '\0')
      client = !client;
    else if (client)
      sent += byte;
  }
  for (std::size_t at; (at = rest.find(kLine)) != rest.npos;) rest.erase(at, kLine.size());
  must(rest == sent, "without the lines they are those that went in");
  return 0;
}
