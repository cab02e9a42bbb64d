#pragma once

#include <malloc.h>

#include <algorithm>
#include <cstddef>

namespace proxy::cli {

/// As many heaps as I/O threads, and the others share them. Before any thread begins.
///
/// glibc gives each thread a heap of its own. All but the first grow by a few pages at a time, each
/// time with a call to the kernel: one for every four sessions that come, in the observer's. And
/// what is free in one is of no use to another.
inline void share_heaps([[maybe_unused]] std::size_t threads) noexcept {
#ifdef M_ARENA_MAX
  constexpr std::size_t kEnough = 1024;
  mallopt(M_ARENA_MAX, static_cast<int>(std::min(threads, kEnough)));
#endif
}

}  // namespace proxy::cli
