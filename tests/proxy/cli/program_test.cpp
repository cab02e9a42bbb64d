// The program as a shell sees it: what it prints, and what it exits with.
#include <doctest/doctest.h>

#include <regex>
#include <string>

#include "tests/proxy/shell.hpp"

using tests::contains;
using tests::Run;

namespace {

/// Runs a shell script in which `$S` is the program and `$U` an upstream where nothing listens.
Run shell(const std::string& script) {
  const std::string setting = "S='" SIOSCOPE_PROGRAM "'; U=http://127.0.0.1:9; D=$(mktemp -d); ";
  return tests::run_shell(setting + script);
}

/// Exit code 2 and one sentence that holds `part`.
void check_refused(const std::string& script, std::string_view part) {
  const Run run = shell(script);
  CHECK_MESSAGE(run.exit_code == 2, script, ": ", run.output);
  CHECK_MESSAGE(run.output.find('\n') == run.output.size() - 1, script, ": ", run.output);
  CHECK_MESSAGE(contains(run.output, part), script, ": ", run.output);
}

/// Findings of a real run: f-1, f-2 (the leak) and f-3.
const std::string kLeak = SIOSCOPE_SOURCE_DIR "/tests/proxy/explain/leak.ndjson";

/// Starts a proxy in the background, its stderr in $D/err, and waits until it listens.
const std::string kStart =
    "start() { $S proxy --listen 127.0.0.1:0 --upstream $U \"$@\" 2>$D/err & P=$!; "
    "i=0; while ! grep -q listening $D/err && [ $i -lt 500 ]; do sleep 0.01; i=$((i+1)); done; }; ";

}  // namespace

TEST_CASE("program: mistakes on the command line are one sentence and exit code 2") {
  check_refused("$S", "no command was given");
  check_refused("$S analyse", "no command 'analyse'");
  check_refused("$S proxy --colour", "unknown option '--colour'");
  check_refused("$S proxy --listen 127.0.0.1:0 --upstream ftp://a", "ftp://a");
  check_refused("$S proxy --listen 127.0.0.1:0 --upstream $U --tls-cert /nonexistent.pem",
                "TLS towards clients: cannot read '/nonexistent.pem': No such file");
  check_refused("$S proxy --listen 127.0.0.1:0 --upstream https://a --upstream-ca /nonexistent.pem",
                "TLS towards the upstream: cannot read '/nonexistent.pem': No such file");
  check_refused("$S proxy --config /nonexistent.toml", "/nonexistent.toml");
  check_refused("printf 'colour = 1\\n' >$D/c.toml; $S proxy --config $D/c.toml", "'colour'");
  check_refused("$S proxy --listen 127.0.0.1:0 --upstream $U --findings /nonexistent/f",
                "/nonexistent/f");
  check_refused("$S proxy --listen 127.0.0.1:0 --upstream $U --capture /nonexistent/t.pcapng",
                "cannot write the capture file '/nonexistent/t.pcapng': No such file");
  check_refused("$S proxy --listen 127.0.0.1:0 --upstream $U --capture /dev/full",
                "No space left on device");
  check_refused("$S proxy --listen 127.0.0.1:0 --upstream $U --capture t --capture-size 5",
                "--capture-size '5' is no size");
  check_refused("$S proxy --listen 127.0.0.1:0 --upstream $U --capture t --capture-files 0",
                "--capture-files '0' is no number");
  check_refused("$S proxy --listen 127.0.0.1:0 --upstream $U --capture t --capture-age 3",
                "--capture-age '3' is no duration");
  check_refused("$S proxy --listen 127.0.0.1:0 --upstream $U --report xml",
                "no format; there are:");
  check_refused("$S proxy --listen 127.0.0.1:0 --upstream $U --fail-on leek", "'leek'");
  check_refused("$S proxy --listen 192.0.2.1:0 --upstream $U", "192.0.2.1");
  check_refused("$S check --upstream $U", "no command to run");
  check_refused("$S rules leek", "'leek'");
  check_refused("$S decode --dialect 9", "--dialect '9'");
  check_refused("$S replay nothing --against http://127.0.0.1:9", "'nothing' cannot be read");
  check_refused("$S replay nothing", "either --against URL or --serve HOST:PORT");
  check_refused("$S replay /etc/passwd --serve 127.0.0.1:0", "'/etc/passwd' is no capture");
  check_refused("$S replay a --against http://127.0.0.1:9 --speed 0", "--speed '0'");
  check_refused("$S replay a --against http://127.0.0.1:9 --clients 0", "--clients '0'");
  check_refused("$S check --upstream $U --replay-serve a -- true", "are two servers");
  check_refused("$S check --replay-serve nothing -- true", "'nothing' cannot be read");
  check_refused("$S completions", "no shell was given");
  check_refused("$S completions tcsh", "'tcsh'; there are: bash, zsh, fish");
  check_refused("$S man nothing", "no command 'nothing'; there are: proxy,");
  check_refused("$S health ftp://a", "ftp://a");
  check_refused("$S health https://127.0.0.1:9", "the admin server has no TLS");
  check_refused("$S explain", "no file was given");
  check_refused("$S explain /nonexistent/f f-1", "/nonexistent/f': No such file");
  check_refused("$S explain /", "Is a directory");
  check_refused("$S explain " + kLeak + " f-9", "'f-9'");
  check_refused("$S explain " + kLeak + " f-9", "there are: f-1, f-2, f-3");
  check_refused("$S explain " + kLeak + " f-1 --width 7", "'7' is no number from 50 to 1000");
  check_refused("$S explain - </dev/null", "standard input holds no findings");
  check_refused("echo hello | $S explain -", "line 1 of standard input is no record");
  check_refused("tail -n 1 " + kLeak + " | $S explain -",
                "holds no findings; its verdict is 'findings'");
}

TEST_CASE("program: --help and --version are no mistakes") {
  for (const char* command : {"", "proxy", "check", "explain", "decode", "rules"}) {
    const Run run = shell(std::string("$S ") + command + " --help");
    CHECK(run.exit_code == 0);
    CHECK(contains(run.output, "sioscope"));
  }
  CHECK(shell("$S --version").exit_code == 0);
}

TEST_CASE("program: a port in use is found, though the loops share one") {
  const Run run = shell(kStart +
                        "start; A=$(sed -n 's|.*http://||p' $D/err); "
                        "$S proxy --listen $A --upstream $U; echo \"exit $?\"; kill $P; wait $P");
  CHECK(contains(run.output, "the port is in use"));
  CHECK(contains(run.output, "exit 2\n"));
}

TEST_CASE("program: it says exactly where it listens, and SIGTERM and SIGINT bring the verdict") {
  for (const char* signal : {"TERM", "INT"}) {
    const Run run = shell(kStart + "start --admin 127.0.0.1:0; kill -" + signal +
                          " $P; wait $P; echo \"exit $?\"; cat $D/err");
    CHECK(std::regex_search(
        run.output, std::regex("(^|\n)sioscope: listening on http://127\\.0\\.0\\.1:[0-9]+\n"
                               "sioscope: admin on http://127\\.0\\.0\\.1:[0-9]+\n")));
    CHECK(contains(run.output, "exit 0\n"));
    CHECK(contains(run.output, "verdict: clean"));
  }
}

TEST_CASE("program: SIGHUP is told and survived") {
  const Run run = shell(
      kStart + "start; kill -HUP $P; sleep 0.2; kill $P; wait $P; echo \"exit $?\"; cat $D/err");
  CHECK(contains(run.output, "SIGHUP"));
  CHECK(contains(run.output, "exit 0\n"));
}

TEST_CASE("program: traffic that was expected and did not come is inconclusive") {
  CHECK(
      contains(shell(kStart + "start --expect-traffic; kill $P; wait $P; echo \"exit $?\"").output,
               "exit 3\n"));
}

TEST_CASE(
    "program: a findings file that cannot be written leaves the verdict on stderr and exit code "
    "3") {
  const Run run =
      shell(kStart + "start --findings /dev/full; kill $P; wait $P; echo \"exit $?\"; cat $D/err");
  CHECK(contains(run.output, "exit 3\n"));
  CHECK(contains(run.output, "No space left"));
  CHECK(contains(run.output, "verdict: inconclusive"));
}

TEST_CASE("check: mistakes in files are one sentence and exit code 2, before the command starts") {
  const std::string ignore = "printf '[[ignore]]\\nrule = \"%s\"\\n%s = \"x\"\\nexpires = %s\\n' ";
  const std::string check = " >$D/c; $S check --upstream $U --config $D/c -- touch $D/ran";
  for (const auto& [script, part] :
       {std::pair{"printf 'drain = \\n'" + check, "is no TOML: line 1"},
        {ignore + "leak reason 2020-01-01" + check, "expired on 2020-01-01"},
        {ignore + "leek reason 2999-01-01" + check, "names 'leek'"},
        {ignore + "leak raeson 2999-01-01" + check, "unknown key 'raeson'"},
        {ignore + "leak reason soon" + check, "is no TOML: line 4"},
        {std::string("printf '[[ignore]]\\nrule = \"leak\"\\n'") + check, "has no 'reason'"},
        {std::string("$S check --upstream $U --baseline $D/b -- touch $D/ran"),
         "make one with a run that has --findings"},
        {"echo nonsense" + std::string(" >$D/b; $S check --upstream $U --baseline $D/b "
                                       "-- touch $D/ran"),
         ", line 1: no record"},
        {std::string("$S check --upstream $U --findings /nonexistent/f -- touch $D/ran"),
         "cannot write the findings file '/nonexistent/f'"}}) {
    check_refused(script, part);
    CHECK_FALSE(contains(shell("( " + script + " ) 2>/dev/null; ls $D").output, "ran"));
  }
}

TEST_CASE("check: an ignore that holds today and an empty baseline are no mistakes") {
  const Run run = shell(
      "printf '[[ignore]]\\nrule = \"leak\"\\nreason = \"x\"\\nexpires = 2999-01-01\\n' >$D/c; "
      ": >$D/b; $S check --upstream $U --quiet --config $D/c --baseline $D/b -- echo ran");
  CHECK(run.exit_code == 3);
  CHECK(contains(run.output, "ran\n"));
}

TEST_CASE("check: the command finds the admin server, and can mark, assert and reset there") {
  const Run run = shell(
      "$S check --upstream $U --quiet --admin 127.0.0.1:0 -- sh -c '"
      "post() { curl -s -w \" %{http_code}\\n\" -d \"$2\" $SIOSCOPE_ADMIN$1; }; "
      "post /marks {\\\"name\\\":\\\"one\\\"}; post /assert {\\\"since\\\":\\\"m-1\\\"}; "
      "post /reset \"\"; post /assert {\\\"since\\\":\\\"m-1\\\"}; "
      "curl -s -w %{http_code} $SIOSCOPE_ADMIN/assert'");
  CHECK(contains(run.output, "{\"mark\":\"m-1\",\"name\":\"one\"}\n 201\n"));
  CHECK(contains(run.output, "\"result\":\"inconclusive\",\"sessions\":0"));
  CHECK(contains(run.output, "\"findings\":[]}\n 200\n"));
  CHECK(contains(run.output, " 204\n"));
  CHECK(contains(run.output, "'m-1' was forgotten"));
  CHECK(contains(run.output, "takes POST and nothing else\"}\n405"));
  CHECK(run.exit_code == 3);
}

TEST_CASE("check: one run writes every report that was asked for") {
  const Run run = shell(
      "$S check --upstream $U --report junit=$D/a.xml --report sarif=$D/a.sarif --report "
      "html=$D/a.html "
      "--report json=$D/a.json --report ndjson=$D/a.nd --report terminal=$D/a.txt --report "
      "markdown "
      "-- true; echo \"exit $?\"; cd $D; grep -l inconclusive *");
  CHECK(contains(run.output, "## ❓ sioscope: inconclusive"));
  CHECK(contains(run.output, "exit 3\n"));
  CHECK(contains(run.output, "sioscope verdict: inconclusive"));  // stderr has it all the same
  CHECK(contains(run.output, "a.html\na.json\na.nd\na.sarif\na.txt\na.xml\n"));
}

TEST_CASE("check: a report path that cannot be written is told before the command starts") {
  for (const char* report : {"junit=/nonexistent/a", "html=/", "ndjson=/nonexistent/a"}) {
    const Run run = shell(std::string("$S check --upstream $U --report ") + report +
                          " -- touch $D/ran; echo \"exit $?\"; ls $D");
    CHECK(contains(run.output, "sioscope check: cannot write the "));
    CHECK(contains(run.output, " report '/"));
    CHECK((contains(run.output, "': No such file") || contains(run.output, "': Is a directory")));
    CHECK(run.output.ends_with("exit 2\n"));
  }
}

TEST_CASE("program: a report on a full disk leaves the verdict on stderr and exit code 3") {
  for (const char* format : {"json", "ndjson", "junit", "sarif", "github", "markdown", "html"}) {
    const Run run = shell(kStart + "start --report " + format +
                          "=/dev/full; kill $P; wait $P; echo \"exit $?\"; cat $D/err");
    CAPTURE(format);
    CHECK(contains(run.output, "exit 3\n"));
    CHECK(contains(run.output, std::string("cannot write the ") + format +
                                   " report '/dev/full': No space left"));
    CHECK(contains(run.output, "verdict: inconclusive"));
  }
}

TEST_CASE("check: on GitHub the step summary is written too, and one that cannot be is refused") {
  const Run run = shell(
      "GITHUB_STEP_SUMMARY=$D/s $S check --upstream $U --quiet --report github -- true; cat $D/s");
  CHECK(contains(run.output, "\n::warning title=sioscope%3A inconclusive::"));
  CHECK(contains(run.output, "## ❓ sioscope: inconclusive"));
  const Run refused = shell(
      "GITHUB_STEP_SUMMARY=/nonexistent/s $S check --upstream $U --report github -- echo ran");
  CHECK(refused.exit_code == 2);
  CHECK(contains(refused.output, "GitHub's step summary '/nonexistent/s': No such file"));
  CHECK_FALSE(contains(refused.output, "ran\n"));
}

TEST_CASE("check: an annotation begins a line, even behind a command that did not end its own") {
  const Run run = shell("$S check --upstream $U --quiet --report github -- printf unfinished");
  CHECK(contains(run.output, "unfinished\n::warning title="));
}

TEST_CASE("check: the command finds the proxy, under every name it was promised") {
  const Run run =
      shell("$S check --upstream $U --quiet --env OTHER -- sh -c 'echo $SIOSCOPE_URL $OTHER'");
  CHECK(std::regex_search(run.output, std::regex("\n(http://127\\.0\\.0\\.1:[0-9]+) \\1\n")));
  CHECK(run.exit_code == 3);  // It made no connection.
}

TEST_CASE("check: with --admin the command finds the API too, at an address it can connect to") {
  const std::string script =
      "SIOSCOPE_ADMIN_TOKEN=t $S check --upstream $U --quiet --admin 0.0.0.0:0 -- sh -c 'echo at "
      "$SIOSCOPE_ADMIN'";
  CHECK(
      std::regex_search(shell(script).output, std::regex("\nat http://127\\.0\\.0\\.1:[0-9]+\n")));
  const Run without = shell(
      "SIOSCOPE_ADMIN= $S check --upstream $U --quiet -- sh -c 'echo at \"$SIOSCOPE_ADMIN\"'");
  CHECK(contains(without.output, "\nat \n"));
}

TEST_CASE("check: the command's own failure comes first, a signal as 128 + n") {
  CHECK(shell("$S check --upstream $U --quiet -- sh -c 'exit 7'").exit_code == 7);
  CHECK(shell("$S check --upstream $U --quiet -- sh -c 'kill -KILL $$'").exit_code == 137);
}

TEST_CASE("check: the verdict record carries the command's code and our own") {
  const Run run =
      shell("$S check --upstream $U --quiet --findings $D/f -- sh -c 'exit 7'; cat $D/f");
  CHECK(contains(run.output, "\"result\":\"inconclusive\""));
  CHECK(contains(run.output, "\"child_exit\":7,\"own_exit\":3}\n"));
}

TEST_CASE("check: a command that cannot be started is a usage error") {
  const Run run = shell("$S check --upstream $U -- /nonexistent/command");
  CHECK(run.exit_code == 2);
  CHECK(contains(run.output, "cannot start '/nonexistent/command'"));
}

TEST_CASE(
    "check: SIGTERM reaches the command, and one that does not mind it is killed after --drain") {
  const std::string end = " & P=$!; sleep 0.5; kill $P; wait $P; echo \"exit $?\"";
  CHECK(contains(shell("$S check --upstream $U --quiet -- sleep 30" + end).output, "exit 143\n"));
  CHECK(contains(shell("$S check --upstream $U --quiet --drain 100ms -- "
                       "sh -c 'trap \"\" TERM; while :; do sleep 0.05; done'" +
                       end)
                     .output,
                 "exit 137\n"));
}

TEST_CASE("explain: one finding is told at once, several are listed, an id may have zeros") {
  CHECK(contains(shell("head -n 1 " + kLeak + " | $S explain -").output, "\nWhat happened\n"));
  const Run list = shell("$S explain " + kLeak);
  CHECK(list.exit_code == 0);
  CHECK(list.output.starts_with("f-1  error  "));
  CHECK(contains(list.output, "\nf-3  error  "));
  CHECK(shell("$S explain " + kLeak + " f-0002").output ==
        shell("$S explain " + kLeak + " f-2").output);
}

TEST_CASE("explain: --width comes before COLUMNS, and colours need a terminal") {
  CHECK(contains(shell("COLUMNS=80 $S explain " + kLeak + " f-2").output, " │ "));
  CHECK_FALSE(contains(shell("COLUMNS=60 $S explain " + kLeak + " f-2").output, " │ "));
  CHECK(contains(shell("COLUMNS=60 $S explain " + kLeak + " f-2 --width 80").output, " │ "));
  CHECK_FALSE(contains(shell("$S explain " + kLeak + " f-2").output, "\x1b"));
}

TEST_CASE("explain: a last line that a kill cut off is noted, a bad line between is exit code 2") {
  const Run cut = shell("head -c -9 " + kLeak + " | $S explain - f-2; echo \"exit $?\"");
  CHECK(contains(cut.output, "note: the last line of standard input is cut off"));
  CHECK(contains(cut.output, "\nWhat happened\n"));
  CHECK(cut.output.ends_with("exit 0\n"));
  const Run bad = shell("(echo oops; cat " + kLeak + ") | $S explain - f-2; echo \"exit $?\"");
  CHECK(contains(bad.output, "\nWhat happened\n"));
  CHECK(contains(bad.output, "line 1 of standard input is no record of --findings\nexit 2\n"));
}
