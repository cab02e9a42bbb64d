#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "proxy/net/balance.hpp"
#include "proxy/report/ledger.hpp"
#include "rules/analysis.hpp"
#include "rules/traffic.hpp"
#include "rules/verdict.hpp"

namespace proxy::admin {

/// Everything that is counted, at one moment: what a scrape shows, and what is pushed as OTLP.
struct Numbers {
  rules::Tally tally;
  rules::Analysis::Live live;
  rules::Traffic traffic;
  std::map<std::string_view, report::Ledger::RuleCount> findings;
  std::uint64_t connections_active = 0;
  std::uint64_t connections_total = 0;
  std::uint64_t bytes_to_server = 0;
  std::uint64_t bytes_to_client = 0;
  std::uint64_t upstream_failures = 0;
  std::vector<net::Balance::Standing> upstreams = {};  ///< where there are several
  std::uint64_t accept_pauses = 0;                     ///< times that descriptors or memory ran out
  std::uint64_t stalls = 0;  ///< reads that their receiver did not take whole
  std::uint64_t pending_bytes_peak = 0;
  std::uint64_t full = 0;      ///< times that --max-connections was reached
  std::uint64_t timeouts = 0;  ///< connections ended by --header-timeout or --idle-timeout
  std::optional<std::uint64_t> resident_bytes = {};
  bool memory_is_short = false;  ///< past --memory-max: new sessions go unobserved
  /// Of `--capture`; nothing: there is none.
  struct Recorded {
    std::uint64_t written, lost_in_ring, lost_on_disk;
  };
  std::optional<Recorded> recorded = {};
  /// TLS handshakes of one side; nothing: it speaks plain.
  struct Handshakes {
    std::uint64_t full, resumed, failed;
  };
  std::optional<Handshakes> client_handshakes = {};
  std::optional<Handshakes> upstream_handshakes = {};
  /// Of OTLP, one signal each; empty: nothing is exported.
  struct Exported {
    std::string_view signal;  ///< `metrics`, `logs`
    std::uint64_t sent;       ///< requests that the collector took
    std::uint64_t failed;     ///< requests that it did not take
    std::uint64_t dropped;    ///< records that will never arrive there
  };
  std::vector<Exported> exported = {};
};

}  // namespace proxy::admin
