#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "core/capture/recording.hpp"
#include "core/limits.hpp"

namespace core::capture {

/// What could not be read of one file, bounded: damage seldom comes alone, and after the first few
/// nobody reads on.
class Problems {
 public:
  void add(Problem problem) {
    if (added_ > limits::kCaptureProblemsMax) return;
    if (added_++ == limits::kCaptureProblemsMax)
      problem = {problem.offset_bytes, "more of the kind, which is not listed", true};
    problems_.push_back(std::move(problem));
  }
  /// Those added since the last call.
  [[nodiscard]] std::vector<Problem> take() { return std::exchange(problems_, {}); }

 private:
  std::vector<Problem> problems_;
  std::size_t added_ = 0;
};

}  // namespace core::capture
