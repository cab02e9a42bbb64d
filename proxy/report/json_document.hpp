#pragma once

#include <string>

#include "proxy/report/run.hpp"

namespace proxy::report {

/// `{"verdict":{...},"findings":[...]}`: the records of `--findings` in their last form, without
/// the withdrawn ones, and the verdict, as one document with an end of line.
[[nodiscard]] std::string json_document(const Run& run);

}  // namespace proxy::report
