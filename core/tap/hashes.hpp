#pragma once

#include <cstdint>
#include <string_view>

// A call of the shared library costs as much as hashing a short text itself.
#define XXH_INLINE_ALL
#include <xxhash.h>

/// How events say "the same" without saying what.
namespace core::tap {

[[nodiscard]] inline std::uint64_t hash_of(std::string_view bytes,
                                           std::uint64_t seed = 0) noexcept {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

/// Namespaces are known by their path: `/chat?token=1` and `/chat` are one.
[[nodiscard]] inline std::string_view path_of(std::string_view ns) noexcept {
  return ns.substr(0, ns.find('?'));
}

[[nodiscard]] inline std::uint32_t ns_hash(std::string_view ns) noexcept {
  static const auto kRoot = static_cast<std::uint32_t>(hash_of("/"));
  return ns == "/" ? kRoot : static_cast<std::uint32_t>(hash_of(path_of(ns)));
}

}  // namespace core::tap
