#pragma once

#include <cstdint>
#include <iosfwd>

namespace proxy::decode {

enum class DecodeLayer : std::uint8_t { SocketIo, EngineIo };
enum class DecodeParser : std::uint8_t { Json, MsgPack };
enum class DecodeDialect : std::uint8_t { Parser42, Parser40, Parser33 };
enum class DecodeEngine : std::uint8_t { Eio4, Eio3 };
enum class DecodeTransport : std::uint8_t { WebSocket, Polling };

/// What `sioscope decode` was asked for. The transport matters on the Engine.IO layer only.
struct DecodeOptions {
  DecodeLayer layer = DecodeLayer::SocketIo;
  DecodeParser parser = DecodeParser::Json;
  DecodeDialect dialect = DecodeDialect::Parser42;
  DecodeEngine engine = DecodeEngine::Eio4;
  DecodeTransport transport = DecodeTransport::WebSocket;
};

/// `sioscope decode`: one JSON object a line in, one a line out.
///
///     {"frames":[{"text":"51-[\"a\",{\"_placeholder\":true,\"num\":0}]"},{"base64":"AAE="}]}
///     {"packets":[{"type":"EVENT","nsp":"/","data":["a",{"$base64":"AAE="}]}],"error":null,"pending":0}
///
/// The frames of a line are one decoder's input in order. A frame is what a Socket.IO decoder is
/// fed, a WebSocket message, or a polling payload. Unknown members of the input are ignored.
/// @return 0; or 2 when a line was no such object: its output says so, decoding goes on.
[[nodiscard]] int run_decode(const DecodeOptions& options, std::istream& in, std::ostream& out);

}  // namespace proxy::decode
