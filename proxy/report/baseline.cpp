#include "proxy/report/baseline.hpp"

#include <map>
#include <nlohmann/json.hpp>

namespace proxy::report {
namespace {

using Json = nlohmann::json;

/// The text of a member; empty when it is not there or no text.
std::string text_of(const Json& record, const char* name) {
  const auto found = record.find(name);
  return found != record.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

tl::expected<Baseline, BaselineError> Baseline::read(std::istream& in) {
  using Code = BaselineError::Code;
  Baseline baseline;
  std::map<std::string, std::string> run;  // by id
  const auto end_run = [&] {
    for (auto& [id, fingerprint] : run) baseline.fingerprints_.insert(std::move(fingerprint));
    run.clear();
  };

  std::string text;
  for (std::size_t line = 1; std::getline(in, text); ++line) {
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    const Json record = Json::parse(text, nullptr, false);
    const std::string type = record.is_object() ? text_of(record, "type") : "";
    if (type.empty()) return tl::unexpected(BaselineError{Code::NoRecord, line});
    if (type == "finding") {
      std::string fingerprint = text_of(record, "fingerprint");
      if (fingerprint.empty()) return tl::unexpected(BaselineError{Code::NoFingerprint, line});
      run[text_of(record, "id")] = std::move(fingerprint);
    } else if (type == "withdrawn") {
      run.erase(text_of(record, "id"));
    } else if (type == "verdict") {
      end_run();
    }
  }
  if (in.bad()) return tl::unexpected(BaselineError{Code::Unreadable, 0});
  end_run();
  return baseline;
}

}  // namespace proxy::report
