#include "proxy/cli/client_key.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace proxy::cli {
namespace {

using Source = core::tap::ClientKey::Source;

std::optional<Source> source_named(std::string_view name) {
  if (name == "cookie") return Source::Cookie;
  if (name == "header") return Source::Header;
  if (name == "query") return Source::Query;
  if (name == "auth") return Source::Auth;
  return std::nullopt;
}

}  // namespace

tl::expected<core::tap::ClientKey, ClientKeyErrc> parse_client_key(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return tl::unexpected(ClientKeyErrc::NoSource);
  const auto source = source_named(text.substr(0, colon));
  if (!source) return tl::unexpected(ClientKeyErrc::UnknownSource);

  std::string_view name = text.substr(colon + 1);
  const std::size_t comma = name.find(',');
  const std::string_view suffix = comma == std::string_view::npos ? "" : name.substr(comma);
  name = name.substr(0, comma);
  if (name.empty()) return tl::unexpected(ClientKeyErrc::NoName);
  if (!suffix.empty() && suffix != ",per-page") return tl::unexpected(ClientKeyErrc::UnknownSuffix);

  core::tap::ClientKey key{*source, std::string(name), !suffix.empty()};
  if (key.source == Source::Header)
    std::transform(key.name.begin(), key.name.end(), key.name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return key;
}

}  // namespace proxy::cli
