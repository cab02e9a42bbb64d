#include "rules/book.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace rules {
namespace {

using namespace std::chrono_literals;

/// A broadcast a millisecond to an orphan must not become a record a millisecond.
constexpr auto kGrowthInterval = 1s;

}  // namespace

Finding& Book::open(const Description& rule, core::Instant at) {
  Finding& finding = entries_[++opened_].finding;
  finding.number = opened_;
  finding.rule = rule.id;
  finding.severity = rule.severity;
  finding.remedy = rule.remedy;
  finding.first_seen = at;
  finding.last_seen = at;
  ++standing_[static_cast<std::size_t>(rule.severity)];
  changed(opened_);
  return finding;
}

void Book::changed(std::uint32_t number) {
  Entry& entry = entries_.at(number);
  if (std::exchange(entry.due, true)) return;
  due_records_.emplace_back(number);
}

void Book::grew(std::uint32_t number, core::Instant at) {
  if (grown_.empty()) due_ = at + kGrowthInterval;
  if (!std::exchange(entries_.at(number).grown, true)) grown_.push_back(number);
}

void Book::advance() {
  for (const std::uint32_t number : std::exchange(grown_, {})) {
    const auto entry = entries_.find(number);
    if (entry == entries_.end() || !std::exchange(entry->second.grown, false)) continue;
    changed(number);
  }
}

void Book::withdraw(std::uint32_t number, std::string reason) {
  const auto of_it = [&](const auto& record) {
    const auto* const other = std::get_if<std::uint32_t>(&record);
    return other != nullptr && *other == number;
  };
  std::erase_if(due_records_, of_it);
  std::erase(grown_, number);
  const auto entry = entries_.find(number);
  const Finding& finding = entry->second.finding;
  --standing_[static_cast<std::size_t>(finding.severity)];
  if (finding.unproven) --unproven_;
  const bool written = entry->second.written;
  entries_.erase(entry);
  if (written) due_records_.emplace_back(Withdrawn{number, std::move(reason)});
}

void Book::regrade(std::uint32_t number, Severity severity) {
  Finding& finding = entries_.at(number).finding;
  if (finding.severity == severity) return;
  --standing_[static_cast<std::size_t>(finding.severity)];
  ++standing_[static_cast<std::size_t>(severity)];
  finding.severity = severity;
  changed(number);
}

void Book::write_due() {
  for (auto& record : due_records_) {
    if (auto* const withdrawn = std::get_if<Withdrawn>(&record)) {
      written_.emplace_back(std::move(*withdrawn));
    } else {
      Entry& entry = entries_.at(std::get<std::uint32_t>(record));
      entry.written = true;
      entry.due = false;
      Finding shown = entry.finding;
      auth_names_.name_in(shown);
      written_.emplace_back(std::move(shown));
    }
  }
  due_records_.clear();
  for (const std::uint32_t number : std::exchange(settled_, {})) entries_.erase(number);
}

void Book::unproven(std::uint32_t number) {
  entries_.at(number).finding.unproven = true;
  ++unproven_;
  changed(number);
}

void Book::settle(std::uint32_t number) {
  if (std::exchange(entries_.at(number).grown, false)) changed(number);
  settled_.push_back(number);
}

SessionRef ref(const core::session::Session& session) {
  SessionRef result;
  result.id = session.id;
  result.engine_sid = session.engine_sid;
  for (const core::session::Namespace& ns : session.namespaces)
    if (!ns.socket_sid.empty()) result.sockets.push_back({ns.name, ns.socket_sid});
  result.eio = session.eio;
  result.transport = session.transport == core::TransportName::WebSocket ? "websocket" : "polling";
  result.opened = session.opened;
  return result;
}

}  // namespace rules
