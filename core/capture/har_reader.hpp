#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "core/capture/exchange.hpp"
#include "core/capture/recording.hpp"

namespace core::capture {

/// The contents of a file that a HAR refers to, by its name; nothing when it is not there.
using Attachments = std::function<std::optional<std::string>(std::string_view name)>;

/// Why a file that looks like a HAR is none.
struct HarError {
  std::uint64_t offset_bytes;
  std::string_view reason;  ///< static text
};

/// A HAR, as browsers' developer tools, Playwright, mitmproxy and HTTP Toolkit write it, with
/// WebSocket messages in Chrome's `_webSocketMessages`.
///
/// What a HAR lacks: who is where (a page stands for a client), control frames (Engine.IO's
/// heartbeats are messages, and there), and, but for HTTP Toolkit's and ours, the end of a
/// WebSocket: that is a problem which hides no traffic. Times are not exact: see
/// recorded_order.hpp.
///
/// @param text The whole file; a BOM is passed over.
/// Errors: it is no JSON, or holds no `log.entries`.
/// Source: HTTP Archive 1.2 (software is hard, HAR 1.2 spec); Chrome 76, DevTools, "WebSocket
/// messages in HAR".
[[nodiscard]] tl::expected<Exchanges, HarError> read_har(std::string_view text,
                                                         const Attachments& attachments);

}  // namespace core::capture
