#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/client/request.hpp"
#include "proxy/cli/options.hpp"
#include "proxy/client/remote.hpp"
#include "proxy/client/tls.hpp"

namespace proxy::cli {

/// Exactly one of `against` and `serve` is there.
struct ReplayOptions : JudgingOptions {
  std::vector<std::string> files;  ///< not empty
  std::optional<client::Remote> against;
  std::optional<net::Endpoint> serve;
  double speed = 1;
  bool at_once = false;
  std::size_t clients = 1;  ///< copies of each
  core::client::Target target;
  std::optional<std::string> auth;
  client::TlsOptions tls;
};

/// As parse_check().
[[nodiscard]] tl::expected<ReplayOptions, Stop> parse_replay(
    std::span<const std::string> arguments, std::span<const rules::Description> known,
    std::chrono::sys_days today);

/// Reads `0.5`, `1` or `20`: how many times as fast. Nothing for anything else.
[[nodiscard]] std::optional<double> parse_speed(const std::string& text) noexcept;

}  // namespace proxy::cli
