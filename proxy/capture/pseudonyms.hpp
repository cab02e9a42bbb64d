#pragma once

#include "core/disguise/disguise.hpp"

namespace proxy::capture {

/// A keystream with a key of its own, drawn now and never written anywhere: HMAC-SHA256 over the
/// secret and a counter. Equal secrets of one capture get equal pseudonyms, and nobody can go back.
[[nodiscard]] core::disguise::Keystream random_keystream();

}  // namespace proxy::capture
