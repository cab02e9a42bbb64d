#pragma once

#include <string>

#include "proxy/report/run.hpp"

namespace proxy::report {

/// JUnit XML: a test case for every rule there is, so that those that found nothing show as passed.
/// A case fails by its findings that meet `--fail-on`; other findings stand in its `system-out`. An
/// inconclusive verdict is an error of a case of its own, `verdict`, or a tester's page would be
/// green.
///
/// Valid XML 1.0 whatever came over the wire.
/// Source: there is no official schema; the elements and attributes are those that Jenkins, GitLab
/// and Testmo read.
[[nodiscard]] std::string junit(const Run& run);

}  // namespace proxy::report
