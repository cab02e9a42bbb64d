#include "tests/rules/play.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace transcripts {
namespace {

using core::Instant;

constexpr std::uint64_t kHashKey = 7;

core::session::ClientKeyNames names_of(const core::tap::ClientKey& key) {
  return key.per_page ? core::session::ClientKeyNames::Page : core::session::ClientKeyNames::User;
}

std::string instant(Instant at) { return std::to_string(at.time_since_epoch().count()); }

/// `leak/orphan-after-parse-error likely timing A -> B`
std::string line_of(const rules::Finding& finding) {
  std::string line(finding.rule);
  line.append(" ").append(rules::name(finding.confidence));
  if (finding.grade != rules::Grade::None) line.append(" ").append(rules::name(finding.grade));
  if (const rules::Description* const rule = rules::find_rule(finding.rule);
      rule != nullptr && rule->severity != finding.severity)
    line.append(" ").append(rules::name(finding.severity));
  if (!finding.session.engine_sid.empty()) line += " " + finding.session.engine_sid;
  if (finding.successor) line += " -> " + finding.successor->engine_sid;
  if (finding.event) line += " \"" + finding.event->event + "\"";
  if (finding.count != 1) line += " x" + std::to_string(finding.count);
  if (finding.unproven) line += " unproven";
  return line;
}

std::string whole(const rules::Finding& finding) {
  std::string text = "f-" + std::to_string(finding.number) + " " + line_of(finding) + " client " +
                     std::to_string(static_cast<std::uint32_t>(finding.client)) + " from " +
                     instant(finding.first_seen) + " to " + instant(finding.last_seen) + " " +
                     finding.summary + "\n";
  for (const rules::Evidence& evidence : finding.evidence)
    text.append("  ")
        .append(instant(evidence.at))
        .append(" s-")
        .append(std::to_string(static_cast<std::uint32_t>(evidence.session)))
        .append(" ")
        .append(rules::name(evidence.what))
        .append(" ")
        .append(evidence.packet)
        .append(" ")
        .append(evidence.note)
        .append("\n");
  return text;
}

}  // namespace

Play::Play(const Scenario& scenario)
    : scenario_(scenario),
      settings_("/socket.io/", scenario.key, kHashKey),
      analysis_({.key_names = names_of(scenario.key),
                 .handled_twice = scenario.handled_twice,
                 .upstreams = scenario.upstreams}) {
  settings_.trust = scenario.trust;
  settings_.dedupe_keys = scenario.dedupe_keys;
}

void Play::run(core::Duration tick) {
  using namespace std::chrono_literals;
  Instant clock = Instant(1s);
  const auto until = [&](Instant at) {
    for (; tick != core::Duration{} && clock + tick <= at; clock += tick) {
      analysis_.advance(clock + tick);
      take();
    }
  };
  std::size_t steps = 0;
  for (const Step& each : scenario_.steps) {
    if (steps == short_of_memory_.first || steps == short_of_memory_.second) {
      settings_.short_of_memory = steps < short_of_memory_.second;
      analysis_.set_short_of_memory(settings_.short_of_memory);
    }
    ++steps;
    until(each.at);
    step(each);
  }
  until(scenario_.end);
  analysis_.advance(scenario_.end);
  take();
  const bool suspects = analysis_.suspects();
  analysis_.finish({.at = scenario_.end, .command_ended = scenario_.command_ended});
  take();
  for (const std::string& expected : scenario_.expected)
    if ((expected == "suspects" && !suspects) || (expected == "no suspects" && suspects))
      differences_.push_back("not so: " + expected);
  compare();
}

void Play::step(const Step& step) {
  if (step.kind == Step::Kind::Check) {
    using namespace std::chrono_literals;
    analysis_.advance(step.at);
    take();
    check(step.text,
          "at " + std::to_string((step.at - Instant(1s)) / std::chrono::milliseconds(1)) + "ms: ");
    return;
  }
  if (step.kind == Step::Kind::Open) {
    const auto [tap, is_new] =
        taps_.try_emplace(step.connection, core::tap::Tap(settings_, step.connection));
    tap->second.open(step.text, step.at, events_);
    tap->second.routed(step.upstream, step.instead_of);
  } else if (step.kind == Step::Kind::Bytes) {
    std::string bytes = step.text;
    taps_.at(step.connection).receive(step.direction, bytes, step.at, events_);
  } else {
    taps_.at(step.connection).close(step.direction, step.end, step.at, events_);
  }
  observe();
}

void Play::observe() {
  if (loss_ && !events_.empty() && (*loss_)() % 8 == 0) {
    core::Event overflow{};
    overflow.at = (*events_.begin()).event.at;
    overflow.kind = core::EventKind::Unobserved;
    overflow.unobserved.reason = core::Unobserved::RingOverflow;
    overflow.unobserved.count = 1;
    events_.clear();
    analysis_.observe({overflow, {}});
  }
  for (const core::EventView event : events_) analysis_.observe(event);
  events_.clear();
  take();
}

void Play::take() {
  for (const rules::Record& record : analysis_.take_records()) {
    if (const auto* finding = std::get_if<rules::Finding>(&record)) {
      std::string text = whole(*finding);
      records_ += text;
      standing_[finding->number] = {
          line_of(*finding), std::move(text),
          "withdrawn " + std::string(finding->rule) + " " + finding->session.engine_sid};
      continue;
    }
    const auto& withdrawn = std::get<rules::Withdrawn>(record);
    records_ += "f-" + std::to_string(withdrawn.number) + " withdrawn: " + withdrawn.reason + "\n";
    const auto found = standing_.find(withdrawn.number);
    if (found == standing_.end()) {
      differences_.push_back("withdrawn, but never told: f-" + std::to_string(withdrawn.number));
      continue;
    }
    withdrawn_.push_back(found->second.withdrawn);
    standing_.erase(found);
  }
}

void Play::check(const std::string& claim, const std::string& where) {
  bool holds = false;
  if (claim == "suspects" || claim == "no suspects") {
    holds = analysis_.suspects() == (claim == "suspects");
  } else if (claim.starts_with("no ")) {
    holds = std::none_of(standing_.begin(), standing_.end(), [&](const auto& each) {
      return each.second.line.starts_with(claim.substr(3) + " ");
    });
  } else {
    holds = std::any_of(standing_.begin(), standing_.end(),
                        [&](const auto& each) { return each.second.line == claim; });
  }
  if (holds) return;
  differences_.push_back(where + "not so: " + claim);
  for (const auto& [number, told] : standing_) differences_.push_back(where + "  but " + told.line);
}

std::vector<std::string> Play::findings() const {
  std::vector<std::string> lines = withdrawn_;
  for (const auto& [number, told] : standing_) lines.push_back(told.line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

void Play::compare() {
  const rules::Tally tally = analysis_.tally();
  std::vector<std::string> real = findings();
  for (const rules::UnobservedCount& gap : tally.unobserved)
    real.push_back("unobserved " + std::string(core::unobserved_name(gap.reason)) + " " +
                   std::to_string(gap.count));
  std::vector<std::string> expected;
  const auto must = [&](const std::string& line, bool holds, const std::string& is) {
    if (!holds) differences_.push_back("expected: " + line + ", and it is " + is);
  };
  for (const std::string& line : scenario_.expected) {
    if (line == "suspects" || line == "no suspects") continue;
    if (line.starts_with("says ")) {
      if (records_.find(line.substr(5)) == std::string::npos)
        differences_.push_back("nobody " + line);
      continue;
    }
    if (line.starts_with("sessions ")) {
      must(line, line == "sessions " + std::to_string(tally.sessions),
           std::to_string(tally.sessions));
    } else if (line.starts_with("deliveries ")) {
      must(line, line == "deliveries " + std::to_string(tally.deliveries),
           std::to_string(tally.deliveries));
    } else if (line.starts_with("extra ")) {
      std::uint64_t extra = 0;
      const std::string event = line.substr(6, line.rfind(' ') - 6);
      for (const rules::TopicCount& topic : tally.topics)
        if (topic.name.event == event) extra += topic.extra;
      must(line, line == "extra " + event + " " + std::to_string(extra), std::to_string(extra));
    } else {
      expected.push_back(line);
    }
  }
  for (const rules::TopicCount& topic : tally.topics)
    if (topic.extra > topic.sent || topic.once > topic.sent)
      differences_.push_back("more copies of \"" + topic.name.event + "\" than were sent");
  std::sort(real.begin(), real.end());
  std::sort(expected.begin(), expected.end());
  std::vector<std::string> rest;
  std::set_difference(expected.begin(), expected.end(), real.begin(), real.end(),
                      std::back_inserter(rest));
  for (const std::string& line : rest) differences_.push_back("missing:    " + line);
  rest.clear();
  std::set_difference(real.begin(), real.end(), expected.begin(), expected.end(),
                      std::back_inserter(rest));
  for (const std::string& line : rest) differences_.push_back("unexpected: " + line);
}

}  // namespace transcripts
