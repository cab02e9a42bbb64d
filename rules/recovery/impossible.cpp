#include "rules/recovery/impossible.hpp"

namespace rules::recovery {

using core::session::Fact;
using core::session::Namespace;

const Description Impossible::kDescription{
    .id = "recovery/impossible",
    .severity = Severity::Info,
    .summary = "A client asked to be recovered, but had received no event to be recovered from.",
    .why =
        "Offsets come with events; without one the server does not even try, so the client gets "
        "a new socket and loses its rooms and data.",
    .proof = "The CONNECT presents a recovery pid and no offset: certain.",
    .silent = "An offset is presented, or no pid.",
    .remedy =
        "Send each client one event after it connects (a greeting will do), so that it has an "
        "offset.",
    .source = "socketio/socket.io#4888, #5538, #4968; socketio/socket.io-website#464",
};

void Impossible::observe(const Fact& fact) {
  const Namespace* const ns = fact.session->find_namespace(fact.connect->ns);
  if (fact.connect->pid == 0 || fact.connect->offset != 0) return;
  const auto [finding, is_new] =
      tell(*fact.session, fact.at, Confidence::Certain, Fault::Server, fact.connect->ns);
  finding.direction = core::Direction::ToServer;
  finding.grade = fact.session->continues;
  finding.summary = "A client came back to " + (ns == nullptr ? "a namespace" : ns->name) +
                    " with its recovery pid, but without an offset: it had received no event.";
  add(finding, packet_of(fact, "pid without offset"));
}

}  // namespace rules::recovery
