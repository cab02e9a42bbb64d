#include "proxy/report/json_document.hpp"

#include <nlohmann/json.hpp>

#include "proxy/report/record_json.hpp"

namespace proxy::report {

std::string json_document(const Run& run) {
  nlohmann::ordered_json document = {{"verdict", to_json(run.verdict)},
                                     {"findings", nlohmann::ordered_json::array()}};
  for (const Told& told : run.findings)
    document["findings"].push_back(
        to_json(told.finding, told.assessment, run.clock, kHiddenAlready));
  return to_pages(document);
}

}  // namespace proxy::report
