#pragma once

#include <cstdint>
#include <optional>

#include "core/instant.hpp"
#include "proxy/net/limits.hpp"

namespace proxy::net {

/// Keeps one kind of complaint from filling the log: says when it is due again, and how many went
/// unsaid.
class Complaint {
 public:
  /// It happened at `at`. Returns how many were swallowed since it was last said, or nothing if
  /// this one is to be too.
  [[nodiscard]] std::optional<std::uint64_t> happened(core::Instant at) noexcept {
    if (said_ && at - *said_ < limits::kComplaintInterval) {
      ++swallowed_;
      return std::nullopt;
    }
    said_ = at;
    const std::uint64_t swallowed = swallowed_;
    swallowed_ = 0;
    return swallowed;
  }

 private:
  std::optional<core::Instant> said_;
  std::uint64_t swallowed_ = 0;
};

}  // namespace proxy::net
