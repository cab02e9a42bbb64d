#include "rules/topics.hpp"

#include <algorithm>

#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "rules/memory.hpp"

namespace rules {

void Topics::observe(const core::session::Fact& fact) {
  if (fact.message->ack) return;
  if (fact.direction == core::Direction::ToClient) ++deliveries_;
  Latest& latest = latest_[static_cast<std::size_t>(fact.direction)];
  if (latest.count != nullptr && latest.topic == fact.message->topic) {
    ++latest.count->sent;
    return heard(*latest.count, fact);
  }
  const Key key{fact.message->topic, fact.direction};
  auto found = counts_.find(key);
  if (found == counts_.end()) {
    if (counts_.size() >= core::limits::kTopicsMax) {
      ++others_;
      return;
    }
    found = counts_.emplace(key, Count{event_name(fact), fact.direction}).first;
  }
  ++found->second.sent;
  latest = {key.topic, &found->second};
  heard(found->second, fact);
}

void Topics::heard(Count& count, const core::session::Fact& fact) {
  if (fact.direction != core::Direction::ToClient) return;
  Heard::Cell* const cell = memory_of(*fact.session).heard.of(fact.message->topic);
  if (cell == nullptr) return;
  cell->topic = fact.message->topic;
  if (++cell->times == 1) ++count.sessions;
  count.most = std::max<std::uint64_t>(count.most, cell->times);
}

EventName Topics::name_of(std::uint64_t topic, core::Direction direction) const {
  const auto found = counts_.find({topic, direction});
  return found == counts_.end() ? EventName{"/", "(unnamed)"} : found->second.name;
}

EventName event_name(const core::session::Fact& fact) {
  EventName name{"/", "(unnamed)"};
  if (const auto* const ns = fact.session->find_namespace(fact.message->ns)) name.ns = ns->name;
  if (fact.message->name_bytes == 0) return name;
  const std::string_view raw = fact.excerpt.substr(fact.message->name_at, fact.message->name_bytes);
  name.event.clear();
  if (raw.starts_with('"'))
    core::json::unescape(raw, name.event);
  else
    name.event = raw;  // A number may be an event's name.
  return name;
}

}  // namespace rules
