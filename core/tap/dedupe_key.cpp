#include "core/tap/dedupe_key.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <utility>

namespace core::tap {
namespace {

/// `[12]`, which `path` loses.
std::optional<std::size_t> take_index(std::string_view& path) {
  const std::size_t end = path.find(']');
  if (!path.starts_with('[') || end == std::string_view::npos) return std::nullopt;
  std::size_t index = 0;
  const auto [stop, error] = std::from_chars(path.data() + 1, path.data() + end, index);
  if (error != std::errc{} || stop != path.data() + end || index > 0xffff) return std::nullopt;
  path.remove_prefix(end + 1);
  return index;
}

/// `.name` or `["name"]`, which `path` loses.
std::optional<std::string> take_member(std::string_view& path) {
  if (path.starts_with('.')) {
    path.remove_prefix(1);
    const std::size_t end = path.find_first_of(".[");
    const std::string name(path.substr(0, end));
    path.remove_prefix(name.size());
    if (name.empty()) return std::nullopt;
    return name;
  }
  for (const std::string_view quote : {"\"", "'"}) {
    if (!path.starts_with("[" + std::string(quote))) continue;
    const std::size_t end = path.find(std::string(quote) + "]", 2);
    if (end == std::string_view::npos || end == 2) return std::nullopt;
    std::string name(path.substr(2, end - 2));
    path.remove_prefix(end + 2);
    return name;
  }
  return std::nullopt;
}

}  // namespace

tl::expected<DedupeKey, DedupeKeyErrc> parse_dedupe_key(std::string_view text) {
  const std::size_t equals = text.rfind("=$[");
  if (equals == std::string_view::npos)
    return tl::unexpected(text.find('=') == std::string_view::npos || text.starts_with('=')
                              ? DedupeKeyErrc::NoEvent
                              : DedupeKeyErrc::NoArgument);
  if (equals == 0) return tl::unexpected(DedupeKeyErrc::NoEvent);
  DedupeKey key{std::string(text.substr(0, equals)), 0, {}};
  std::string_view path = text.substr(equals + 2);
  const auto argument = take_index(path);
  if (!argument) return tl::unexpected(DedupeKeyErrc::NoArgument);
  key.argument = *argument;
  while (!path.empty()) {
    if (auto member = take_member(path)) {
      key.steps.push_back({std::move(*member), 0});
    } else if (const auto index = take_index(path)) {
      key.steps.push_back({{}, *index});
    } else {
      return tl::unexpected(DedupeKeyErrc::BadStep);
    }
  }
  return key;
}

}  // namespace core::tap
