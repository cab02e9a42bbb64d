#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>

namespace CLI {
class App;
}

namespace proxy::cli {

/// What clients, and we, may take up, as written.
struct WrittenLimits {
  std::string connections;
  std::string head_timeout = "0s";
  std::string idle_timeout = "0s";
  std::string memory;
};

/// The same, checked.
struct LimitOptions {
  std::size_t connections_max = 0;            ///< 0: none
  std::chrono::milliseconds head_timeout{0};  ///< 0: none
  std::chrono::milliseconds idle_timeout{0};  ///< 0: none
  std::optional<std::uint64_t> memory_bytes_max;
};

void add_limit_options(CLI::App& app, WrittenLimits& written);
/// Errors: a sentence.
[[nodiscard]] tl::expected<LimitOptions, std::string> read_limits(const WrittenLimits& written);

}  // namespace proxy::cli
