#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/report/acceptance.hpp"
#include "proxy/report/paint.hpp"
#include "proxy/report/redaction.hpp"
#include "proxy/report/verdict.hpp"

namespace proxy::report {

/// The verdict in one line: `clean: 12 sessions, 340 deliveries, ...`.
[[nodiscard]] std::string verdict_line(const Verdict& verdict, Colours colours);

/// The verdict for people: the result, what it rests on, the findings in short, what was delivered
/// how often, what went unobserved, and what to do about it.
[[nodiscard]] std::string verdict_text(const Verdict& verdict, std::span<const Assessed> findings,
                                       const Redaction& redaction, Colours colours);

/// What to do about a doubt. Static text.
[[nodiscard]] std::string_view advice(Doubt doubt) noexcept;
/// `news`, `news in /chat`, `(all others)`. Printable.
[[nodiscard]] std::string event_label(const rules::TopicCount& topic);
/// `engineio-version, 20 times in 1 session; first ...`
[[nodiscard]] std::string unobserved_text(const rules::UnobservedCount& row);
/// The events with those that came more often than once first, then the busiest.
[[nodiscard]] std::vector<rules::TopicCount> events_to_show(const Verdict& verdict);
/// Which side a finding blames, for people: "the client", "the wire cannot tell". Static text.
[[nodiscard]] std::string_view fault_text(rules::Fault fault) noexcept;
/// `3` to each, or `3 at most`: how often an event was sent to one session's client; empty when
/// that is not known, or the event went to the server.
[[nodiscard]] std::string each_text(const rules::TopicCount& topic);
/// Of which events the wire is clean, and where to look then; empty when there are none, or traffic
/// went by undecoded.
[[nodiscard]] std::string once_sentence(const Verdict& verdict);
/// `1 finding`, `2 findings`.
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view one, std::string_view many);

}  // namespace proxy::report
