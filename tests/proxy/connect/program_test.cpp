// `sioscope connect` as a shell sees it, against the demo's server.
#include <doctest/doctest.h>

#include <string>

#include "tests/proxy/shell.hpp"

using tests::contains;
using tests::Run;

namespace {

/// Runs a shell script: `$S` is the program, `$U` the URL of a server that echoes, `$D` a folder of
/// its own.
Run shell(const std::string& script) {
  const std::string setting =
      "S='" SIOSCOPE_PROGRAM
      "'; D=$(mktemp -d); : >$D/server; $S demo --serve 127.0.0.1:0 2>$D/server & SERVER=$!; i=0; "
      "while ! grep -q listening $D/server && [ $i -lt 500 ]; do sleep 0.01; i=$((i+1)); done; "
      "U=$(sed -n 's/.*listening on //p' $D/server); trap 'kill $SERVER; rm -r $D' EXIT; ";
  return tests::run_shell(setting + script);
}

void check_ends(const std::string& script, int exit_code, std::string_view part) {
  const Run run = shell(script);
  CHECK_MESSAGE(run.exit_code == exit_code, script, ": ", run.output);
  CHECK_MESSAGE(contains(run.output, part), script, ": ", run.output);
}

}  // namespace

TEST_CASE("connect: an emission is acknowledged over every transport") {
  for (const char* transport : {"polling", "websocket", "upgrade"})
    check_ends(std::string("$S connect $U -t ") + transport + R"( --emit 'ask 1,{"a":[2]}' --ack)",
               0, R"({"happened":"ack","nsp":"/","id":0,"args":[1,{"a":[2]}],"attachments":[]})");
}

TEST_CASE("connect: it waits for an event, so often as it is told") {
  check_ends("$S connect $U -e 'message 1' -w message-back", 0,
             R"("name":"message-back","args":[1])");
  check_ends("$S connect $U -e 'echo 1' -e 'echo 2' --wait-for echo --count 2", 0, R"("args":[2])");
  check_ends("$S connect $U --wait-for never --timeout 200ms", 1, "did not come in time (0 of 1)");
}

TEST_CASE("connect: namespace, auth, query and headers reach the server") {
  check_ends(R"($S connect "$U/chat?x=1" -a '{"a":1}' -a b=2 -H 'X-Y: z' -q c=3 --wait-for auth)",
             0, R"("nsp":"/chat","name":"auth","args":[{"a":1,"b":"2"}])");
}

TEST_CASE("connect: lines of standard input are emissions, and its end is the end") {
  const Run run = shell(R"(printf '["ask",1]\nask 2\nask "three"' | $S connect $U --stdin --ack)");
  CHECK(run.exit_code == 0);
  CHECK(contains(run.output, R"("id":2,"args":["three"])"));
  check_ends("echo 'ask x' | $S connect $U --stdin", 1, "the arguments of 'ask' are no JSON");
  check_ends("printf 'ask 7' >$D/f; $S connect $U --stdin --ack <$D/f", 0, R"("args":[7])");
}

TEST_CASE("connect: without anything to do it listens until it is stopped") {
  const Run run = shell(
      "$S connect $U >$D/out & P=$!; i=0; while ! grep -q '\"connected\"' $D/out && [ $i -lt 500 "
      "]; "
      "do sleep 0.01; i=$((i+1)); done; kill -INT $P; wait $P; echo \"exit $?\"; cat $D/out");
  CHECK(contains(run.output, "exit 0\n"));
  CHECK(contains(run.output, R"("reason":"io client disconnect")"));
}

TEST_CASE("connect: what is no Socket.IO server is told in one sentence, exit code 1") {
  check_ends("$S connect http://127.0.0.1:9 -e x", 1, "cannot connect to 127.0.0.1:9: ");
  check_ends("$S connect http://nobody.invalid -e x", 1, "no host is named 'nobody.invalid'");
  check_ends("$S connect https://${U#http://} -e x", 1, "speaks no TLS; try http://");
  check_ends("$S connect $U -e x --path /other", 1, "answered 404 (text/plain");
  check_ends("$S connect $U -e x --eio 3", 1, "Unsupported protocol version (code 5); try --eio 4");
  check_ends("$S connect $U/nowhere -e x", 1, "refused the namespace /nowhere: Invalid namespace");
}

TEST_CASE("connect: an acknowledgement that does not come in time is exit code 1") {
  check_ends("$S connect $U -e 'kick' -e 'ask' --ack 100ms", 1, "sioscope connect: ");
}

TEST_CASE("connect: mistakes are one sentence and exit code 2") {
  for (const auto& [arguments, part] : {std::pair{"", "url"},
                                        {"ftp://a", "'ftp://a'"},
                                        {"$U --eio 5", "--eio '5'"},
                                        {"$U -t pigeon", "upgrade, polling, websocket"},
                                        {"$U --parser xml", "json, msgpack"},
                                        {"$U -e 'say hello'", "text needs quotes"},
                                        {"$U -a nothing", "NAME=VALUE"},
                                        {"$U -a '{\"a\"}'", "no JSON object"},
                                        {"$U -H nothing", "Name: value"},
                                        {"$U -H 'a b: c'", "Name: value"},
                                        {"$U -q 'a b'", "cannot stand in a URL"},
                                        {"$U --path x", "begins with /"},
                                        {"$U --timeout 5", "5s"},
                                        {"$U -e x --ack 5", "5s"},
                                        {"$U --eio 3 -a b=2", "--query"},
                                        {"$U --cacert /nonexistent", "'/nonexistent'"}}) {
    const Run run = shell("$S connect " + std::string(arguments));
    CHECK_MESSAGE(run.exit_code == 2, arguments, ": ", run.output);
    CHECK_MESSAGE(contains(run.output, part), arguments, ": ", run.output);
    CHECK_MESSAGE(run.output.find('\n') == run.output.size() - 1, arguments, ": ", run.output);
  }
}

TEST_CASE("connect: --help has examples and exit codes") {
  const Run run = shell("$S connect --help");
  CHECK(run.exit_code == 0);
  CHECK(contains(run.output, "--wait-for news --count 3"));
  CHECK(contains(run.output, "Exits with 0"));
}
