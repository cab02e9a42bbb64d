#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/net/balance.hpp"
#include "proxy/report/ledger.hpp"
#include "rules/analysis.hpp"
#include "rules/verdict.hpp"

namespace proxy::admin {

/// The numbers of one scrape.
struct Numbers {
  rules::Tally tally;
  rules::Analysis::Live live;
  std::map<std::string_view, report::Ledger::RuleCount> findings;
  std::uint64_t connections_active = 0;
  std::uint64_t connections_total = 0;
  std::uint64_t bytes_to_server = 0;
  std::uint64_t bytes_to_client = 0;
  std::uint64_t upstream_failures = 0;
  std::vector<net::Balance::Standing> upstreams = {};  ///< where there are several
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
};

/// Prometheus exposition text. `direction` is `upstream` (client to server) or `downstream`. No
/// label has more values than our own enums, rules and `--upstream`s: never a sid, a name from the
/// wire or a client's address.
[[nodiscard]] std::string metrics_text(const Numbers& numbers);

}  // namespace proxy::admin
