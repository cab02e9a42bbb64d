#include "rules/duplicate/fan_out_times_n.hpp"

#include <algorithm>
#include <chrono>

#include "rules/memory.hpp"
#include "rules/message.hpp"

namespace rules::duplicate {
namespace {

using namespace std::chrono_literals;

/// Copies that a server makes leave it in one tick, and a busy machine tears them apart. Over
/// polling the first wakes the poll and the rest ride on the next: 4 to 7 ms later, and many times
/// that on a busy machine. What is sent sixty times a second lies 16 ms apart.
constexpr auto kSameTick = 12ms;
constexpr auto kNextPoll = 100ms;
/// On a WebSocket, what is written in one go is no stream, even if its contents follow each other.
constexpr auto kOneGo = 2ms;
/// More in a row are a stream of its own.
constexpr std::uint32_t kCopiesMax = 16;
/// A server passes on what a client says, or answers it, within so long.
constexpr auto kReaction = 1s;
/// A run that lasted so long without another copy is over.
constexpr auto kRunOver = 150ms;
/// Topics that came in runs, at most; sessions and contents counted one by one.
constexpr std::size_t kTopicsMax = 256;
constexpr std::size_t kCountedMax = 8;
/// A busy machine tears a run in two now and then; oftener, and the number is not steady.
constexpr std::uint64_t kOddOnceIn = 8;
/// Runs within this are of one broadcast, or of one moment of the application's.
constexpr auto kMoment = 150ms;
/// So many moments, of two contents at least, are worth a word; of one content, so many.
constexpr std::uint64_t kMoments = 3;
constexpr std::uint64_t kMomentsAlike = 6;
/// So many contents, each in as many copies, are no coincidence; on one session alone, so many.
constexpr std::size_t kContents = 3;
constexpr std::size_t kContentsAlone = 5;

bool is_polling(const core::session::Session& session) noexcept {
  return session.transport == core::TransportName::Polling;
}
core::Duration window_of(const core::session::Session& session) noexcept {
  return is_polling(session) ? kNextPoll : kSameTick;
}

template <class Value>
void count(std::vector<Value>& values, const Value& value) {
  if (values.size() < kCountedMax && std::find(values.begin(), values.end(), value) == values.end())
    values.push_back(value);
}

}  // namespace

using core::Direction;
using core::Instant;
using core::session::Fact;
using core::session::FactKind;
using core::session::Session;

const Description FanOutTimesN::kDescription{
    .id = "duplicate/fan-out-times-n",
    .severity = Severity::Error,
    .summary = "Each event of a kind is sent to clients in several copies.",
    .why =
        "Every handler runs that often. Mostly each server process broadcasts what it also "
        "receives from the others, so the number of copies is that of the processes.",
    .proof =
        "Equal events in a row within 12 ms (100 ms over polling), always the same number, with "
        "at least three different contents on two sessions, or five on one: likely. With "
        "fewer contents, but again and again: possible, and told as info, since an application may "
        "mean it.",
    .silent =
        "Events of that name also come alone, their number changes, they lie further apart (a "
        "ticker, a user who repeats himself), or other contents follow without a pause (a stream "
        "that changes less often than it is told). As many equal events came from clients just "
        "before, which the server passes on or answers.",
    .remedy =
        "Emit on one process only (io.local.emit() where every process reacts to the same "
        "message), and look for an emit to two rooms that hold the same sockets.",
    .source =
        "socketio/socket.io-redis-adapter#477, #135, #124; miguelgrinberg/python-socketio#460",
};

void FanOutTimesN::observe(const Fact& fact) {
  if (fact.kind == FactKind::Closed) {
    if (Remembered* const memory = remembered(fact.session); memory != nullptr)
      conclude(*fact.session, std::exchange(memory->run, {}));
    return;
  }
  if (fact.message->ack) return;
  const std::uint64_t content = content_of(*fact.message);
  if (fact.direction == Direction::ToServer) {
    said_[next_said_] = {fact.session->id, fact.message->topic, content, fact.at};
    next_said_ = (next_said_ + 1) % said_.size();
    return;
  }
  if (fact.message->id != core::kNoId) return;
  Run& run = memory_of(*fact.session).run;
  const core::Duration pause = fact.at - run.last;
  const bool near =
      run.length != 0 && run.topic == fact.message->topic && pause <= window_of(*fact.session);
  if (near && run.content == content) {
    run.last = fact.at;
    if (++run.length == 2) suspect(fact, run);
    return;
  }
  const bool crowded = near && (is_polling(*fact.session) || pause > core::Duration(kOneGo));
  run.crowded |= crowded;
  if (run.length != 0 && !topics_.empty()) conclude(*fact.session, run);
  run.begin(fact.message->topic, content, fact.at, crowded);
}

void FanOutTimesN::suspect(const Fact& fact, const Run& run) {
  wake_me(fact.at + kRunOver, *fact.session);
  if (topics_.size() >= kTopicsMax && !topics_.contains(run.topic)) return;
  Topic& known = topics_[run.topic];
  if (!known.sessions.empty() || !known.first.packet.empty()) return;
  known.name = event_name(fact);
  known.session = ref(*fact.session);
  known.first = packet_of(fact, "sent once");
  known.first.at = run.first;
  known.second = packet_of(fact, "and again");
}

void FanOutTimesN::due(Instant at, std::uint64_t key) {
  Session* const session = session_of(key);
  Remembered* const memory = remembered(session);
  if (memory == nullptr || memory->run.length < 2) return;
  if (memory->run.last + kRunOver > at) return wake_me(memory->run.last + kRunOver, key);
  conclude(*session, std::exchange(memory->run, {}));
}

/// A run is over: what does it say of its topic?
void FanOutTimesN::conclude(const Session& session, const Run& over) {
  if (over.length == 0) return;
  const auto found = topics_.find(over.topic);
  if (found == topics_.end() || (over.length > 1 && (passed_on(over) || asked_for(session, over))))
    return;
  Topic& known = found->second;
  const bool odd = known.length != 0 && known.length != over.length;
  if (odd && ++known.odd * kOddOnceIn > known.moments) refute(over.topic, known);
  if (over.length == 1 || over.length > kCopiesMax || over.crowded || (odd && known.length != 0))
    return;
  known.length = over.length;
  if (known.moments == 0 || over.first - known.latest > core::Duration(kMoment)) ++known.moments;
  known.latest = over.first;
  known.extra += over.length - 1;
  count(known.sessions, session.id);
  count(known.contents, over.content);
  judge(over.topic, known, over.last);
}

bool FanOutTimesN::passed_on(const Run& run) const {
  const auto is_it = [&](const Said& said) {
    return said.topic == run.topic && said.content == run.content && said.at <= run.last &&
           said.at + kReaction >= run.first;
  };
  return std::count_if(said_.begin(), said_.end(), is_it) >= std::int64_t{run.length};
}

bool FanOutTimesN::asked_for(const Session& session, const Run& run) const {
  const core::Duration in_a_row = window_of(session);
  return std::any_of(said_.begin(), said_.end(), [&](const Said& first) {
    if (first.session != session.id || first.at > run.last || first.at + kReaction < run.first)
      return false;
    const auto is_again = [&](const Said& said) {
      return said.session == first.session && said.topic == first.topic &&
             said.content == first.content && said.at >= first.at && said.at <= first.at + in_a_row;
    };
    return std::count_if(said_.begin(), said_.end(), is_again) >= std::int64_t{run.length};
  });
}

void FanOutTimesN::judge(std::uint64_t topic, Topic& known, Instant at) {
  const std::size_t contents = known.contents.size();
  const bool likely =
      known.counted != 0 || contents >= (known.sessions.size() >= 2 ? kContents : kContentsAlone);
  const bool possible =
      (contents >= 2 && known.moments >= kMoments) || known.moments >= kMomentsAlike;
  if (!likely && !possible) return;
  const auto [finding, is_new] =
      tell_at_large(topic, at, likely ? Confidence::Likely : Confidence::Possible, Fault::Server);
  finding.count = known.extra;
  if (is_new) {
    finding.session = known.session;
    finding.direction = Direction::ToClient;
    finding.event = known.name;
    finding.first_seen = known.first.at;
    add(finding, known.first);
    add(finding, known.second);
  }
  finding.summary = "\"" + known.name.event + "\" is sent to each client " +
                    std::to_string(known.length) + " times in a row, every time" +
                    (likely ? "." : "; the application may mean it.");
  regrade(finding, finding.confidence == Confidence::Likely ? Severity::Error : Severity::Info);
  Copies::Count& copies = context_.copies.of(topic, Direction::ToClient);
  copies.doubtful = finding.confidence != Confidence::Likely;
  if (copies.doubtful) return;
  copies.extra += known.extra - known.counted;
  copies.doubled += (known.extra - known.counted) / (known.length - 1);
  known.counted = known.extra;
}

/// It came in another number than before, alone perhaps: what was seen so far proves nothing.
void FanOutTimesN::refute(std::uint64_t topic, Topic& known) {
  known.length = 0;
  known.moments = 0;
  known.odd = 0;
  known.sessions.clear();
  known.contents.clear();
  if (known.counted != 0) return;
  known.extra = 0;
  context_.copies.of(topic, Direction::ToClient).doubtful = false;
  withdraw_at_large(topic, "the event also comes alone, or in other numbers");
}

}  // namespace rules::duplicate
