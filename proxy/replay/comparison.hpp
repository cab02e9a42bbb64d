#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "proxy/report/paint.hpp"
#include "rules/finding.hpp"
#include "rules/verdict.hpp"

namespace proxy::replay {

/// Whose doing a fault is, as far as doing it again with a correct client can tell.
enum class Whose : std::uint8_t {
  Servers,      ///< it happens with a correct client too
  Clients,      ///< it does not, although what led to it was there again
  NotProvoked,  ///< nothing is proven: what led to it did not happen this time
  New,          ///< it happened only now
};

/// One fault, in the recording and in its replay.
struct Compared {
  rules::Finding finding;      ///< as it was recorded, or, when it is new, as it was replayed
  std::uint64_t recorded = 0;  ///< how often
  std::uint64_t replayed = 0;
  Whose whose = Whose::Servers;
};

/// One event, both times.
struct ComparedEvent {
  std::string ns, event;
  core::Direction direction;
  std::uint64_t recorded_sent = 0, recorded_extra = 0;
  std::uint64_t replayed_sent = 0, replayed_extra = 0;
};

struct Comparison {
  std::vector<Compared> faults;  ///< as recorded, in order; then what is new
  std::vector<ComparedEvent> events;
};

/// One side of it: findings that stand at the end, and how often each event was sent.
struct Side {
  std::vector<rules::Finding> findings;
  rules::Tally tally;
};

[[nodiscard]] Comparison compare(const Side& recorded, const Side& replayed);

/// For people; each fault in two lines, then the events.
[[nodiscard]] std::string text_of(const Comparison& comparison, report::Colours colours);
/// `{"type":"comparison","faults":[{"rule":...,"event":...,"recorded":1,"replayed":0,
/// "whose":"client"}],"events":[...]}`
[[nodiscard]] nlohmann::ordered_json json_of(const Comparison& comparison);

}  // namespace proxy::replay
