#include "rules/duplicate/not_on_the_wire.hpp"

#include <algorithm>

namespace rules::duplicate {

using core::Direction;
using core::session::Fact;

const Description NotOnTheWire::kDescription{
    .id = "duplicate/not-on-the-wire",
    .severity = Severity::Info,
    .summary = "An event that is said to be handled twice was sent once.",
    .why = "It clears the server and the network: the second call happens in the client.",
    .proof =
        "--handled-twice names the event, and every one that was sent came exactly once: "
        "certain.",
    .silent =
        "Nobody asked about the event, it was never sent, or it did come twice, which another "
        "finding tells.",
    .remedy =
        "Look for listeners that are registered inside `connect`, by a component that mounts "
        "twice (StrictMode, hot reload), or never removed: socket.off() in the clean-up.",
    .source = "socketio/socket.io#4919, #758, #997, #2529; rikulo/socket.io-client-dart#33",
};

void NotOnTheWire::look(const Fact& fact) {
  const auto& asked = context_.settings.handled_twice;
  if (fact.direction != Direction::ToClient || fact.message->ack ||
      first_.contains(fact.message->topic))
    return;
  if (std::find(asked.begin(), asked.end(), event_name(fact).event) == asked.end()) return;
  first_.emplace(fact.message->topic, packet_of(fact, "the first one"));
}

void NotOnTheWire::finish(const Ending& ending) {
  const auto& counts = context_.topics.counts();
  for (auto& [topic, first] : first_) {
    const auto count = counts.find({topic, Direction::ToClient});
    const Copies::Count* const copied = context_.copies.find(topic, Direction::ToClient);
    if (count == counts.end() || (copied != nullptr && (copied->extra != 0 || copied->doubtful)))
      continue;
    const auto [finding, is_new] =
        tell_at_large(topic, ending.at, Confidence::Certain, Fault::Client);
    finding.event = count->second.name;
    finding.direction = Direction::ToClient;
    finding.count = count->second.sent;
    finding.first_seen = first.at;
    finding.summary =
        "\"" + finding.event->event + "\" was sent " + std::to_string(count->second.sent) +
        (count->second.sent == 1 ? " time" : " times") +
        ", exactly once each: if its handler ran twice, look for listeners registered "
        "inside `connect`.";
    add(finding, std::move(first));
  }
}

}  // namespace rules::duplicate
