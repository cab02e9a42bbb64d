#include "proxy/decode/decode.hpp"

#include <istream>
#include <ostream>
#include <string>

#include "proxy/decode/answer.hpp"
#include "proxy/decode/engine_v3.hpp"
#include "proxy/decode/engine_v4.hpp"
#include "proxy/decode/frames.hpp"
#include "proxy/decode/socket_json.hpp"
#include "proxy/decode/socket_msgpack.hpp"

namespace proxy::decode {
namespace {

void decode_frames(std::span<const Frame> frames, const DecodeOptions& options, Answer& answer) {
  if (options.layer == DecodeLayer::SocketIo)
    return options.parser == DecodeParser::MsgPack
               ? decode_socket_msgpack(frames, answer)
               : decode_socket_json(frames, options.dialect, answer);
  switch (options.engine) {
    case DecodeEngine::Eio4:
      return decode_engine_v4(frames, options.transport, answer);
    case DecodeEngine::Eio3:
      return decode_engine_v3(frames, options.transport, answer);
  }
}

}  // namespace

int run_decode(const DecodeOptions& options, std::istream& in, std::ostream& out) {
  int exit_code = 0;
  for (std::string line; std::getline(in, line);) {
    const auto frames = read_line(line);
    if (!frames) {
      write_bad_line(frames.error(), out);
      exit_code = 2;
    } else {
      Answer answer;
      decode_frames(*frames, options, answer);
      answer.write(out);
    }
    if (in.rdbuf()->in_avail() <= 0) out.flush();  // The next line may be long in coming.
  }
  out.flush();
  return exit_code;
}

}  // namespace proxy::decode
