#include "proxy/report/terminal.hpp"

#include <doctest/doctest.h>

#include <sstream>

#include "tests/proxy/report/sample.hpp"

using namespace proxy::report;

namespace {

struct Screen {
  std::ostringstream out;
  Redaction redaction{Redaction::Mode::Shorten};
  Terminal terminal{out, tests::kClock, redaction, Colours::Off, Terminal::Progress::On};

  /// What was printed since the last call.
  std::string shown() {
    std::string text = out.str();
    out.str("");
    return text;
  }
};

}  // namespace

TEST_CASE("terminal: a finding is told with its frames, their times, and what to do") {
  Screen screen;
  screen.terminal.show(tests::orphan());
  CHECK(screen.shown() ==
        "f-1  error  leak/orphan-after-parse-error  certain\n"
        "  The client came back and left its session open.\n"
        "    00:00:00.679  to client  s-12  42[null,null]  invalid payload\n"
        "    00:00:01.281  to server  s-12  pong\n"
        "  at fault: the client\n"
        "  what to do: Update socket.io-client to 4.8.0 or later.\n");
}

TEST_CASE("terminal: growth is quiet, more confidence is one line with its proof") {
  Screen screen;
  rules::Finding finding = tests::orphan();
  finding.confidence = rules::Confidence::Possible;
  screen.terminal.show(finding);
  (void)screen.shown();
  finding.count = 2;
  screen.terminal.show(finding);
  CHECK(screen.shown() == "");
  finding.confidence = rules::Confidence::Certain;
  screen.terminal.show(finding);
  CHECK(screen.shown() ==
        "f-1  error  leak/orphan-after-parse-error  certain now\n    00:00:01.281  to server  s-12 "
        " pong\n");
}

TEST_CASE("terminal: a withdrawal is told, unless the finding was not") {
  Screen screen;
  screen.terminal.show(rules::Withdrawn{1, "refuted"});
  CHECK(screen.shown() == "");
  screen.terminal.show(tests::orphan());
  (void)screen.shown();
  screen.terminal.show(rules::Withdrawn{1, "the session spoke again"});
  CHECK(screen.shown() == "f-1  withdrawn: the session spoke again\n");
}

TEST_CASE("terminal: after twenty findings in full, each gets a line") {
  Screen screen;
  rules::Finding finding = tests::orphan();
  for (finding.number = 1; finding.number <= 20; ++finding.number) screen.terminal.show(finding);
  (void)screen.shown();
  screen.terminal.show(finding);
  CHECK(screen.shown() == "f-21  error  leak/orphan-after-parse-error  certain\n");
}

TEST_CASE("terminal: a finding takes the progress line's place") {
  Screen screen;
  screen.terminal.progress("waiting");
  CHECK(screen.shown() == "waiting");
  screen.terminal.show(tests::orphan());
  CHECK(screen.shown().starts_with("\r\x1b[Kf-1"));
  screen.terminal.progress("");
  CHECK(screen.shown() == "");
}

TEST_CASE("terminal: packets cannot command it") {
  rules::Finding finding = tests::orphan();
  finding.evidence[0].packet = "42[\"\x1b[2J\"]";
  const std::string text =
      describe(finding, tests::kClock, Redaction(Redaction::Mode::Shorten), Colours::Off);
  CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("terminal: what fails nothing says so in its first line, and why in its last") {
  Screen screen;
  const Assessment known{.fingerprint = "0", .ignored = {}, .novelty = Novelty::Known};
  screen.terminal.show(tests::orphan(), known);
  const std::string shown = screen.shown();
  CHECK(shown.starts_with("f-1  error  leak/orphan-after-parse-error  certain, known\n"));
  CHECK(shown.ends_with("  known: it is in the baseline\n"));
}
