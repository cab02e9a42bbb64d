#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "core/replay/player.hpp"
#include "core/replay/script.hpp"
#include "proxy/client/remote.hpp"
#include "proxy/client/tls.hpp"
#include "proxy/replay/observed_player.hpp"

namespace proxy::replay {

struct ReenactmentOptions {
  client::Remote remote;
  const client::TlsContext* tls = nullptr;  ///< for https and wss; outlives it
  core::replay::PlayerOptions player;       ///< but for the script
  std::vector<core::replay::Script> scripts;
  std::size_t copies = 1;  ///< of each client
  See see;
  /// Now and then, and when SIGINT or SIGTERM ended it early.
  std::function<void(std::size_t done, std::size_t all)> progress = {};
};

/// What came of all scripts together.
struct Reenacted {
  std::size_t clients = 0;
  core::replay::Performance total;
  bool interrupted = false;
  std::string link_error = {};  ///< why a link could not be had, if none ever was
};

/// Has the correct client do what every recorded client did, all at once, on a loop of its own.
/// Returns when all are done.
[[nodiscard]] Reenacted reenact(ReenactmentOptions options);

}  // namespace proxy::replay
