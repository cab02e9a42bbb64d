#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "core/capture/exchange.hpp"

namespace core::capture {

/// Whether a file that begins so holds flows of mitmproxy.
[[nodiscard]] bool is_mitmproxy(std::string_view start) noexcept;

/// A file that `mitmdump -w` wrote: one dictionary a flow, as tnetstrings. Bodies stand as they
/// were sent, so Content-Encoding holds; WebSocket messages are inflated; who closed and with what
/// code is there, and when the last message was not the end.
///
/// @param text The whole file.
/// Errors: a sentence, when it is of a format version other than 12 to 21, in which what is read
/// here is alike (mitmproxy 7 to 12).
/// Source: mitmproxy, mitmproxy/io and the states of its http and websocket modules.
[[nodiscard]] tl::expected<Exchanges, std::string> read_mitmproxy(std::string_view text);

}  // namespace core::capture
