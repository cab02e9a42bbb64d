#include "proxy/replay/comparison.hpp"

#include <algorithm>
#include <iomanip>
#include <map>
#include <sstream>
#include <tuple>

#include "proxy/report/fingerprint.hpp"
#include "proxy/report/verdict_text.hpp"

namespace proxy::replay {
namespace {

using report::Ink;
using report::paint;

/// What makes clients with a flaw leave their session: without it they have no reason to leak.
bool is_poison(const rules::Finding& finding) noexcept {
  return finding.rule == "protocol/malformed-packet" ||
         finding.rule == "protocol/attachment-mismatch" ||
         finding.rule == "protocol/crashing-packet";
}
bool has_poison(const Side& side) noexcept {
  return std::any_of(side.findings.begin(), side.findings.end(), is_poison);
}

struct Counted {
  const rules::Finding* finding;
  std::uint64_t count = 0;
};
/// By fault; the first finding of each stands for all.
std::map<std::string, Counted> by_fault(const Side& side, std::vector<std::string>& order) {
  std::map<std::string, Counted> all;
  for (const rules::Finding& finding : side.findings) {
    const std::string fault = report::fingerprint(finding);
    const auto [entry, is_new] = all.try_emplace(fault, Counted{&finding});
    entry->second.count += finding.count;
    if (is_new) order.push_back(fault);
  }
  return all;
}

Whose whose_is(const Compared& one, const Side& recorded, const Side& replayed) noexcept {
  if (one.recorded == 0) return Whose::New;
  // What the client sent is sent again, as it was recorded: copies are its doing.
  if (one.replayed > 0)
    return one.finding.direction == core::Direction::ToServer ? Whose::Clients : Whose::Servers;
  if (one.finding.fault == rules::Fault::Server || one.finding.fault == rules::Fault::Network)
    return Whose::NotProvoked;
  return has_poison(recorded) && !has_poison(replayed) ? Whose::NotProvoked : Whose::Clients;
}

std::string_view word(Whose whose) noexcept {
  switch (whose) {
    case Whose::Servers:
      return "server";
    case Whose::Clients:
      return "client";
    case Whose::NotProvoked:
      return "not provoked";
    case Whose::New:
      return "new";
  }
  return "";
}

struct Said {
  std::string_view outcome;  ///< one word
  std::string_view sentence;
  Ink ink;
};
Said say(const Compared& one) noexcept {
  switch (one.whose) {
    case Whose::Servers:
      return {"remains", "happens with a correct client too: it is the server's doing", Ink::Red};
    case Whose::Clients:
      if (one.replayed > 0)
        return {"remains",
                "the recorded client sent it, and so the replay did: it is that client's doing",
                Ink::Yellow};
      return {"gone", "does not happen with a correct client: it was the recorded client's doing",
              Ink::Green};
    case Whose::NotProvoked:
      return {"absent",
              "did not happen this time, and nor did what leads to it: nothing is proven; replay "
              "against the server in the state in which it did",
              Ink::Yellow};
    case Whose::New:
      return {"new", "was not in the recording", Ink::Red};
  }
  return {"", "", Ink::Dim};
}

using EventKey = std::tuple<std::string, std::string, core::Direction>;

}  // namespace

Comparison compare(const Side& recorded, const Side& replayed) {
  Comparison result;
  std::vector<std::string> order;
  const auto before = by_fault(recorded, order);
  const auto after = by_fault(replayed, order);
  for (const std::string& fault : order) {
    const auto old = before.find(fault), now = after.find(fault);
    const bool known = old != before.end();
    const bool seen = std::any_of(result.faults.begin(), result.faults.end(), [&](const auto& one) {
      return report::fingerprint(one.finding) == fault;
    });
    if (seen) continue;  // It stands in both.
    Compared one{.finding = known ? *old->second.finding : *now->second.finding,
                 .recorded = known ? old->second.count : 0,
                 .replayed = now != after.end() ? now->second.count : 0};
    one.whose = whose_is(one, recorded, replayed);
    result.faults.push_back(std::move(one));
  }

  std::map<EventKey, ComparedEvent> events;
  const auto event = [&](const rules::TopicCount& topic) -> ComparedEvent& {
    ComparedEvent& one = events[{topic.name.ns, topic.name.event, topic.direction}];
    one.ns = topic.name.ns;
    one.event = topic.name.event;
    one.direction = topic.direction;
    return one;
  };
  for (const rules::TopicCount& topic : recorded.tally.topics) {
    event(topic).recorded_sent = topic.sent;
    event(topic).recorded_extra = topic.extra;
  }
  for (const rules::TopicCount& topic : replayed.tally.topics) {
    event(topic).replayed_sent = topic.sent;
    event(topic).replayed_extra = topic.extra;
  }
  for (auto& [key, one] : events) result.events.push_back(std::move(one));
  return result;
}

std::string text_of(const Comparison& comparison, report::Colours colours) {
  std::ostringstream text;
  if (comparison.faults.empty())
    text << "  nothing was found in the recording, nor in its replay\n";
  for (const Compared& one : comparison.faults) {
    const Said said = say(one);
    text << "  " << paint(said.outcome, said.ink, colours)
         << std::string(9 - std::min<std::size_t>(said.outcome.size(), 8), ' ')
         << paint(one.finding.rule, Ink::Bold, colours);
    if (one.finding.event) text << " \"" << report::printable(one.finding.event->event) << '"';
    text << "  recorded " << one.recorded << ", replayed " << one.replayed << "\n           "
         << said.sentence << '\n';
  }
  if (comparison.events.empty()) return text.str();
  text << "  " << std::left << std::setw(28) << "event" << std::setw(12) << "direction"
       << std::right << std::setw(10) << "recorded" << std::setw(8) << "extra" << std::setw(10)
       << "replayed" << std::setw(8) << "extra" << '\n';
  for (const ComparedEvent& one : comparison.events)
    text << "  " << std::left << std::setw(28)
         << report::event_label({.name = {one.ns, one.event}, .direction = one.direction})
         << std::setw(12)
         << (one.direction == core::Direction::ToServer ? "to server" : "to client") << std::right
         << std::setw(10) << one.recorded_sent << std::setw(8) << one.recorded_extra
         << std::setw(10) << one.replayed_sent << std::setw(8) << one.replayed_extra << '\n';
  return text.str();
}

nlohmann::ordered_json json_of(const Comparison& comparison) {
  auto faults = nlohmann::ordered_json::array();
  for (const Compared& one : comparison.faults) {
    nlohmann::ordered_json fault{{"rule", one.finding.rule},
                                 {"fingerprint", report::fingerprint(one.finding)}};
    if (one.finding.event)
      fault["event"] = {{"nsp", one.finding.event->ns}, {"event", one.finding.event->event}};
    else
      fault["event"] = nullptr;
    fault["recorded"] = one.recorded;
    fault["replayed"] = one.replayed;
    fault["whose"] = word(one.whose);
    faults.push_back(std::move(fault));
  }
  auto events = nlohmann::ordered_json::array();
  for (const ComparedEvent& one : comparison.events)
    events.push_back(
        {{"nsp", one.ns},
         {"event", one.event},
         {"direction", one.direction == core::Direction::ToServer ? "to_server" : "to_client"},
         {"recorded", {{"sent", one.recorded_sent}, {"extra", one.recorded_extra}}},
         {"replayed", {{"sent", one.replayed_sent}, {"extra", one.replayed_extra}}}});
  return {{"type", "comparison"}, {"faults", std::move(faults)}, {"events", std::move(events)}};
}

}  // namespace proxy::replay
