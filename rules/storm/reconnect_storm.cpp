#include "rules/storm/reconnect_storm.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include "core/limits.hpp"

namespace rules::storm {

using core::Instant;
using core::session::CloseCause;
using core::session::Fact;
using core::session::FactKind;
using core::session::Session;
using namespace std::chrono_literals;

const Description ReconnectStorm::kDescription{
    .id = "storm/reconnect-storm",
    .severity = Severity::Warning,
    .summary = "Many sessions were lost at once, and their clients all came back in one instant.",
    .why =
        "Without jitter the whole crowd hits the server together, which may lose it again: each "
        "restart becomes a load peak.",
    .proof =
        "At least 10 sessions that the server ended within 1 s, and at least four in five as many "
        "handshakes within 250 ms soon after: possible, and likely from 50 sessions on. Stock "
        "clients spread their first try over 1 s.",
    .silent = "The handshakes are spread, or fewer came back.",
    .remedy =
        "Give the reconnection delay a random part (JavaScript: randomizationFactor 0.5; at the "
        "cap of reconnectionDelayMax it has none), and restart servers one by one.",
    .source = "socket.io-client, contrib/backo2.ts; socketio/socket.io#2998",
};

namespace {

constexpr auto kLossWindow = 1s;
constexpr auto kReturnWindow = 250ms;
constexpr std::size_t kLeast = 10;
constexpr std::size_t kMany = 50;
/// What is remembered at most of one window; a larger storm is one all the same.
constexpr std::size_t kCountedMax = core::limits::kClosedSessionsMax;

}  // namespace

void ReconnectStorm::observe(const Fact& fact) {
  if (fact.kind == FactKind::Answered) {
    // A preflight and a retry over another connection are asked by the same client.
    if (lost_ != 0 && fact.exchange->asks_new) asked(fact.exchange->asked, fact.at);
    return;
  }
  const Session& session = *fact.session;
  const bool by_server =
      session.cause == CloseCause::ServerClose || session.cause == CloseCause::ServerGone;
  if (by_server && !session.given_up(fact.at)) lost(fact.at);
}

void ReconnectStorm::lost(Instant at) {
  losses_.push_back(at);
  while (losses_.front() + kLossWindow < at || losses_.size() > kCountedMax) losses_.pop_front();
  if (losses_.size() < kLeast) return;
  if (lost_ == 0 || losses_.front() > ended_ + kLossWindow) {  // Another one begins.
    lost_ = most_ = 0;
    began_ = losses_.front();
    requests_.clear();
  }
  lost_ = std::max(lost_, losses_.size());
  ended_ = at;
}

void ReconnectStorm::asked(Instant at, Instant now) {
  if (now > ended_ + 2 * core::limits::kBackOffWindow) {
    lost_ = 0;
    requests_.clear();
    return;
  }
  if (at < began_) return;
  // Answers do not come in the order of their requests.
  requests_.insert(std::upper_bound(requests_.begin(), requests_.end(), at), at);
  while (requests_.front() + kReturnWindow < requests_.back() || requests_.size() > kCountedMax)
    requests_.pop_front();
  if (requests_.size() * 5 < lost_ * 4 || requests_.size() <= most_) return;
  most_ = requests_.size();
  const auto [finding, is_new] =
      tell_at_large(static_cast<std::uint64_t>(began_.time_since_epoch().count()), now,
                    lost_ >= kMany ? Confidence::Likely : Confidence::Possible, Fault::Client);
  const core::Duration spread = requests_.back() - requests_.front();
  finding.count = most_;
  finding.first_seen = began_;
  finding.summary = std::to_string(lost_) + " sessions were lost within " +
                    text_of(ended_ - began_) + ", and " + std::to_string(most_) +
                    " handshakes came within " + text_of(spread) + " of each other, " +
                    text_of(requests_.front() - ended_) + " later: there is no jitter.";
  if (!is_new) return;
  add(finding, {began_,
                core::Direction::ToClient,
                core::SessionId::None,
                What::Close,
                {},
                false,
                "the server begins to lose sessions"});
  add(finding, {requests_.front(),
                core::Direction::ToServer,
                core::SessionId::None,
                What::Request,
                {},
                false,
                "their clients begin to come back"});
}

}  // namespace rules::storm
