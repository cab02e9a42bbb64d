#pragma once

#include "rules/registry.hpp"

namespace tests {

/// Rules as a registry might hold them, so that these tests do not change with the real one.
inline const rules::Description kKnown[] = {
    {"leak/one", rules::Severity::Error, "Leaks | once.", "Memory.", "Two frames.", "", "Close it.",
     "here"},
    {"leak/two", rules::Severity::Warning, "Leaks twice.", "", "", "", "", ""},
    {"duplicate/one", rules::Severity::Error, "Comes twice.", "", "", "", "", ""},
};

}  // namespace tests
