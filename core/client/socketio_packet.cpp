#include "core/client/socketio_packet.hpp"

#include <cstdio>

#include "core/json/json.hpp"

namespace core::client {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      out += escape;
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string event_data(std::string_view name, std::string_view arguments) {
  std::string data = '[' + json_string(name);
  if (!arguments.empty()) data.append(",").append(arguments);
  return data + ']';
}

EventParts event_parts(std::string_view data) {
  EventParts parts;
  json::ElementReader elements(data);
  const auto name = elements.next();
  if (!name) return parts;
  if (name->kind == json::Kind::String)
    json::unescape(name->raw, parts.name);
  else
    parts.name = name->raw;
  if (const auto first = elements.next()) {
    const auto at = static_cast<std::size_t>(first->raw.data() - data.data());
    parts.arguments = trimmed(data.substr(at, data.rfind(']') - at));
  }
  return parts;
}

std::string array_inside(std::string_view data) {
  data = trimmed(data);
  return data.size() < 2 ? std::string() : std::string(trimmed(data.substr(1, data.size() - 2)));
}

}  // namespace core::client
