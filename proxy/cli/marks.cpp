#include "proxy/cli/marks.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace proxy::cli {
namespace {

std::uint64_t less(std::uint64_t all, std::uint64_t before) {
  return all > before ? all - before : 0;
}

bool is_other(const rules::TopicCount& row) { return row.name.ns.empty(); }

bool same_topic(const rules::TopicCount& one, const rules::TopicCount& two) {
  return one.direction == two.direction && one.name.ns == two.name.ns &&
         one.name.event == two.name.event;
}

void add_to(rules::TopicCount& sum, const rules::TopicCount& row) {
  sum.sent += row.sent;
  sum.extra += row.extra;
  sum.once += row.once;
}

rules::TopicCount less(const rules::TopicCount& all, const rules::TopicCount& before) {
  return {all.name, all.direction, less(all.sent, before.sent), less(all.extra, before.extra),
          less(all.once, before.once)};
}

std::vector<rules::TopicCount> topics_between(const std::vector<rules::TopicCount>& since,
                                              const std::vector<rules::TopicCount>& until) {
  const bool all_were_listed = std::none_of(since.begin(), since.end(), is_other);
  std::vector<rules::TopicCount> rows;
  rules::TopicCount other_until{{"", "other"}, core::Direction::ToClient, 0, 0, 0};
  rules::TopicCount other_since = other_until;
  for (const rules::TopicCount& row : until) {
    const auto before = std::find_if(since.begin(), since.end(), [&](const auto& one) {
      return !is_other(one) && same_topic(one, row);
    });
    if (is_other(row) || (before == since.end() && !all_were_listed)) {
      add_to(other_until, row);
      continue;
    }
    rules::TopicCount change = before == since.end() ? row : less(row, *before);
    if (change.sent > 0) rows.push_back(std::move(change));
  }
  for (const rules::TopicCount& row : since)
    if (is_other(row) || std::none_of(until.begin(), until.end(),
                                      [&](const auto& one) { return same_topic(one, row); }))
      add_to(other_since, row);
  rules::TopicCount other = less(other_until, other_since);
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& one, const auto& two) { return one.sent > two.sent; });
  if (other.sent > 0) rows.push_back(std::move(other));
  return rows;
}

}  // namespace

std::string mark_label(std::uint32_t number) { return "m-" + std::to_string(number); }

Mark Marks::origin() const {
  const std::lock_guard lock(mutex_);
  return origin_;
}

std::uint32_t Marks::add(std::string name, core::Instant at, rules::Tally tally) {
  const std::lock_guard lock(mutex_);
  if (marks_.size() >= marks_max_) marks_.pop_front();
  marks_.push_back({++given_, std::move(name), at, std::move(tally)});
  return given_;
}

tl::expected<Mark, MarkErrc> Marks::find(std::string_view label) const {
  const std::lock_guard lock(mutex_);
  std::uint32_t number = 0;
  const char* const end = label.data() + label.size();
  const bool is_label = label.starts_with("m-") && label.size() > 2 && label[2] != '0' &&
                        std::from_chars(label.data() + 2, end, number).ptr == end;
  if (!is_label || number == 0 || number > given_) return tl::unexpected(MarkErrc::Unknown);
  for (const Mark& mark : marks_)
    if (mark.number == number) return mark;
  return tl::unexpected(MarkErrc::Forgotten);
}

void Marks::reset(core::Instant at, rules::Tally tally) {
  const std::lock_guard lock(mutex_);
  marks_.clear();
  origin_ = {0, "", at, std::move(tally)};
}

std::vector<Mark> Marks::all() const {
  const std::lock_guard lock(mutex_);
  return {marks_.begin(), marks_.end()};
}

rules::Tally between(const rules::Tally& since, const rules::Tally& until) {
  rules::Tally tally;
  tally.sessions = less(until.sessions, since.sessions);
  tally.deliveries = less(until.deliveries, since.deliveries);
  for (std::size_t i = 0; i < tally.findings.size(); ++i)
    tally.findings[i] = less(until.findings[i], since.findings[i]);
  tally.unproven = less(until.unproven, since.unproven);
  tally.topics = topics_between(since.topics, until.topics);
  for (const rules::UnobservedCount& row : until.unobserved) {
    const auto before =
        std::find_if(since.unobserved.begin(), since.unobserved.end(),
                     [&](const rules::UnobservedCount& one) { return one.reason == row.reason; });
    rules::UnobservedCount change = row;
    if (before != since.unobserved.end()) {
      change.sessions = less(row.sessions, before->sessions);
      change.count = less(row.count, before->count);
      change.first.reset();  // That was earlier.
    }
    if (change.count > 0) tally.unobserved.push_back(change);
  }
  return tally;
}

core::Instant instant_of(const rules::Finding& finding) noexcept {
  return finding.session.id == core::SessionId::None ? finding.first_seen : finding.session.opened;
}

}  // namespace proxy::cli
