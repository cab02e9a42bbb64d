#include "rules/duplicate/buffered_flush.hpp"

#include <chrono>

#include "rules/memory.hpp"
#include "rules/message.hpp"

namespace rules::duplicate {
namespace {

using namespace std::chrono_literals;

/// Clients empty their buffer in the tick in which they are connected again.
constexpr auto kOneTick = 25ms;
/// ... all of it in one go.
constexpr auto kPause = 5ms;
/// A few events on each connect are the application's own: it joins its rooms again.
constexpr std::uint32_t kEventsMin = 5;
/// So many mean that nobody bounds the buffer.
constexpr std::uint32_t kEventsMany = 100;

}  // namespace

using core::Direction;
using core::session::Fact;
using core::session::FactKind;

const Description BufferedFlush::kDescription{
    .id = "duplicate/buffered-flush",
    .severity = Severity::Info,
    .summary = "A client came back and sent what it had emitted while it was away, all at once.",
    .why =
        "Events emitted offline are buffered and sent on reconnect, whether or not they still "
        "make sense; what the application emitted again in the meantime comes twice.",
    .proof =
        "At least five events without a pause within 25 ms (and a round trip) of the CONNECT that "
        "was granted "
        "to a client that had been here before: possible, since timing alone tells a buffer "
        "from an application that catches up. More than a hundred: warning. `count` is how many "
        "equal the one before them.",
    .silent = "The client's first session, or fewer events.",
    .remedy =
        "Emit what is only of the moment with socket.volatile.emit(), or check "
        "socket.connected before; or use acknowledgements and send again by yourself.",
    .source =
        "Socket.IO, \"Offline behavior\"; socketio/socket.io#2998; "
        "socketio/socket.io-client#1279; socketio/socket.io-client-java#519",
};

/// Of a client that had been here before.
void BufferedFlush::look(const Fact& fact) {
  if (fact.kind == FactKind::Connected) {
    memory_of(*fact.session).flush = {.until = fact.at + kOneTick + fact.session->round_trip()};
    return;
  }
  if (fact.direction != Direction::ToServer || fact.message->ack) return;
  Remembered* const memory = remembered(fact.session);
  if (memory == nullptr || fact.at > memory->flush.until) return;
  Flush& flush = memory->flush;
  if (flush.events != 0 && fact.at - flush.latest > core::Duration(kPause)) {
    flush.until = {};  // A program that does one thing after the other.
    return;
  }
  flush.latest = fact.at;
  const std::uint64_t content = content_of(*fact.message);
  if (flush.events != 0 && flush.topic == fact.message->topic && flush.content == content)
    ++flush.copies;
  flush.topic = fact.message->topic;
  flush.content = content;
  if (++flush.events < kEventsMin) return;

  const auto [finding, is_new] = tell(*fact.session, fact.at, Confidence::Possible, Fault::Client);
  finding.count = std::max<std::uint64_t>(1, flush.copies);
  finding.direction = Direction::ToServer;
  finding.grade = fact.session->continues;
  finding.summary =
      "The client came back and sent " + std::to_string(flush.events) +
      " events at once, as if buffered while it was away" +
      (flush.copies == 0 ? "."
                         : "; " + std::to_string(flush.copies) + " of them equal the one before.");
  if (flush.events == kEventsMany) regrade(finding, Severity::Warning);
  add(finding, packet_of(fact, "among what came at once"));
}

}  // namespace rules::duplicate
