#pragma once

#include <string_view>

/// Made by the build of what it was built from (version.cmake): the same sources, the same text.
namespace proxy::cli {

/// `0.1.0`, and where the build knew the commit, `0.1.0 (7b43a43c0ffe)`.
[[nodiscard]] std::string_view version() noexcept;
/// The day of that commit, `2026-11-26`; empty where the build knew none.
[[nodiscard]] std::string_view version_date() noexcept;

}  // namespace proxy::cli
