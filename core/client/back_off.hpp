#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>

#include "core/instant.hpp"

namespace core::client {

struct BackOffOptions {
  Duration min = std::chrono::milliseconds(1000);
  Duration max = std::chrono::milliseconds(5000);
  double jitter = 0.5;  ///< each delay is drawn from its value ± this part of it
};

/// How long to wait before the next attempt: doubling, capped, and then jittered. The stock
/// JavaScript client caps after the jitter, so that from the fifth attempt on all of its kind come
/// back in the same instant.
class BackOff {
 public:
  explicit BackOff(BackOffOptions options) : options_(options) {}

  template <class Random>
  [[nodiscard]] Duration next(Random& random) {
    const double doubled = static_cast<double>(options_.min.count()) * std::exp2(attempts_);
    const double capped = std::min(doubled, static_cast<double>(options_.max.count()));
    if (attempts_ < 62) ++attempts_;
    std::uniform_real_distribution<double> factor(1 - options_.jitter, 1 + options_.jitter);
    return Duration(static_cast<Duration::rep>(capped * factor(random)));
  }
  /// A session lasted.
  void reset() noexcept { attempts_ = 0; }

 private:
  BackOffOptions options_;
  int attempts_ = 0;
};

}  // namespace core::client
