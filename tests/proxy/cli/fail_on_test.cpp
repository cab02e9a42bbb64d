#include "proxy/cli/fail_on.hpp"

#include <doctest/doctest.h>

#include "tests/proxy/cli/known_rules.hpp"

using proxy::cli::FailOnError;
using proxy::cli::Gate;
using rules::Confidence;
using rules::Severity;
using tests::kKnown;

namespace {

tl::expected<Gate, FailOnError> parse(std::vector<std::string> values) {
  return proxy::cli::parse_fail_on(values, kKnown);
}

}  // namespace

TEST_CASE("gate: by default an error that is at least likely fails the build") {
  const Gate gate = *parse({});
  CHECK(gate.met_by("leak/one", Severity::Error, Confidence::Likely));
  CHECK(gate.met_by("leak/one", Severity::Error, Confidence::Certain));
  CHECK_FALSE(gate.met_by("leak/one", Severity::Error, Confidence::Possible));
  CHECK_FALSE(gate.met_by("leak/one", Severity::Warning, Confidence::Certain));
}

TEST_CASE("gate: a severity takes what is at or above it") {
  const Gate gate = *parse({"warning"});
  CHECK(gate.met_by("leak/two", Severity::Warning, Confidence::Likely));
  CHECK(gate.met_by("leak/one", Severity::Error, Confidence::Likely));
  CHECK_FALSE(gate.met_by("leak/one", Severity::Info, Confidence::Certain));
}

TEST_CASE("gate: a group takes its rules whatever their severity, a rule only itself") {
  const Gate group = *parse({"leak"});
  CHECK(group.met_by("leak/two", Severity::Info, Confidence::Likely));
  CHECK_FALSE(group.met_by("duplicate/one", Severity::Error, Confidence::Certain));
  const Gate rule = *parse({"leak/two"});
  CHECK(rule.met_by("leak/two", Severity::Warning, Confidence::Likely));
  CHECK_FALSE(rule.met_by("leak/one", Severity::Error, Confidence::Certain));
}

TEST_CASE("gate: a confidence behind the colon moves the bar") {
  CHECK(parse({"leak:possible"})->met_by("leak/one", Severity::Error, Confidence::Possible));
  CHECK_FALSE(parse({"leak:certain"})->met_by("leak/one", Severity::Error, Confidence::Likely));
  CHECK(parse({"leak/one:certain"})->met_by("leak/one", Severity::Error, Confidence::Certain));
}

TEST_CASE("gate: several values add up, and replace the default") {
  const Gate gate = *parse({"leak:certain", "duplicate:possible"});
  CHECK(gate.met_by("duplicate/one", Severity::Error, Confidence::Possible));
  CHECK(gate.met_by("leak/one", Severity::Error, Confidence::Certain));
  CHECK_FALSE(gate.met_by("leak/one", Severity::Error, Confidence::Likely));
}

TEST_CASE("gate: never lets everything pass, and stands alone") {
  CHECK_FALSE(parse({"never"})->met_by("leak/one", Severity::Error, Confidence::Certain));
  CHECK(parse({"never"})->never());
  CHECK(parse({"never", "leak"}).error().code == FailOnError::Code::NeverAndMore);
  CHECK(parse({"leak", "never"}).error().code == FailOnError::Code::NeverAndMore);
}

TEST_CASE("gate: unknown names and confidences are refused, with the part that is wrong") {
  for (const char* text : {"leek", "", "leak/three", "ERROR", "leak/", "/one", "one"})
    CHECK_MESSAGE(parse({text}).error().code == FailOnError::Code::UnknownName, text);
  const auto error = parse({"error", "leak:sure"});
  REQUIRE_FALSE(error.has_value());
  CHECK(error.error().code == FailOnError::Code::UnknownConfidence);
  CHECK(error.error().text == "sure");
  CHECK(parse({"leak:"}).error().code == FailOnError::Code::UnknownConfidence);
}

TEST_CASE("fail_on_names: every name that would have been accepted, groups once") {
  CHECK(proxy::cli::fail_on_names(kKnown) ==
        "info, warning, error, leak, duplicate, leak/one, leak/two, duplicate/one, never");
}
