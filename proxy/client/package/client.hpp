#pragma once

/// The Socket.IO client as a machine, for sockets of your own: core/client/client.hpp is the
/// manual.
#include "core/client/client.hpp"

namespace sioscope {
using namespace core::client;
using core::Duration;
using core::Instant;
}  // namespace sioscope
