#pragma once

#include "core/capture/exchange.hpp"
#include "core/disguise/secrets.hpp"

namespace core::capture {

/// Puts pseudonyms of the same length in place of what is secret, in heads, in the target, and in
/// what clients send with CONNECT, as core/disguise finds it. What is equal stays equal.
void hide_secrets(Exchange& exchange, const disguise::Keystream& keystream);

}  // namespace core::capture
