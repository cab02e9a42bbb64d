#include "proxy/cli/memory_ceiling.hpp"

#include <doctest/doctest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

using proxy::cli::MemoryCeiling;

TEST_CASE(
    "memory ceiling: short above it, until there is a tenth of room again, and both are said") {
  std::ostringstream said;
  spdlog::logger log("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(said));
  std::uint64_t bytes = 0;
  MemoryCeiling ceiling(100'000'000, log, [&] { return std::optional(bytes); });
  const auto is_short = [&](std::uint64_t now) {
    bytes = now;
    const bool told = ceiling.look({});
    CHECK(ceiling.is_short() == told);
    return told;
  };
  CHECK_FALSE(is_short(50'000'000));
  CHECK_FALSE(is_short(100'000'000));
  CHECK(said.str().empty());
  CHECK(is_short(100'000'001));
  CHECK(is_short(95'000'000));
  CHECK(is_short(120'000'000));
  CHECK_FALSE(is_short(90'000'000));
  CHECK_FALSE(is_short(95'000'000));
  const std::string text = said.str();
  CHECK(text.find("100 MB in memory, and --memory-max is 100 MB") != std::string::npos);
  CHECK(text.find("observed again") != std::string::npos);
  CHECK(text.find("120 MB") == std::string::npos);  // It was short already.
}

TEST_CASE("memory ceiling: where the system does not tell, memory is not short") {
  spdlog::logger log("test");
  MemoryCeiling ceiling(1, log, [] { return std::optional<std::uint64_t>(); });
  CHECK_FALSE(ceiling.look({}));
}

TEST_CASE("resident_bytes: this process takes some") {
  const auto bytes = proxy::cli::resident_bytes();
  if (!bytes) return;  // No /proc.
  CHECK(*bytes > 100'000);
  CHECK(*bytes < 10'000'000'000);
}
