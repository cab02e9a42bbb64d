#include "rules/transport/idle_cut.hpp"

#include <algorithm>
#include <chrono>

#include "core/limits.hpp"

namespace rules::transport {

using core::Duration;
using core::Instant;
using core::session::CloseCause;
using core::session::Fact;
using core::session::FactKind;
using core::session::Session;
using namespace std::chrono_literals;

const Description IdleCut::kDescription{
    .id = "transport/idle-cut",
    .severity = Severity::Warning,
    .summary = "Connections end without a word, all at the same age or after the same quiet time.",
    .why =
        "A proxy or load balancer between clients and server has a time-out shorter than the "
        "heartbeat: every connection is cut at it, events are lost, and clients reconnect for "
        "ever.",
    .proof =
        "At least three ends without a Close, and four in five of the last 16, at an equal age (of "
        "20 s or more) or equal quiet time (10 s or more), give or take 2 %, at different times: "
        "likely when most of these clients came back at once, else possible.",
    .silent =
        "The ages differ, the ends came together (a restart), somebody said that he was closing, "
        "or "
        "the server gave up.",
    .remedy =
        "Raise the time-out on the way (nginx proxy_read_timeout, Apache ProxyTimeout, the load "
        "balancer's idle time-out) over pingInterval, or shorten pingInterval below it.",
    .source = "socket.io, \"Behind a reverse proxy\"; nginx proxy_read_timeout, 60 s",
};

namespace {

constexpr std::size_t kKept = 16;
constexpr std::size_t kLeast = 3;
constexpr Duration kLeastAge = 20s;
constexpr Duration kLeastQuiet = 10s;
/// Ends within so short a time are one event.
constexpr Duration kOneEvent = 500ms;

}  // namespace

void IdleCut::observe(const Fact& fact) {
  if (fact.kind == FactKind::Opened) return came_back(*fact.session);
  const Session& session = *fact.session;
  const bool wordless =
      session.cause == CloseCause::ClientGone || session.cause == CloseCause::ServerGone;
  if (!wordless || session.said_goodbye() || session.given_up(fact.at)) return;
  cut(session);
  judge(fact.at);
}

void IdleCut::cut(const Session& session) {
  const Instant latest =
      std::max({session.opened, session.heartbeat.heard_at, session.heartbeat.told_at});
  cuts_.push_back({session.id, session.fingerprint, session.closed, session.closed - session.opened,
                   session.closed - latest, session.cause == CloseCause::ServerGone});
  if (cuts_.size() > kKept) cuts_.pop_front();
}

void IdleCut::came_back(const Session& newcomer) {
  for (Cut& cut : cuts_) {
    if (cut.came_back || cut.fingerprint != newcomer.fingerprint || newcomer.requested < cut.at ||
        newcomer.requested > cut.at + core::limits::kBackOffWindow)
      continue;
    cut.came_back = true;
    return judge(newcomer.opened);
  }
}

void IdleCut::judge(Instant at) {
  // Where nothing was said at all, both agree; the quiet time is what such timers look at.
  if (const std::size_t quiet = alike(&Cut::quiet, kLeastQuiet); quiet != 0)
    return tell_cuts(at, &Cut::quiet, quiet);
  if (const std::size_t age = alike(&Cut::age, kLeastAge); age != 0) tell_cuts(at, &Cut::age, age);
}

std::size_t IdleCut::alike(Span span, Duration least) const {
  const Duration latest = cuts_.back().*span;
  if (latest < least) return 0;
  std::size_t count = 0;
  std::size_t events = 0;
  Instant event{};
  for (const Cut& cut : cuts_) {
    if (std::chrono::abs(cut.*span - latest) > latest / 50) continue;
    ++count;
    if (events == 0 || cut.at >= event + kOneEvent) {
      ++events;
      event = cut.at;
    }
  }
  return events >= kLeast && count * 5 >= cuts_.size() * 4 ? count : 0;
}

void IdleCut::tell_cuts(Instant at, Span span, std::size_t count) {
  const auto back = static_cast<std::size_t>(
      std::count_if(cuts_.begin(), cuts_.end(), [](const Cut& cut) { return cut.came_back; }));
  const Cut& latest = cuts_.back();
  const bool quiet = span == &Cut::quiet;
  const bool told = latest.at != at;  // Somebody came back: nothing was cut anew.
  const auto [finding, is_new] =
      tell_at_large(quiet ? 1 : 2, at, back * 2 > count ? Confidence::Likely : Confidence::Possible,
                    Fault::Network);
  if (is_new) {
    finding.count = count;
    finding.first_seen = cuts_.front().at;
    finding.summary =
        "Connections end without a word, always " + text_of(latest.*span) +
        (quiet ? " after the last packet" : " after they began") + ": a timer cuts them, " +
        (latest.by_server ? "between sioscope and the server." : "between clients and sioscope.");
    for (const Cut& cut : cuts_)
      add(finding, {cut.at,
                    cut.by_server ? core::Direction::ToClient : core::Direction::ToServer,
                    cut.session,
                    What::Abort,
                    {},
                    false,
                    "cut at an age of " + text_of(cut.age) + ", after " + text_of(cut.quiet) +
                        " without a packet"});
  } else if (told) {
    --finding.count;
  }
}

}  // namespace rules::transport
