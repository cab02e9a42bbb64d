#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "core/client/client.hpp"
#include "proxy/client/remote.hpp"
#include "proxy/client/tls.hpp"

namespace proxy::connect {

/// What `sioscope connect` was asked for.
struct ConnectOptions {
  client::Remote remote;
  client::TlsOptions tls = {};
  core::client::Options client = {};
  std::vector<core::client::Emission> emissions = {};  ///< sent in order, once connected
  std::optional<std::string> wait_for = {};            ///< end when this event came ...
  std::uint64_t count = 0;                             ///< ... so often; without it, any events
  bool reads_stdin = false;                            ///< lines are emissions
  core::client::Emission pattern = {};  ///< of what lines become: namespace, ack, time-out
  std::optional<std::chrono::milliseconds> timeout = {};  ///< for all of it
};

/// `EVENT`, or `EVENT JSON,JSON` whose rest is the inside of an array, or the whole array
/// `["EVENT",JSON]`, in `pattern`'s manner. The error is a sentence.
[[nodiscard]] tl::expected<core::client::Emission, std::string> parse_emission(
    std::string_view text, core::client::Emission pattern);

/// Connects, says what is to be said, and prints each happening as a line of JSON on stdout, until
/// what was asked for is done: everything sent, each ack answered, `count` events here. With
/// nothing to wait for it listens until SIGINT or SIGTERM.
/// @return 0 when it was done (or stopped while listening); 1 when it was not, with a sentence on
///   stderr; 2 when the CA file cannot be read.
[[nodiscard]] int run_connect(const ConnectOptions& options);

}  // namespace proxy::connect
