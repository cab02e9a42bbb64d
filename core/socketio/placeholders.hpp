#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/json/document.hpp"

namespace core::socketio {

/// Whether reconstructing a binary packet succeeds: every `{"_placeholder":true,"num":N}` in it has
/// a number N with 0 <= N < attachments. False: the official parser throws "illegal attachments".
///
/// Exactly as it walks: an object counts when its own `_placeholder` is `true`, whatever else it
/// holds; what a fitting placeholder contains is not looked at; of duplicate keys the last counts;
/// a fraction fits (and yields undefined), so does -0. Unused attachments are no error.
///
/// Allocates only to confirm a misfit, or beyond 256 levels of nesting. When memory runs out the
/// answer is true: giving up is never "malformed".
/// (The official parser recurses and overflows its stack at some thousand levels: not modelled.)
/// @param data Text that json::inspect() accepted, or empty.
[[nodiscard]] bool placeholders_fit(std::string_view data, std::uint32_t attachments) noexcept;

/// An object that an attachment takes the place of.
struct Placeholder {
  std::size_t node;  ///< In its document.
  double number;  ///< In [0, attachments). A fraction names no attachment: JavaScript's undefined.
};

/// The placeholders the official parser replaces, ordered by node; nothing when it throws.
[[nodiscard]] std::optional<std::vector<Placeholder>> find_placeholders(
    const json::Document& document, std::uint32_t attachments);

}  // namespace core::socketio
