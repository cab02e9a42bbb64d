#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "core/json/document.hpp"
#include "core/socketio/packet.hpp"

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

/// The placeholders the official parser replaces, ordered by node; or what it throws on the way
/// first: `IllegalPlaceholder` or, where members are asked for unsafely, `HasOwnProperty`.
[[nodiscard]] tl::expected<std::vector<Placeholder>, PacketErrc> find_placeholders(
    const json::Document& document, std::uint32_t attachments,
    OwnMembers own_members = OwnMembers::Safely);

/// Which objects the walk takes for placeholders, and does not enter: before 4.0.5 and its like,
/// all whose `_placeholder` JavaScript holds for true.
enum class Marks : std::uint8_t { True, Truthy };

/// Whether the walk meets an object with a member `hasOwnProperty`, misfits being no obstacle.
[[nodiscard]] bool meets_has_own_property(const json::Document& document, Marks marks);

}  // namespace core::socketio
