#include "rules/duplicate/reply_amplification.hpp"

#include <chrono>

#include "rules/memory.hpp"
#include "rules/message.hpp"

namespace rules::duplicate {

using core::Instant;

namespace {

using namespace std::chrono_literals;

/// Listeners of one event run in one tick, and a busy machine tears apart what they send; over
/// polling the first goes at once and the rest when that was answered.
constexpr auto kSameTick = 100ms;
constexpr auto kNextPost = 500ms;
/// What comes later is no answer, as far as anybody can tell.
constexpr auto kAnswerWindow = 1s;
/// Sessions of one client that are looked back upon.
constexpr int kLivesMax = 8;

/// An event to the client: what it sends from now on may be its answer.
void await(Echoes& echoes, std::uint64_t topic, Instant at) {
  auto& [latest, before, oldest] = echoes.unanswered;
  if (at - echoes.trigger_at > core::Duration(kAnswerWindow)) latest = before = 0;
  oldest = before;
  before = latest;
  latest = std::exchange(echoes.trigger, topic);
  echoes.trigger_at = at;
  echoes.asked_again = latest == topic || before == topic || oldest == topic;
}

EchoPairs::Pair* find(Echoes& echoes, std::uint64_t trigger, std::uint64_t reply) {
  if (echoes.pairs == nullptr) return nullptr;
  for (EchoPairs::Pair& pair : echoes.pairs->pairs)
    if (pair.times != 0 && pair.trigger == trigger && pair.reply == reply) return &pair;
  return nullptr;
}

}  // namespace

using core::Direction;
using core::session::Fact;
using core::session::FactKind;
using core::session::Session;

const Description ReplyAmplification::kDescription{
    .id = "duplicate/reply-amplification",
    .severity = Severity::Warning,
    .summary = "A client answers one event several times, once more after each reconnect.",
    .why =
        "Its listener is registered inside `connect`, so every reconnect adds one: each event is "
        "handled, and answered, as often as the client has connected.",
    .proof =
        "One event to the client, then k equal events from it within 100 ms (over polling 500 ms); "
        "and in the "
        "client's sessions before, k was less by as many as there were reconnects between. Over "
        "three sessions, or seen at least twice in each of two: likely; else possible.",
    .silent =
        "k does not change with the sessions, or changes within one: the application sends "
        "that many. The event came several times before its client spoke: each may have its "
        "answer.",
    .remedy =
        "Register listeners once, outside `connect` (or call socket.off() first); in React, "
        "return a clean-up from the effect.",
    .source = "socketio/socket.io#4919; Socket.IO, \"Duplicate events\" in \"Listening to events\"",
};

void ReplyAmplification::observe(const Fact& fact) {
  Session& session = *fact.session;
  if (fact.kind == FactKind::Closed) {
    if (Remembered* const memory = remembered(&session); memory != nullptr)
      conclude(session, memory->echoes, fact.at);
    return;
  }
  if (fact.message->ack) return;
  Echoes& echoes = memory_of(session).echoes;
  if (fact.direction == Direction::ToClient) {
    if (echoes.echoes[0].times != 0) conclude(session, echoes, fact.at);
    await(echoes, fact.message->topic, fact.at);
    return;
  }
  if (echoes.trigger == 0 || fact.at - echoes.trigger_at > core::Duration(kAnswerWindow)) return;
  const std::uint64_t content = content_of(*fact.message);
  for (Echoes::Echo& echo : echoes.echoes) {
    if (echo.times == 0) {
      return echo.begin(fact.message->topic, content, fact.at);
    }
    if (echo.topic != fact.message->topic || echo.content != content) continue;
    const bool polling = session.transport == core::TransportName::Polling;
    if (fact.at - echo.first > core::Duration(polling ? kNextPost : kSameTick)) return;
    ++echo.times;
    echo.last = fact.at;
    if (echo.times == 2) made(echoes.pairs).reply_packet = fact.excerpt;
    return;
  }
}

/// The next event comes, or none will: what was the echo of the last one?
void ReplyAmplification::conclude(Session& session, Echoes& echoes, Instant at) {
  echoes.unanswered = {};
  for (Echoes::Echo& each : echoes.echoes) {
    if (each.times == 0) continue;
    const Echoes::Echo echo = std::exchange(each, {});
    if (echoes.asked_again) continue;
    EchoPairs::Pair* pair = find(echoes, echoes.trigger, echo.topic);
    if (pair == nullptr) {
      EchoPairs& known = made(echoes.pairs);
      pair = &known.pairs[known.next];
      known.next = (known.next + 1) % known.pairs.size();
      *pair = {};
      pair->trigger = echoes.trigger;
      pair->reply = echo.topic;
      pair->times = echo.times;
    }
    pair->steady &= pair->times == echo.times;
    ++pair->seen;
    pair->trigger_at = echoes.trigger_at;
    pair->reply_at = echo.last;
    if (echo.times >= 2) judge(session, *pair, at);
  }
  echoes.trigger = 0;
}

void ReplyAmplification::judge(Session& session, EchoPairs::Pair& pair, Instant at) {
  if (!pair.steady) return;
  // Back through the lives of this client: how often did it answer there?
  int lives = 1;
  std::uint32_t least = pair.times;
  bool twice_each = pair.seen >= 2;
  const Session* life = &session;
  for (int looked = 0; looked < kLivesMax; ++looked) {
    life = context_.tracker.find(life->predecessor);
    Remembered* const lived = remembered(life);
    if (life == nullptr) break;
    const EchoPairs::Pair* const before =
        lived == nullptr ? nullptr : find(lived->echoes, pair.trigger, pair.reply);
    if (before == nullptr) continue;
    const auto reconnects = static_cast<std::uint32_t>(session.life - life->life);
    if (!before->steady || before->times + reconnects != pair.times) return;
    ++lives;
    least = before->times;
    twice_each &= before->seen >= 2;
  }
  if (lives < 2) return;
  const Confidence confidence =
      lives >= 3 || twice_each ? Confidence::Likely : Confidence::Possible;
  const auto [finding, is_new] =
      tell(session, at, confidence, Fault::Client, pair.trigger ^ (pair.reply << 1));
  const std::uint64_t extra = std::uint64_t{pair.times - 1} * (is_new ? pair.seen : 1);
  finding.count = is_new ? extra : finding.count - 1 + extra;
  Copies::Count& copies = context_.copies.of(pair.reply, Direction::ToServer);
  copies.extra += extra;
  copies.doubled += is_new ? pair.seen : 1;
  if (!is_new) return;
  const EventName trigger = context_.topics.name_of(pair.trigger, Direction::ToClient);
  finding.event = context_.topics.name_of(pair.reply, Direction::ToServer);
  finding.direction = Direction::ToServer;
  finding.grade = session.continues;
  finding.summary = "The client answers each \"" + trigger.event + "\" with \"" +
                    finding.event->event + "\" " + std::to_string(pair.times) + " times; it was " +
                    std::to_string(least) +
                    " in an earlier session, and has grown by one with "
                    "each reconnect: register listeners outside `connect`.";
  add(finding, {pair.trigger_at,
                Direction::ToClient,
                session.id,
                What::Packet,
                {},
                false,
                "\"" + trigger.event + "\" is sent once"});
  add(finding, {pair.reply_at, Direction::ToServer, session.id, What::Packet,
                remembered(&session)->echoes.pairs->reply_packet, false,
                "the same answer for the " + std::to_string(pair.times) + ". time"});
}

}  // namespace rules::duplicate
