// `sioscope decode` alone, for tests that should not wait for the whole program:
// decode_driver decode [--layer L] [--transport T]

#include <iostream>
#include <string_view>

#include "proxy/cli/decode.hpp"

int main(int argument_count, char** arguments) {
  std::ios::sync_with_stdio(false);
  proxy::cli::DecodeOptions options;
  for (int i = 1; i < argument_count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "engineio") options.layer = proxy::cli::DecodeLayer::EngineIo;
    if (argument == "polling") options.transport = proxy::cli::DecodeTransport::Polling;
  }
  return proxy::cli::run_decode(options, std::cin, std::cout, std::cerr);
}
