#pragma once

#include <string>

#include "core/client/engine.hpp"
#include "proxy/client/links.hpp"
#include "proxy/client/remote.hpp"

namespace proxy::connect {

/// Whom a client wanted to speak to, and how.
struct Approach {
  client::Remote remote;
  std::string path;  ///< `/socket.io/`
  core::client::Revision revision;
};

/// Why no session came about, as one sentence for a user: what answered instead of a Socket.IO
/// server, and what to do.
///
/// @param end How the last link ended; of no interest when the server answered something.
[[nodiscard]] std::string why_no_session(const Approach& approach,
                                         const core::client::EngineClosed& closed,
                                         const client::LinkEnd& end);

}  // namespace proxy::connect
