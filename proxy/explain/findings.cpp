#include "proxy/explain/findings.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "proxy/report/paint.hpp"

namespace proxy::explain {
namespace {

using Json = nlohmann::json;

std::string text(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_string()) return {};
  return report::printable(found->get_ref<const std::string&>());
}

bool flag(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_boolean() && found->get<bool>();
}

std::uint64_t number(const Json& json, const char* key, std::uint64_t otherwise) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number_unsigned() ? found->get<std::uint64_t>()
                                                            : otherwise;
}

/// What is an object under that key, or nullptr.
const Json* object(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_object() ? &*found : nullptr;
}

/// The objects of the array under that key.
std::vector<const Json*> objects(const Json& json, const char* key) {
  std::vector<const Json*> all;
  const auto found = json.find(key);
  if (found == json.end() || !found->is_array()) return all;
  for (const Json& one : *found)
    if (one.is_object()) all.push_back(&one);
  return all;
}

/// `2026-01-01T00:00:00.000Z`, as report::WallClock writes it.
std::optional<Time> time(const Json& json, const char* key) {
  const std::string written = text(json, key);
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  unsigned millisecond = 0;
  if (written.size() != 24 || std::sscanf(written.c_str(), "%4d-%2u-%2uT%2u:%2u:%2u.%3uZ", &year,
                                          &month, &day, &hour, &minute, &second, &millisecond) != 7)
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + std::chrono::milliseconds(millisecond);
}

Session session_of(const Json& json) {
  Session session{.id = text(json, "id"),
                  .sid = text(json, "sid"),
                  .transport = text(json, "transport"),
                  .eio = static_cast<std::int64_t>(number(json, "eio", 0)),
                  .sockets = {}};
  for (const Json* socket : objects(json, "sockets"))
    session.sockets.push_back({text(*socket, "nsp"), text(*socket, "id")});
  return session;
}

Evidence evidence_of(const Json& json) {
  return {.at = time(json, "at"),
          .direction = text(json, "direction") == "to_server" ? core::Direction::ToServer
                                                              : core::Direction::ToClient,
          .session = text(json, "session"),
          .what = text(json, "what"),
          .packet = text(json, "packet"),
          .truncated = flag(json, "truncated"),
          .note = text(json, "note")};
}

Finding finding_of(const Json& json) {
  Finding finding;
  finding.id = normal_id(text(json, "id"));
  finding.rule = text(json, "rule");
  finding.severity = text(json, "severity");
  finding.confidence = text(json, "confidence");
  finding.unproven = flag(json, "unproven");
  if (const Json* client = object(json, "client")) finding.grade = text(*client, "grade");
  if (const Json* session = object(json, "session")) finding.session = session_of(*session);
  if (const Json* successor = object(json, "successor")) finding.successor = session_of(*successor);
  finding.count = number(json, "count", 1);
  finding.first_seen = time(json, "first_seen");
  finding.last_seen = time(json, "last_seen");
  finding.fault = text(json, "fault");
  finding.summary = text(json, "summary");
  finding.remedy = text(json, "remedy");
  for (const Json* evidence : objects(json, "evidence"))
    finding.evidence.push_back(evidence_of(*evidence));
  if (const Json* ignored = object(json, "ignored")) finding.ignored = text(*ignored, "reason");
  finding.known = text(json, "baseline") == "known";
  return finding;
}

/// Takes the records of one file, one after the other.
class Reader {
 public:
  /// False for what is no record.
  bool take(const Json& json) {
    if (!json.is_object()) return false;
    const std::string type = text(json, "type");
    if (type == "finding") return finding(finding_of(json));
    if (type == "withdrawn") {
      if (Finding* known = find(normal_id(text(json, "id"))))
        known->withdrawn = text(json, "reason");
    } else if (type == "verdict") {
      if (between_runs_) begin_run();
      reading_.verdict = text(json, "result");
      between_runs_ = true;
    }
    return !type.empty();  // One that a later version adds is none of our business.
  }

  [[nodiscard]] Reading& reading() noexcept { return reading_; }

 private:
  bool finding(Finding finding) {
    if (finding.id.empty()) return false;
    Finding* known = between_runs_ ? nullptr : find(finding.id);
    const bool is_other =
        known != nullptr && (known->rule != finding.rule ||
                             (known->last_seen && finding.first_seen > known->last_seen));
    if (between_runs_ || is_other) {
      begin_run();
      known = nullptr;
    }
    if (known != nullptr) {
      *known = std::move(finding);
      return true;
    }
    places_.emplace(finding.id, reading_.findings.size());
    reading_.findings.push_back(std::move(finding));
    return true;
  }

  void begin_run() {
    between_runs_ = false;
    reading_.findings.clear();
    places_.clear();
    reading_.verdict.clear();
    ++reading_.runs;
  }

  Finding* find(const std::string& id) {
    const auto found = places_.find(id);
    return found == places_.end() ? nullptr : &reading_.findings[found->second];
  }

  Reading reading_;
  std::unordered_map<std::string, std::size_t> places_;  ///< in the findings, by id
  bool between_runs_ = true;
};

}  // namespace

std::string normal_id(std::string_view id) {
  if (!id.starts_with("f-")) return std::string(id);
  const std::size_t digit = id.find_first_not_of('0', 2);
  return digit == std::string_view::npos ? "f-0" : "f-" + std::string(id.substr(digit));
}

Reading read_findings(std::istream& in) {
  Reader reader;
  Reading& reading = reader.reading();
  std::string line;
  for (std::size_t count = 1; std::getline(in, line); ++count) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const Json json = Json::parse(line, nullptr, false);
    if (!json.is_discarded() && reader.take(json)) continue;
    if (json.is_discarded() && in.eof()) {  // It has no end.
      reading.cut = true;
      continue;
    }
    if (reading.lines_bad++ == 0) reading.first_bad = count;
  }
  reading.unreadable = in.bad();
  return reader.reading();
}

}  // namespace proxy::explain
