#pragma once

#include <vector>

#include "core/capture/exchange.hpp"

namespace core::capture {

/// Recorders know when a request was made, and less well when its answer had come: what follows it
/// may seem to come first. Within their accuracy, answers are moved to where they must have been:
/// a handshake before what uses its sid, a poll's (or post's) before the next one of its session.
void set_in_order(std::vector<Exchange>& exchanges);

}  // namespace core::capture
