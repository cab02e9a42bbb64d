#pragma once

#include <cstddef>

#include "core/event_buffer.hpp"
#include "proxy/observe/ring.hpp"

namespace proxy::observe {

template <>
struct RingFormat<core::Event> {
  static std::size_t text_bytes(const core::Event& event) noexcept { return event.text_bytes; }
};

/// Events of one I/O loop on their way to the observer.
using EventRing = Ring<core::Event>;

}  // namespace proxy::observe
