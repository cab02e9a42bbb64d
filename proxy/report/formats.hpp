#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace proxy::report {

enum class Format : std::uint8_t { Terminal, Json, Ndjson, JUnit, Sarif, GitHub, Markdown, Html };

/// One `--report`.
struct Target {
  Format format = Format::Terminal;
  std::string path = "-";  ///< `-` is stdout
  [[nodiscard]] bool to_stdout() const noexcept { return path == "-"; }
};

[[nodiscard]] std::string_view name(Format format) noexcept;
/// `terminal, json, ndjson, ...`
[[nodiscard]] std::string format_names();

/// `FORMAT` or `FORMAT=FILE`. Error: one sentence that names what is wrong and what there is.
[[nodiscard]] tl::expected<Target, std::string> parse_target(std::string_view text);

}  // namespace proxy::report
