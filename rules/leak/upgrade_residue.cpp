#include "rules/leak/upgrade_residue.hpp"

#include <chrono>

namespace rules::leak {

using core::Direction;
using core::session::Fact;
using core::session::Session;
using core::session::UpgradeState;
using namespace std::chrono_literals;

const Description UpgradeResidue::kDescription{
    .id = "leak/upgrade-residue",
    .severity = Severity::Warning,
    .summary =
        "An upgrade left a connection behind: a probe nobody finished, or a poll nobody ended.",
    .why =
        "The session has two connections where it needs one. The second one costs what a "
        "connection costs, for as long as the session lives.",
    .proof =
        "`2probe`, and 11 s later (upgradeTimeout is 10 s) neither `5` nor the end of that "
        "connection; or `5`, and 11 s later a poll of the session is still unanswered: certain.",
    .silent = "The probe was finished, given up or cut; the session ended.",
    .remedy =
        "Update the server: stock ones end a probe after upgradeTimeout, and the poll with a noop. "
        "Of a client of your own, close the probe's WebSocket when the session ends up elsewhere.",
    .source = "Engine.IO protocol v4, \"Upgrade\"; mrniko/netty-socketio#327",
};

namespace {

/// Stock servers' upgradeTimeout, and a second for the way.
constexpr auto kPatience = 11s;

}  // namespace

void UpgradeResidue::observe(const Fact& fact) { wake_me(fact.at + kPatience, *fact.session); }

void UpgradeResidue::due(core::Instant at, std::uint64_t key) {
  const Session* const session = session_of(key);
  if (session == nullptr || !session->open || has_told(*session)) return;
  const bool probing =
      session->upgrade == UpgradeState::Probing || session->upgrade == UpgradeState::Probed;
  const bool pending = session->upgrade == UpgradeState::Upgraded && session->poll_gets != 0;
  // A poll that began less long ago is another alarm's, if anybody's.
  if (!probing && !(pending && session->last_request + kPatience <= at)) return;
  const bool answered = session->upgrade == UpgradeState::Probed;
  const auto [finding, is_new] =
      tell(*session, at, Confidence::Certain, answered ? Fault::Client : Fault::Server);
  finding.first_seen = at - kPatience;
  finding.summary =
      pending ? "A session moved to its WebSocket, and " + text_of(kPatience) +
                    " later one of its polls is still pending."
              : "A probe is still open " + text_of(kPatience) + " after it began: " +
                    (answered ? "the client never finished it." : "the server never answered it.");
  if (pending) {
    add(finding, {at - kPatience, Direction::ToServer, session->id, What::Packet, "5", false,
                  "the session goes on over its WebSocket"});
    add(finding, {session->last_request,
                  Direction::ToServer,
                  session->id,
                  What::Request,
                  {},
                  false,
                  "a poll that was never answered"});
  } else {
    add(finding, {at - kPatience, Direction::ToServer, session->id, What::Packet, "2probe", false,
                  answered ? "answered with 3probe" : "never answered"});
  }
  add(finding, {at,
                pending || !answered ? Direction::ToClient : Direction::ToServer,
                session->id,
                What::Silence,
                {},
                false,
                pending ? "nothing ended it" : "no upgrade, and the connection is open"});
}

}  // namespace rules::leak
