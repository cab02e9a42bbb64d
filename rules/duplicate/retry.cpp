#include "rules/duplicate/retry.hpp"

#include <chrono>

#include "rules/memory.hpp"
#include "rules/message.hpp"

namespace rules::duplicate {
namespace {

using namespace std::chrono_literals;

/// Two calls with equal arguments in one tick are two calls. Retries wait for `ackTimeout`.
constexpr auto kSameTick = 10ms;
/// ... and what comes between them may be an upgrade, or the answer to a POST, which the next one
/// waits for.
constexpr auto kTornApart = 250ms;

core::Duration same_tick(const core::session::Session& session) noexcept {
  return session.transport == core::TransportName::Polling ? kTornApart : kSameTick;
}

std::string emitted(const EventName& name, std::uint32_t id) {
  return "\"" + name.event + "\" (ack id " + std::to_string(id) + ")";
}

}  // namespace

using core::Direction;
using core::Instant;
using core::SessionId;
using core::session::Fact;
using core::session::Grade;
using core::session::Session;

const Description Retry::kDescription{
    .id = "duplicate/retry",
    .severity = Severity::Info,
    .summary = "A client sent an event again because the first was not acknowledged.",
    .why =
        "That is what `retries` promises, at least once, so the server may handle it twice. Sent "
        "twice at once after a reconnect it is a bug of the client.",
    .proof =
        "The same event and arguments with a later ack id, while the earlier one still waits. "
        "Three times at equal distances: likely, else possible, since two equal calls look the "
        "same. Twice within 10 ms (250 over polling) in a session whose client still waited for "
        "it in its last one: error, likely.",
    .silent =
        "The earlier one had been acknowledged, or both were sent in one tick, as in the client's "
        "last session: equal calls, not retries.",
    .remedy =
        "Let the server drop what it has handled (an id in the event), or raise `ackTimeout`. "
        "Sent twice at once: upgrade socket.io-client to 4.8.2 or later.",
    .source = "Socket.IO client option `retries`; socketio/socket.io#5334, #5258",
};

void Retry::observe(const Fact& fact) {
  if (fact.direction != Direction::ToServer || fact.message->ack || fact.message->id == core::kNoId)
    return;
  Remembered* const memory = remembered(fact.session);
  constexpr auto kSide = static_cast<std::size_t>(Direction::ToServer);
  const std::uint64_t content = content_of(*fact.message);
  const ack::AckBook::Request* latest = nullptr;
  const ack::AckBook::Request* earlier = nullptr;
  const auto look = [&](ack::AckBook& book) {
    for (const auto& request : book.requests()) {
      if (!request.waits || request.topic != fact.message->topic || request.content != content)
        continue;
      if (latest == nullptr || request.at > latest->at) {
        earlier = latest;
        latest = &request;
      } else if (earlier == nullptr || request.at > earlier->at) {
        earlier = &request;
      }
    }
  };
  if (memory != nullptr && memory->acks[kSide] != nullptr) look(*memory->acks[kSide]);

  Session* const last_life = context_.tracker.find(fact.session->predecessor);
  Remembered* const lived = remembered(last_life);
  const ack::AckBook::Request* carried = nullptr;
  bool in_twos = false;  // It calls twice at once by itself.
  if (lived != nullptr && lived->acks[kSide] != nullptr) {
    const auto here = std::pair(latest, earlier);
    latest = earlier = nullptr;
    look(*lived->acks[kSide]);
    carried = latest;
    in_twos = earlier != nullptr && latest->at - earlier->at < core::Duration(kTornApart);
    std::tie(latest, earlier) = here;
  }

  if (latest == nullptr) {
    const bool exact = fact.session->continues <= Grade::AckContinuity;
    if (carried != nullptr && carried->id < fact.message->id)
      again(fact, exact ? Confidence::Likely : Confidence::Possible, carried->at, carried->id,
            last_life->id, false);
    return;
  }
  if (fact.at - latest->at < same_tick(*fact.session)) {
    if (carried != nullptr && !in_twos)
      again(fact, Confidence::Likely, latest->at, latest->id, fact.session->id, true);
    return;
  }
  const auto near = [](core::Duration one, core::Duration other) {
    return one < other + other / 3 && other < one + one / 3;
  };
  const bool rhythm = earlier != nullptr && near(fact.at - latest->at, latest->at - earlier->at);
  again(fact, rhythm ? Confidence::Likely : Confidence::Possible, latest->at, latest->id,
        fact.session->id, false);
}

void Retry::again(const Fact& fact, Confidence confidence, Instant before, std::uint32_t before_id,
                  SessionId before_session, bool at_once) {
  const auto [finding, is_new] = tell(*fact.session, fact.at, confidence, Fault::Client,
                                      fact.message->topic << 1 | (at_once ? 1U : 0U));
  if (!is_new) return;
  finding.direction = Direction::ToServer;
  finding.event = event_name(fact);
  finding.grade = before_session == fact.session->id ? Grade::None : fact.session->continues;
  finding.summary = "The client sent " + emitted(*finding.event, fact.message->id) + " " +
                    (at_once ? "twice at once, having waited for its ack in its last session."
                             : text_of(fact.at - before) + " after the same with id " +
                                   std::to_string(before_id) + ", which nobody had acknowledged.");
  if (at_once && finding.confidence == Confidence::Likely) regrade(finding, Severity::Error);
  add(finding, {before,
                Direction::ToServer,
                before_session,
                What::Packet,
                {},
                false,
                "sent first, with ack id " + std::to_string(before_id)});
  add(finding, packet_of(fact, "and again"));
}

}  // namespace rules::duplicate
