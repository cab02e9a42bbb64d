#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace core::http {

enum class Start : std::uint8_t { Yes, No, TooShort };

/// Whether `bytes` begin a request with a path, by their first word. For those who come upon a
/// connection in the middle; a parser knows better.
[[nodiscard]] inline Start request_start(std::string_view bytes) noexcept {
  constexpr std::array<std::string_view, 7> kStarts{"GET /",    "POST /", "OPTIONS /", "PUT /",
                                                    "DELETE /", "HEAD /", "PATCH /"};
  for (const std::string_view start : kStarts) {
    if (bytes.starts_with(start)) return Start::Yes;
    if (start.starts_with(bytes)) return Start::TooShort;
  }
  return Start::No;
}

}  // namespace core::http
