#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/replay/script.hpp"
#include "proxy/cli/capture_files.hpp"
#include "proxy/cli/options.hpp"
#include "proxy/replay/comparison.hpp"
#include "rules/book.hpp"

namespace proxy::cli {

/// A capture as replay needs it: what was said, who did what, and what the rules found.
struct Recorded {
  std::vector<core::replay::RecordedSession> sessions;
  std::vector<core::replay::Script> scripts;
  replay::Side side;
  bool damaged = false;  ///< some of it could not be read, and that was said
};

/// Reads all of it.
[[nodiscard]] Recorded read_recorded(CaptureFiles& files, const JudgingOptions& options,
                                     const std::function<void(const std::string&)>& say);

/// Keeps findings as they stand, by number.
void keep_record(const rules::Record& record, std::map<std::uint32_t, rules::Finding>& findings);

}  // namespace proxy::cli
