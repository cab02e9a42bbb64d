#include "rules/transport/poll_overlap.hpp"

#include "rules/exchange.hpp"

namespace rules::transport {

const Description PollOverlap::kDescription{
    .id = "transport/poll-overlap",
    .severity = Severity::Error,
    .summary = "A second poll came while the session's first was pending, and the server ended it.",
    .why =
        "A polling session has one GET and one POST under way at a time. Servers take a second one "
        "for an error and end the session, so the client reconnects.",
    .proof =
        "A GET (or POST) for a session while another of the same was unanswered, and its answer: "
        "400, or 500 of older servers, without an Engine.IO error: certain.",
    .silent =
        "The first had been aborted or answered before, the second was granted, or refused for a "
        "reason that the server named.",
    .remedy =
        "Look for what repeats requests: a proxy that retries, a client that polls twice, or a "
        "WebSocket request that became a GET on the way.",
    .source =
        "engine.io, transports/polling: \"overlap from client\"; socketio/engine.io#352, #650",
};

void PollOverlap::observe(const core::session::Fact& fact) {
  if (fact.session == nullptr || refusal_of(*fact.exchange) != Refusal::Overlap) return;
  const core::session::Session& session = *fact.session;
  const auto [finding, is_new] = tell(session, fact.at, Confidence::Certain, Fault::Unknown);
  const bool posts = fact.exchange->request.method == core::HttpMethod::Post;
  if (is_new)
    finding.summary = std::string("A session's second ") + (posts ? "POST" : "poll") +
                      " came while its first was pending, and the server refused it.";
  add(finding, request_of(fact, "while another was pending"));
  add(finding, response_of(fact, {}));
  if (!session.open) settle(session.id);
}

}  // namespace rules::transport
