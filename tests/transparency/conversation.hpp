#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/transparency/random.hpp"

namespace tests::transparency {

/// What one side says: all its bytes, and where in them it must first have heard from the other
/// side.
struct Script {
  struct Gate {
    std::size_t at;     ///< before this byte of ours goes out
    std::size_t heard;  ///< this many of theirs must have come in
  };
  std::string bytes;
  std::vector<Gate> gates;
};

enum class Kind : std::uint8_t {
  KeepAlive,
  Pipelined,
  Chunked,
  ExpectContinue,
  Head,
  EarlyHints,
  BigUpload,
  BigDownload,
  UntilClose,
  ServerSentEvents,
  WebSocket,
  SocketIoPolling,
  SocketIoWebSocket,
};
inline constexpr std::array kKinds{Kind::KeepAlive,        Kind::Pipelined,   Kind::Chunked,
                                   Kind::ExpectContinue,   Kind::Head,        Kind::EarlyHints,
                                   Kind::BigUpload,        Kind::BigDownload, Kind::UntilClose,
                                   Kind::ServerSentEvents, Kind::WebSocket,   Kind::SocketIoPolling,
                                   Kind::SocketIoWebSocket};
[[nodiscard]] std::string_view name(Kind kind);

enum class Ending : std::uint8_t {
  ClientFirst,  ///< when all is said, the client sends FIN, then the server
  ServerFirst,
  ClientHalfClose,  ///< the client sends FIN behind its last byte, while it may still be answered
  ServerHalfClose,
  ClientReset,  ///< somewhere in the middle
  ServerReset,
  ClientResetUnheard,  ///< the server does not read; the client floods it, then resets
  ServerResetUnheard,
};
inline constexpr std::array kEndings{Ending::ClientFirst,     Ending::ServerFirst,
                                     Ending::ClientHalfClose, Ending::ServerHalfClose,
                                     Ending::ClientReset,     Ending::ServerReset};
[[nodiscard]] std::string_view name(Ending ending);

/// One connection's worth of traffic, as both ends will speak it.
struct Conversation {
  std::size_t number;
  Kind kind;
  Ending ending;
  Script client;
  Script server;
  std::size_t flood_at = 0;  ///< of the side that floods and resets: where the flood begins
};

/// Writes a conversation. The client's first request carries `X-Conversation: NUMBER`.
[[nodiscard]] Conversation write_conversation(std::size_t number, Kind kind, Ending ending,
                                              Random& random);

}  // namespace tests::transparency
