#include "rules/protocol/wrong_namespace.hpp"

#include <chrono>

#include "core/limits.hpp"

namespace rules::protocol {

using core::Direction;
using core::session::Fact;
using core::session::Namespace;

const Description WrongNamespace::kDescription{
    .id = "protocol/wrong-namespace",
    .severity = Severity::Warning,
    .summary = "A client sent an event in a namespace that it had not joined.",
    .why =
        "Servers take it for an invalid state and close the whole connection, of every namespace.",
    .proof =
        "An EVENT or ACK to the server for a namespace that was never granted in this session: "
        "certain.",
    .silent =
        "The namespace was left, or refused, and the packet may have been on its way; Engine.IO "
        "3; part of the session went by undecoded.",
    .remedy =
        "Wait for `connect` of that namespace before emitting in it; stock clients do, but send an "
        "answer at once: keep no callback of an acknowledgement across a reconnect.",
    .source = "Socket.IO protocol v5; socket.io, lib/client.ts, \"invalid state\"",
};

void WrongNamespace::observe(const Fact& fact) {
  if (fact.direction != Direction::ToServer) return;
  const Namespace* const ns = fact.session->find_namespace(fact.message->ns);
  if (ns != nullptr && (ns->connected || ns->left || !ns->socket_sid.empty())) return;
  if (fact.session->eio == 3 || fact.session->gaps != 0 ||
      fact.session->namespaces.size() >= core::limits::kNamespacesMax)
    return;
  const auto [finding, is_new] =
      tell(*fact.session, fact.at, Confidence::Certain, Fault::Client, fact.message->ns);
  add(finding, packet_of(fact, ns == nullptr ? "nobody asked for this namespace"
                                             : "asked for, and not granted yet"));
  if (!is_new) return;
  finding.direction = Direction::ToServer;
  if (!fact.message->ack) finding.event = event_name(fact);
  finding.summary = "The client sent a packet in a namespace that it had not joined.";
}

}  // namespace rules::protocol
