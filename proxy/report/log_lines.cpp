#include "proxy/report/log_lines.hpp"

#include <nlohmann/json.hpp>

#include "proxy/observe/clock.hpp"
#include "proxy/report/record_json.hpp"
#include "proxy/report/verdict_text.hpp"

namespace proxy::report {
namespace {

using Json = nlohmann::ordered_json;

Json line_of(std::string time, std::string_view level, std::string_view message) {
  Json line;
  line["time"] = std::move(time);
  line["level"] = level;
  line["message"] = message;
  return line;
}

std::string_view level_of(const Verdict& verdict) noexcept {
  switch (verdict.result) {
    case Result::Clean:
      return "info";
    case Result::Inconclusive:
      return "warning";
    case Result::Findings:
      return "error";
  }
  return "error";
}

}  // namespace

std::string log_line(WallClock::Time time, std::string_view level, std::string_view message) {
  const WallClock clock(core::Instant{}, time);
  return to_line(line_of(clock.iso8601(core::Instant{}), level, message));
}

void LogLines::show(const rules::Record& record, const Assessment& assessment) {
  if (!news_.is_news(record)) return;
  Json line;
  if (const auto* const finding = std::get_if<rules::Finding>(&record)) {
    const rules::Finding safe = redaction_.finding(*finding);
    line = line_of(clock_.iso8601(observe::now()), rules::name(finding->severity), safe.summary);
    line["finding"] = to_json(*finding, assessment, clock_, redaction_);
  } else {
    const auto& withdrawn = std::get<rules::Withdrawn>(record);
    line = line_of(clock_.iso8601(observe::now()), "info",
                   "withdrawn: " + redaction_.text(withdrawn.reason, {}));
    line["finding"] = to_json(withdrawn, redaction_);
  }
  out_ << to_line(line) + "\n" << std::flush;
}

void LogLines::show(const Verdict& verdict) {
  std::string sentence = "verdict: " + verdict_line(verdict, Colours::Off);
  while (sentence.ends_with('\n')) sentence.pop_back();
  Json line = line_of(clock_.iso8601(observe::now()), level_of(verdict), sentence);
  line["verdict"] = to_json(verdict);
  out_ << to_line(line) + "\n" << std::flush;
}

}  // namespace proxy::report
