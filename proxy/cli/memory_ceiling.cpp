#include "proxy/cli/memory_ceiling.hpp"

#include <malloc.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>

namespace proxy::cli {
namespace {

using namespace std::chrono_literals;

/// Giving freed pages back locks the heap for milliseconds, so seldom.
constexpr auto kTrimInterval = 30s;

/// Below so much of the ceiling it is over: not at once, or it would flutter.
constexpr std::uint64_t enough_below(std::uint64_t bytes_max) noexcept {
  return bytes_max - bytes_max / 10;
}

constexpr double kMegabyte = 1e6;

}  // namespace

std::optional<std::uint64_t> resident_bytes() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/statm", "re"),
                                                             std::fclose);
  unsigned long long pages = 0;
  if (file == nullptr || std::fscanf(file.get(), "%*u %llu", &pages) != 1) return std::nullopt;
  return std::uint64_t{pages} * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

bool MemoryCeiling::look(core::Instant now) {
  auto bytes = measure_();
  if (!bytes) return false;
  if (*bytes > bytes_max_ && now - trimmed_at_ >= kTrimInterval) {
    trimmed_at_ = now;
    malloc_trim(0);
    bytes = measure_();
    if (!bytes) return false;
  }
  const bool was_short = is_short_.load(std::memory_order_relaxed);
  const bool is_short = *bytes > (was_short ? enough_below(bytes_max_) : bytes_max_);
  is_short_.store(is_short, std::memory_order_relaxed);
  if (is_short && !was_short)
    log_.warn(
        "{:.0f} MB in memory, and --memory-max is {:.0f} MB: new sessions pass unobserved until "
        "there is room again",
        static_cast<double>(*bytes) / kMegabyte, static_cast<double>(bytes_max_) / kMegabyte);
  else if (was_short && !is_short)
    log_.warn("{:.0f} MB in memory: new sessions are observed again",
              static_cast<double>(*bytes) / kMegabyte);
  return is_short;
}

}  // namespace proxy::cli
