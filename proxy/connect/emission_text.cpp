#include "core/json/json.hpp"
#include "proxy/connect/connect.hpp"

namespace proxy::connect {

using core::client::Emission;
namespace json = core::json;

tl::expected<Emission, std::string> parse_emission(std::string_view text, Emission pattern) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return tl::unexpected(std::string("an event has no name"));
  text = text.substr(first, text.find_last_not_of(" \t\r") - first + 1);

  if (text.starts_with('[')) {
    const auto shape = json::inspect(text);
    if (!shape || shape->first.kind != json::Kind::String || shape->first.raw.empty())
      return tl::unexpected("'" + std::string(text) +
                            "' is no JSON array that begins with an event's name");
    auto parts = core::client::event_parts(text);
    pattern.name = std::move(parts.name);
    pattern.arguments = std::move(parts.arguments);
    return pattern;
  }
  const auto space = text.find(' ');
  pattern.name = text.substr(0, space);
  pattern.arguments = space == std::string_view::npos ? "" : text.substr(space + 1);
  if (!json::inspect('[' + pattern.arguments + ']'))
    return tl::unexpected("the arguments of '" + pattern.name + "' are no JSON: '" +
                          pattern.arguments + "'; text needs quotes, as in '" + pattern.name +
                          " \"text\",2'");
  return pattern;
}

}  // namespace proxy::connect
