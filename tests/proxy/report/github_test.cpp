#include "proxy/report/github.hpp"

#include <doctest/doctest.h>

#include <sstream>

#include "tests/proxy/report/hostile.hpp"

using namespace proxy::report;

namespace {

std::vector<std::string> lines_of(const Run& run) {
  const std::string text = github(run);
  CHECK(tests::is_plain_text(text));
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("github: a finding is an annotation with its rule, then comes the verdict") {
  const auto lines = lines_of(tests::run_of({tests::orphan()}));
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] ==
        "::error title=f-1 leak/orphan-after-parse-error (certain)::The client came back and left "
        "its session open.%0Aseen: 42[null,null]%0Awhat to do: Update socket.io-client to 4.8.0 "
        "or later.");
  CHECK(lines[1].starts_with("sioscope: findings: 1 error"));
}

TEST_CASE("github: a clean run annotates nothing") {
  const auto lines = lines_of(tests::run_of({}));
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].starts_with("sioscope: clean: "));
}

TEST_CASE("github: ten annotations of a level, those that fail first, and the rest counted") {
  std::vector<rules::Finding> findings;
  for (std::uint32_t i = 1; i <= 24; ++i) {
    findings.push_back(tests::orphan());
    findings.back().number = i;
    if (i <= 12) findings.back().confidence = rules::Confidence::Possible;
  }
  const std::string text = github(tests::run_of(findings));
  CHECK(tests::count(text, "::error title=") == 10);
  CHECK(tests::count(text, "::notice title=") == 10);
  CHECK(text.find("f-13 ") < text.find("f-1 "));
  CHECK(tests::contains(text, "\nsioscope: 4 findings more have no annotation"));
}

TEST_CASE("github: doubts are warnings with their advice") {
  const auto lines = lines_of(tests::inconclusive_run());
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].starts_with("::warning title=sioscope%3A inconclusive::Some Socket.IO traffic"));
}

TEST_CASE("github: a hostile name or payload gives no command and no property") {
  const auto lines = lines_of(tests::hostile_run());
  REQUIRE(lines.size() == 3);  // Two findings, the verdict.
  const std::string& line = lines[1];
  CHECK(line.starts_with("::error title=f-2 leak/orphan-after-parse-error (certain)::\""));
  CHECK(tests::contains(line, "%250A"));       // Its own %0A stays two characters more.
  CHECK(tests::contains(line, "\\x0d\\x0a"));  // Its line ends are none.
  CHECK_FALSE(tests::contains(line, "##["));
}

TEST_CASE("github: what is ignored is a notice that says why") {
  const std::string text = github(tests::run_of({tests::orphan()}, tests::ignoring_leaks()));
  CHECK(tests::is_plain_text(text));
  CHECK(
      text.starts_with("::notice title=f-1 leak/orphan-after-parse-error (certain%2C ignored)::"));
  CHECK(tests::contains(text, "%0Aignored until 2026-12-31: "));
  CHECK(tests::count(text, "\n::") == 0);
}
