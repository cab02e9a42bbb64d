#pragma once

#include "proxy/report/wall_clock.hpp"
#include "rules/finding.hpp"

namespace tests {

inline constexpr std::string_view kOrphanSid = "Zk3vQmAbCdEfGhIjAAAA";
inline constexpr std::string_view kSuccessorSid = "9fQ2aaAbCdEfGhIjAAAC";

/// Instants count from the first second of 2026.
inline const proxy::report::WallClock kClock{
    core::Instant{}, std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

[[nodiscard]] inline core::Instant at(std::chrono::milliseconds since_start) {
  return core::Instant(since_start);
}

/// An orphan as the leak rule reports it.
[[nodiscard]] inline rules::Finding orphan() {
  using namespace std::chrono_literals;
  rules::Finding finding;
  finding.number = 1;
  finding.rule = "leak/orphan-after-parse-error";
  finding.severity = rules::Severity::Error;
  finding.confidence = rules::Confidence::Certain;
  finding.client = core::ClientId{3};
  finding.grade = rules::Grade::RecoveryPid;
  finding.session = {core::SessionId{12},
                     std::string(kOrphanSid),
                     {{"/", "h2XwAbCdEfGhIjKlAAAB"}},
                     "websocket",
                     4};
  finding.successor =
      rules::SessionRef{core::SessionId{14}, std::string(kSuccessorSid), {}, "websocket", 4};
  finding.direction = core::Direction::ToClient;
  finding.first_seen = at(679ms);
  finding.last_seen = at(1281ms);
  finding.fault = rules::Fault::Client;
  finding.summary = "The client came back and left its session open.";
  finding.remedy = "Update socket.io-client to 4.8.0 or later.";
  finding.evidence = {{at(679ms), core::Direction::ToClient, core::SessionId{12},
                       rules::What::Packet, "42[null,null]", false, "invalid payload"},
                      {at(1281ms), core::Direction::ToServer, core::SessionId{12},
                       rules::What::Pong, "", false, ""}};
  return finding;
}

}  // namespace tests
