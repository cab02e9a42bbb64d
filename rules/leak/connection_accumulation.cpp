#include "rules/leak/connection_accumulation.hpp"

#include <chrono>

namespace rules::leak {
namespace {

using namespace std::chrono_literals;

/// Sessions that begin closer together are one step: a page may open two at once by intent.
constexpr auto kStep = 200ms;
/// Steps without an end that make a growth, where one client is known by its key, and where all
/// that is known is address, browser, origin and query.
constexpr std::uint32_t kStepsOfKey = 5;
constexpr std::uint32_t kStepsOfLook = 10;
constexpr std::size_t kNamedMax = 12;

}  // namespace

using core::Direction;
using core::Instant;
using core::SessionId;
using core::session::ClientKeyNames;
using core::session::Fact;
using core::session::FactKind;
using core::session::Session;

const Description ConnectionAccumulation::kDescription{
    .id = "leak/connection-accumulation",
    .severity = Severity::Warning,
    .summary = "One client opens session after session, and none of them ends.",
    .why =
        "A component that connects whenever it mounts, or `forceNew` without a clean-up, leaves a "
        "connection behind each time: memory, presence and broadcasts grow with every view.",
    .proof =
        "Five sessions of one client key, begun one after the other while all before them lived "
        "on, with no packet that would explain it: likely if the key names a page, possible if "
        "it names a user, who may have that many tabs. Without a key, ten of the same address, "
        "browser, origin and query: possible, and told as info.",
    .silent =
        "One of them ended (the count begins anew), they began together (a load test), or "
        "they are successors of left sessions, which leak/orphan-after-parse-error tells.",
    .remedy =
        "Share one socket, or call socket.disconnect() in the component's clean-up "
        "(in React, return it from the effect).",
    .source =
        "socketio/socket.io#430, #2668; socketio/socket.io-client#1274; "
        "rikulo/socket.io-client-dart#337",
};

void ConnectionAccumulation::observe(const Fact& fact) {
  Session& session = *fact.session;
  if (fact.kind == FactKind::Closed) {
    const auto member = crowd_of_.find(session.id);
    if (member == crowd_of_.end()) return;
    const auto found = crowds_.find(member->second);
    crowd_of_.erase(member);
    Crowd& crowd = found->second;
    crowd.steps = 0;
    crowd.grown.clear();
    if (--crowd.live == 0) crowds_.erase(found);
    return;
  }
  if (session.connecting != fact.at || crowd_of_.contains(session.id)) return;
  // A successor takes the place of the one it left.
  const Session* const before = context_.tracker.find(session.predecessor);
  if (before != nullptr && before->open) return;
  const std::uint64_t key =
      session.client_key != 0 ? session.client_key : session.fingerprint ^ session.auth;
  Crowd& crowd = crowds_[key];
  crowd_of_.emplace(session.id, key);
  ++crowd.live;
  if (crowd.grew != Instant{} && fact.at - crowd.grew < core::Duration(kStep)) return;
  crowd.grew = fact.at;
  ++crowd.steps;
  if (crowd.grown.size() == kNamedMax) crowd.grown.erase(crowd.grown.begin());
  crowd.grown.push_back(session.id);
  judge(crowd, session, fact.at);
}

void ConnectionAccumulation::judge(Crowd& crowd, const Session& youngest, Instant at) {
  const bool keyed = youngest.client_key != 0;
  if (crowd.steps < (keyed ? kStepsOfKey : kStepsOfLook)) return;
  const bool page = keyed && context_.settings.key_names == ClientKeyNames::Page;
  const Session* about = context_.tracker.find(crowd.told);
  if (about == nullptr || !about->open || !has_told(*about)) about = &youngest;
  crowd.told = about->id;
  const auto [finding, is_new] =
      tell(*about, at, page ? Confidence::Likely : Confidence::Possible, Fault::Client);
  finding.grade = keyed ? Grade::ClientKey : Grade::Timing;
  finding.count = crowd.steps;
  finding.summary = "A client has opened " + std::to_string(crowd.steps) +
                    " sessions one after the other, and none of them has ended" +
                    (keyed ? "." : "; they may also be as many clients that look alike.");
  if (!is_new) return;
  if (!keyed) regrade(finding, Severity::Info);
  for (const SessionId id : crowd.grown)
    if (const Session* const each = context_.tracker.find(id))
      add(finding, {each->opened,
                    Direction::ToClient,
                    id,
                    What::Handshake,
                    {},
                    false,
                    "opened, and still open"});
}

}  // namespace rules::leak
