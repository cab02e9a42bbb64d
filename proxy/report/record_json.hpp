#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "proxy/report/acceptance.hpp"
#include "proxy/report/redaction.hpp"
#include "proxy/report/verdict.hpp"
#include "proxy/report/wall_clock.hpp"
#include "rules/analysis.hpp"

/// The records that other programs read: DESIGN's contract, key by key and in its order.
namespace proxy::report {

[[nodiscard]] nlohmann::ordered_json to_json(const rules::Finding& finding,
                                             const Assessment& assessment, const WallClock& clock,
                                             const Redaction& redaction);
[[nodiscard]] nlohmann::ordered_json to_json(const rules::Withdrawn& withdrawn,
                                             const Redaction& redaction);
[[nodiscard]] nlohmann::ordered_json to_json(const Verdict& verdict);

/// As one line without its end. Bytes that are no UTF-8 become U+FFFD: packets may hold any.
[[nodiscard]] std::string to_line(const nlohmann::ordered_json& record);
/// Likewise over many lines, indented for people, with an end.
[[nodiscard]] std::string to_pages(const nlohmann::ordered_json& document);

}  // namespace proxy::report
