#pragma once

#include <string>

#include "proxy/report/run.hpp"

namespace proxy::report {

/// SARIF 2.1.0, for code scanning. Traffic has no source file, and GitHub wants a location for each
/// result, so all point at one artifact with a name that never changes, `socket.io-traffic`; the
/// event stands as a logical location, and the evidence as a code flow with its times.
///
/// `partialFingerprints` hold fingerprint(): the same fault in tomorrow's run is the same alert.
/// What an `[[ignore]]` takes is suppressed, and with a baseline each result has its
/// `baselineState`. Source: SARIF 2.1.0, and GitHub's "SARIF support for code scanning".
[[nodiscard]] std::string sarif(const Run& run);

}  // namespace proxy::report
