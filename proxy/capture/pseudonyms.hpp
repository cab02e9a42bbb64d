#pragma once

#include <cstdint>

#include "core/disguise/secrets.hpp"

namespace proxy::capture {

/// A keystream with a key of its own, drawn now and never written anywhere: HMAC-SHA256 over the
/// secret and a counter. Equal secrets of one capture get equal pseudonyms, and nobody can go back.
[[nodiscard]] core::disguise::Keystream random_keystream();
/// The same with a key that others know how to make again, but not from what is written.
[[nodiscard]] core::disguise::Keystream keystream(std::uint64_t key);

}  // namespace proxy::capture
