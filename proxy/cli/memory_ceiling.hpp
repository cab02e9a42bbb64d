#pragma once

#include <spdlog/logger.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>

#include "core/instant.hpp"

namespace proxy::cli {

/// What of the process lies in memory now; nothing where the system does not tell.
[[nodiscard]] std::optional<std::uint64_t> resident_bytes();

/// `--memory-max`: tells when the process takes more. Then observation gives way, never traffic:
/// new sessions are not followed (`unobserved: memory-limit`, so no verdict is clean), what is
/// remembered of ended ones goes sooner, and freed pages are given back. It is over once there is
/// some room again.
class MemoryCeiling {
 public:
  /// @param log Outlives it.
  MemoryCeiling(std::uint64_t bytes_max, spdlog::logger& log,
                std::function<std::optional<std::uint64_t>()> measure = resident_bytes)
      : bytes_max_(bytes_max), log_(log), measure_(std::move(measure)) {}

  /// Measures, and returns whether memory is short. By one thread.
  [[nodiscard]] bool look(core::Instant now);
  /// What look() said last. Others read it, too.
  [[nodiscard]] const std::atomic<bool>& is_short() const noexcept { return is_short_; }
  [[nodiscard]] std::uint64_t bytes_max() const noexcept { return bytes_max_; }

 private:
  std::uint64_t bytes_max_;
  spdlog::logger& log_;
  std::function<std::optional<std::uint64_t>()> measure_;
  std::atomic<bool> is_short_ = false;
  core::Instant trimmed_at_;
};

}  // namespace proxy::cli
