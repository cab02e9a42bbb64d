#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

/// In which order JavaScript enumerates what was assigned to an object.
namespace core::json {

/// A key that is an array index, which JavaScript enumerates first: canonical, at most 2^32 - 2.
[[nodiscard]] inline std::optional<std::uint32_t> array_index(std::string_view key) noexcept {
  constexpr std::uint32_t kMax = 0xfffffffeU;
  if (key.empty() || key.size() > 10 || (key.size() > 1 && key.front() == '0')) return std::nullopt;
  std::uint32_t index = 0;
  const auto result = std::from_chars(key.data(), key.data() + key.size(), index);
  if (result.ec != std::errc() || result.ptr != key.data() + key.size() || index > kMax)
    return std::nullopt;
  return index;
}

/// Brings an object's members, given as written from `first` on, into JavaScript's shape: each key
/// once, in its first place with its last value, array indices ahead of the rest.
/// @tparam Edge Has a `key` and a `node`.
template <class Edge>
void settle_members(std::vector<Edge>& members, std::size_t first) {
  struct Ranked {
    std::optional<std::uint32_t> index;
    std::size_t place;
    Edge edge;
  };
  std::vector<Ranked> ranked;
  ranked.reserve(members.size() - first);
  for (std::size_t i = first; i < members.size(); ++i) {
    const std::optional<std::uint32_t> index = array_index(members[i].key);
    ranked.push_back({index, i, std::move(members[i])});
  }

  std::sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    return a.edge.key != b.edge.key ? a.edge.key < b.edge.key : a.place < b.place;
  });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    if (kept != 0 && ranked[kept - 1].edge.key == ranked[i].edge.key)
      ranked[kept - 1].edge.node = ranked[i].edge.node;
    else if (kept++ != i)
      ranked[kept - 1] = std::move(ranked[i]);
  }
  ranked.erase(ranked.begin() + static_cast<std::ptrdiff_t>(kept), ranked.end());

  std::sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    if (a.index.has_value() != b.index.has_value()) return a.index.has_value();
    return a.index != b.index ? *a.index < *b.index : a.place < b.place;
  });
  members.erase(members.begin() + static_cast<std::ptrdiff_t>(first), members.end());
  for (Ranked& member : ranked) members.push_back(std::move(member.edge));
}

}  // namespace core::json
