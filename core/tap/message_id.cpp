#include "core/tap/message_id.hpp"

#include "core/json/json.hpp"

namespace core::tap {
namespace {

std::optional<json::Value> element(std::string_view array, std::size_t index) noexcept {
  json::ElementReader elements(array);
  std::optional<json::Value> value = elements.next();
  for (; value && index != 0; --index) value = elements.next();
  return value;
}

std::optional<std::string_view> value_at(std::string_view data, const DedupeKey& key) noexcept {
  std::optional<json::Value> value = element(data, key.argument + 1);  // Past the name.
  for (const DedupeKey::Step& step : key.steps) {
    if (!value) return std::nullopt;
    if (step.member.empty())
      value = value->kind == json::Kind::Array ? element(value->raw, step.index) : std::nullopt;
    else
      value = value->kind == json::Kind::Object ? json::find_member(value->raw, step.member)
                                                : std::nullopt;
  }
  if (!value || value->kind == json::Kind::Null) return std::nullopt;
  return value->raw;
}

}  // namespace

std::optional<std::string_view> message_id(std::string_view name, std::string_view data,
                                           const Settings& settings) noexcept {
  if (!name.starts_with('"')) return std::nullopt;
  for (const DedupeKey& key : settings.dedupe_keys)
    if (json::string_equals(name, key.event)) return value_at(data, key);
  return std::nullopt;
}

}  // namespace core::tap
