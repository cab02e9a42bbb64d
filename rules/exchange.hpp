#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/session/fact.hpp"
#include "rules/finding.hpp"

namespace rules {

/// What a refused request is refused for, as far as its answer tells. Each is one rule's.
enum class Refusal : std::uint8_t {
  None,         ///< it was granted, or is no rule's: a server error, a preflight
  UnknownSid,   ///< handshake/unknown-sid
  Revision,     ///< handshake/protocol-version
  UpgradeLost,  ///< handshake/upgrade-header-lost
  Overlap,      ///< transport/poll-overlap
  TooBig,       ///< transport/payload-too-big
  Rejected,     ///< handshake/rejected: the rest
};
[[nodiscard]] Refusal refusal_of(const core::session::ExchangeFact& exchange) noexcept;

/// A request and what came of it, as evidence.
[[nodiscard]] Evidence request_of(const core::session::Fact& fact, std::string note = {});
[[nodiscard]] Evidence response_of(const core::session::Fact& fact, std::string note);
/// `Session ID unknown`: Engine.IO's word for its error code; empty for none.
/// Source: engine.io 6, lib/server.ts, errorMessages.
[[nodiscard]] std::string_view error_text(std::int8_t code) noexcept;
/// "a client of Engine.IO 3 (Socket.IO 1 or 2)": whom an `EIO` in a query speaks for.
[[nodiscard]] std::string generation_of(std::uint8_t eio);

}  // namespace rules
