// `sioscope decode` alone, for tests that should not wait for the whole program. It takes the same
// options, and trusts that they are right.

#include <iostream>
#include <string>

#include "proxy/decode/decode.hpp"

int main(int argument_count, char** arguments) {
  using namespace proxy::decode;
  std::ios::sync_with_stdio(false);
  DecodeOptions options;
  for (int i = 1; i + 1 < argument_count; ++i) {
    const std::string option = std::string(arguments[i]) + ' ' + arguments[i + 1];
    if (option == "--layer engineio") options.layer = DecodeLayer::EngineIo;
    if (option == "--transport polling") options.transport = DecodeTransport::Polling;
    if (option == "--parser msgpack") options.parser = DecodeParser::MsgPack;
    if (option == "--dialect 4.0") options.dialect = DecodeDialect::Parser40;
    if (option == "--dialect 3.3") options.dialect = DecodeDialect::Parser33;
    if (option == "--eio 3") options.engine = DecodeEngine::Eio3;
  }
  return run_decode(options, std::cin, std::cout);
}
