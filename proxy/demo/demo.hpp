#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace proxy::demo {

/// What `sioscope demo` was asked for. With no option set it tells the story. The others are for
/// the lab, which checks the story's server and clients against their npm counterparts, and stay
/// out of --help.
struct DemoOptions {
  enum class Colour : std::uint8_t { Auto, Off };
  enum class Transport : std::uint8_t { Upgrade, Polling, WebSocket };

  Colour colour =
      Colour::Auto;  ///< `--no-color`; Auto: on a terminal only, and never with NO_COLOR set

  std::optional<std::string> serve;  ///< `--serve HOST:PORT`: only the server, until SIGTERM
  std::optional<std::string>
      client;          ///< `--client http://HOST:PORT`: only the client; commands on stdin
  bool leaky = false;  ///< `--leaky`: ... and it leaks as socket.io-client 4.7.5 does
  Transport transport = Transport::Upgrade;      ///< `--transport polling|websocket` of that client
  std::string namespaces = "/";                  ///< `--namespaces /,/chat` that it connects to
  std::chrono::milliseconds ping_interval{700};  ///< `--ping-interval` of the server
  std::chrono::milliseconds ping_timeout{500};   ///< `--ping-timeout` of the server
  bool allow_eio3 = false;                       ///< `--eio3`: the server speaks Engine.IO 3 too
};

/// Runs it on this thread until it is over.
/// @return 0 when the story went as told (or the server or client was stopped); 1 when it did not,
/// with a
///   plain sentence on stderr; 2 when an option is wrong or a port cannot be had, likewise.
[[nodiscard]] int run_demo(const DemoOptions& options);

}  // namespace proxy::demo
