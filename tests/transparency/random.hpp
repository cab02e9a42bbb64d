#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace tests::transparency {

/// Everything random in a run comes from one of these, so that its seed repeats the run's traffic.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// From `low` to `high`, both included.
  [[nodiscard]] std::size_t between(std::size_t low, std::size_t high) {
    return std::uniform_int_distribution<std::size_t>(low, high)(engine_);
  }
  [[nodiscard]] bool chance(unsigned percent) { return between(1, 100) <= percent; }
  /// Sizes as traffic has them: as many around 10 bytes as around 10 kB.
  [[nodiscard]] std::size_t size_up_to(std::size_t high) {
    std::size_t size = 1;
    while (size < high && chance(80)) size *= 4;
    return between(0, size < high ? size : high);
  }
  /// Arbitrary bytes, cut from a pool.
  [[nodiscard]] std::string bytes(std::size_t count) {
    if (pool_.empty()) {
      pool_.resize(1 << 20);
      for (char& c : pool_) c = static_cast<char>(engine_());
    }
    std::string bytes;
    bytes.reserve(count);
    while (bytes.size() < count) {
      const std::size_t at = between(0, pool_.size() - 1);
      bytes += std::string_view(pool_).substr(at, count - bytes.size());
    }
    return bytes;
  }
  /// Letters and digits.
  [[nodiscard]] std::string text(std::size_t count) {
    std::string text = bytes(count);
    for (char& c : text) c = "abcdefghijklmnopqrstuvwxyzABCDEF"[static_cast<unsigned char>(c) % 32];
    return text;
  }

 private:
  std::mt19937_64 engine_;
  std::string pool_;
};

}  // namespace tests::transparency
