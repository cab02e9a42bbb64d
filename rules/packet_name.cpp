#include "rules/packet_name.hpp"

#include "core/json/json.hpp"

namespace rules {

std::optional<EventName> name_of(std::string_view start) {
  // Before it may stand: the length of a payload of version 3, `12:`; the packet's types, count of
  // attachments, namespace and id.
  const std::size_t bracket = start.find('[');
  if (bracket == std::string_view::npos) return {};
  std::string_view head = start.substr(0, bracket);
  const std::size_t slash = head.find('/');
  if (const std::size_t colon = head.substr(0, slash).find(':'); colon != std::string_view::npos)
    head.remove_prefix(colon + 1);
  if (!head.starts_with("42") && !head.starts_with("45")) return {};
  EventName name{"/", {}};
  if (const std::size_t nsp = head.find('/'); nsp != std::string_view::npos)
    name.ns = head.substr(nsp, head.find(',', nsp) - nsp);

  const std::string_view value = start.substr(bracket + 1);
  if (!value.starts_with('"')) return {};
  std::size_t end = 1;
  while (end < value.size() && value[end] != '"') end += value[end] == '\\' ? 2 : 1;
  if (end >= value.size() || !core::json::inspect(value.substr(0, end + 1))) return {};
  core::json::unescape(value.substr(0, end + 1), name.event);
  return name;
}

}  // namespace rules
