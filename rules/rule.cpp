#include "rules/rule.hpp"

#include <cstdio>

#include "core/limits.hpp"

namespace rules {

using core::Direction;
using core::Instant;
using core::SessionId;
using core::session::Fact;
using core::session::Session;

Rule::Told Rule::tell(const Session& session, Instant at, Confidence confidence, Fault fault,
                      std::uint64_t aspect) {
  Told result = told({session.id, aspect}, at, confidence, fault);
  result.finding.session = ref(session);
  if (result.is_new) result.finding.client = session.client;
  return result;
}

Rule::Told Rule::tell_at_large(std::uint64_t subject, Instant at, Confidence confidence,
                               Fault fault) {
  const std::pair key{SessionId::None, subject};
  const auto begin = numbers_.lower_bound({SessionId::None, 0});
  const auto end = numbers_.upper_bound({SessionId::None, ~std::uint64_t{0}});
  if (begin != end && !numbers_.contains(key) &&
      static_cast<std::size_t>(std::distance(begin, end)) >= core::limits::kSubjectsMax)
    return told(std::prev(end)->first, at, confidence, fault);
  return told(key, at, confidence, fault);
}

Rule::Told Rule::told(std::pair<SessionId, std::uint64_t> subject, Instant at,
                      Confidence confidence, Fault fault) {
  if (loss_ == Loss::Matters && lost_events()) confidence = Confidence::Possible;
  const auto [entry, is_new] = numbers_.try_emplace(subject, 0);
  if (is_new) {
    Finding& finding = context_.book.open(description_, at);
    entry->second = finding.number;
    finding.confidence = confidence;
    finding.fault = fault;
    return {finding, true};
  }
  Finding& finding = context_.book.at(entry->second);
  ++finding.count;
  finding.last_seen = at;
  if (confidence > finding.confidence) {
    finding.confidence = confidence;
    context_.book.changed(finding.number);
  }
  context_.book.grew(finding.number, at);
  return {finding, false};
}

bool Rule::lost_events() const noexcept {
  const auto& gaps = context_.tracker.gaps();
  for (const auto reason : {core::Unobserved::RingOverflow, core::Unobserved::CaptureHole})
    if (gaps[static_cast<std::size_t>(reason)].count != 0) return true;
  return false;
}

void Rule::settle(SessionId session) {
  if (numbers_.empty()) return;
  const auto begin = numbers_.lower_bound({session, 0});
  auto end = begin;
  for (; end != numbers_.end() && end->first.first == session; ++end)
    context_.book.settle(end->second);
  numbers_.erase(begin, end);
}

void Rule::withdraw(const Session& session, std::string reason, std::uint64_t aspect) {
  const auto found = numbers_.find({session.id, aspect});
  if (found == numbers_.end()) return;
  context_.book.withdraw(found->second, std::move(reason));
  numbers_.erase(found);
}

void Rule::withdraw_at_large(std::uint64_t subject, std::string reason) {
  const auto found = numbers_.find({SessionId::None, subject});
  if (found == numbers_.end()) return;
  context_.book.withdraw(found->second, std::move(reason));
  numbers_.erase(found);
}

void Rule::add(Finding& finding, Evidence evidence) {
  if (finding.evidence.size() < core::limits::kEvidenceMax)
    finding.evidence.push_back(std::move(evidence));
}

Evidence packet_of(const Fact& fact, std::string note) {
  return {fact.at,        fact.direction, fact.session->id, What::Packet, std::string(fact.excerpt),
          fact.truncated, std::move(note)};
}

Evidence end_of(const Session& session, std::string note) {
  const bool by_client = core::session::by_client(session.cause);
  return {session.closed,
          by_client ? Direction::ToServer : Direction::ToClient,
          session.id,
          What::Close,
          {},
          false,
          std::move(note)};
}

std::string text_of(core::Duration duration) {
  using namespace std::chrono_literals;
  const double seconds = std::chrono::duration<double>(duration).count();
  char text[32];
  if (duration < 1s)
    std::snprintf(text, sizeof text, "%.0f ms", seconds * 1000);
  else
    std::snprintf(text, sizeof text, duration < 100s ? "%.1f s" : "%.0f s", seconds);
  return text;
}

}  // namespace rules
