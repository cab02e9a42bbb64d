#pragma once

#include "proxy/otlp/documents.hpp"
#include "proxy/report/acceptance.hpp"
#include "proxy/report/redaction.hpp"
#include "proxy/report/wall_clock.hpp"
#include "rules/analysis.hpp"

namespace proxy::otlp {

/// A finding as a log record, secrets hidden. Its event is `sioscope.finding`, its body the
/// summary, its severity the finding's. What others have names for stands under these:
/// `session.id` (the Engine.IO sid at fault, shortened), `socketio.transport`,
/// `messaging.destination.name` (the namespace), `messaging.destination.template` (the event's
/// name), `network.io.direction`; the rest under `sioscope.*`, as in the record of --findings,
/// each frame of the evidence one line of JSON.
///
/// A withdrawal is `sioscope.finding.withdrawn`, with the id and the reason.
[[nodiscard]] LogRecord log_record(const rules::Record& record,
                                   const report::Assessment& assessment, Time observed,
                                   const report::WallClock& clock,
                                   const report::Redaction& redaction);

}  // namespace proxy::otlp
