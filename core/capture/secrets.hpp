#pragma once

#include <cstdint>

#include "core/capture/exchange.hpp"

namespace core::capture {

/// Puts pseudonyms in place of what is secret: the values of Cookie, Authorization and Set-Cookie,
/// and what clients send with CONNECT to say who they are (`auth`), over either transport and in
/// either parser's form. What is equal stays equal, and nothing else changes: not the names of
/// cookies and members, nor the ids that tie connections and lives together (`sid`, `pid`,
/// `offset`).
///
/// A body that may hold a CONNECT and cannot be read (JSONP's) is left out.
/// @param key Seeds the pseudonyms.
void hide_secrets(Exchange& exchange, std::uint64_t key);

}  // namespace core::capture
