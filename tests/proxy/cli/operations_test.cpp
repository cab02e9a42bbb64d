// How the program behaves towards those who operate it: its admin server, its log, its service
// manager and its collector.
#include <doctest/doctest.h>
#include <httplib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/proxy/shell.hpp"

using nlohmann::json;
using tests::contains;
using tests::Run;

namespace {

/// As in program_test.cpp. `start` runs a proxy in the background and waits until it listens;
/// `$A` is its admin address then, `$P` its process.
Run shell(const std::string& script) {
  return tests::run_shell(
      "S='" SIOSCOPE_PROGRAM
      "'; U=http://127.0.0.1:9; D=$(mktemp -d); trap 'rm -rf $D' EXIT; "
      "start() { $S proxy --listen 127.0.0.1:0 --upstream $U \"$@\" 2>$D/err & P=$!; i=0; "
      "while ! grep -q listening $D/err && [ $i -lt 500 ]; do sleep 0.01; i=$((i+1)); done; "
      "A=$(sed -n 's/^sioscope: admin on //p' $D/err); }; "
      "stop() { kill $P; wait $P; }; "
      "status() { curl -s -o /dev/null -w '%{http_code} ' \"$@\"; }; " +
      script);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE(
    "program: an admin server that others can reach is refused without a token, in a sentence") {
  for (const char* command : {"$S proxy --listen 127.0.0.1:0 --upstream $U --admin 0.0.0.0:0",
                              "$S check --upstream $U --admin '[::]:0' -- true"}) {
    const Run run = shell(std::string("unset SIOSCOPE_ADMIN_TOKEN; ") + command);
    CHECK(run.exit_code == 2);
    CHECK(lines_of(run.output).size() == 1);
    CHECK(contains(run.output, "--admin-token-file FILE or SIOSCOPE_ADMIN_TOKEN"));
  }
}

TEST_CASE("program: with a token the admin server tells nobody else anything, but the probes") {
  const Run run = shell(
      "echo s3cret >$D/token; start --admin 0.0.0.0:0 --admin-token-file $D/token "
      "--admin-host box.local; A=http://127.0.0.1:${A##*:}; "
      "status $A/healthz; status $A/readyz; status $A/metrics; status -d '' $A/reset; "
      "status -H 'Authorization: Bearer s3cret' $A/metrics; "
      "status -H 'Authorization: Bearer wrong' $A/metrics; "
      "status -H 'Host: evil.example' -H 'Authorization: Bearer s3cret' $A/metrics; "
      "status -H 'Host: box.local' -H 'Authorization: Bearer s3cret' $A/metrics; stop; "
      "grep -c s3cret $D/err");
  CHECK(contains(run.output, "200 200 401 401 200 401 403 200 "));
  CHECK(contains(run.output, " 0\n"));  // The token is nowhere in the log.
}

TEST_CASE("check: the command gets the token, too") {
  const Run run = shell(
      "echo s3cret >$D/token; $S check --upstream $U --quiet --admin 127.0.0.1:0 "
      "--admin-token-file $D/token -- sh -c 'curl -s -o /dev/null -w \"%{http_code}\\n\" "
      "-H \"Authorization: Bearer $SIOSCOPE_ADMIN_TOKEN\" $SIOSCOPE_ADMIN/metrics'");
  CHECK(contains(run.output, "\n200\n"));
}

TEST_CASE("program: a JSON log is one object a line, behind the lines that others wait for") {
  const Run run = shell(
      "start --admin 127.0.0.1:0 --log-format json --expect-traffic --log-level info; "
      "kill -HUP $P; sleep 0.2; stop; echo code $?; cat $D/err");
  const auto lines = lines_of(run.output);
  REQUIRE(lines.size() >= 4);
  CHECK(lines[0] == "code 3");
  CHECK(std::regex_match(lines[1],
                         std::regex("sioscope: listening on http://127\\.0\\.0\\.1:[0-9]+")));
  CHECK(std::regex_match(lines[2], std::regex("sioscope: admin on http://127\\.0\\.0\\.1:[0-9]+")));
  bool told = false;
  for (std::size_t i = 3; i < lines.size(); ++i) {
    const json line = json::parse(lines[i], nullptr, false);
    REQUIRE_MESSAGE(line.is_object(), lines[i]);
    CHECK(std::regex_match(line["time"].get<std::string>(),
                           std::regex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{3}Z")));
    CHECK(line["message"].is_string());
    told |= line["level"] == "warning" && contains(line["message"].get<std::string>(), "SIGHUP");
  }
  CHECK(told);
  CHECK(json::parse(lines.back())["verdict"]["result"] == "inconclusive");
}

namespace {

/// What answers every GET with a page, as no Socket.IO server would, and takes what is posted: an
/// upstream that makes a finding, and a collector.
class PageAndCollector {
 public:
  PageAndCollector() {
    server_.Get(".*", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("<html>", "text/html");
    });
    server_.Post(".*", [this](const httplib::Request& request, httplib::Response&) {
      const std::lock_guard lock(mutex_);
      got_.emplace(request.path, json::parse(request.body));
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~PageAndCollector() {
    server_.stop();
    thread_.join();
  }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::multimap<std::string, json> got() {
    const std::lock_guard lock(mutex_);
    return got_;
  }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
  std::mutex mutex_;
  std::multimap<std::string, json> got_;
};

}  // namespace

TEST_CASE("program: a finding and the last metrics reach the collector before the program ends") {
  PageAndCollector peer;
  const Run run = shell("export OTEL_EXPORTER_OTLP_ENDPOINT=" + peer.url() +
                        " OTEL_SERVICE_NAME=chat; U=" + peer.url() +
                        "; start; URL=$(sed -n 's/^sioscope: listening on //p' $D/err); "
                        "curl -s \"$URL/socket.io/?EIO=4&transport=polling\"; stop; cat $D/err");
  CHECK(contains(run.output, "handshake/rejected"));
  const auto got = peer.got();
  REQUIRE(got.count("/v1/logs") == 1);
  REQUIRE(got.count("/v1/metrics") == 1);
  const json& logs = got.find("/v1/logs")->second["resourceLogs"][0];
  CHECK(logs["resource"]["attributes"][0]["value"]["stringValue"] == "chat");
  const json& record = logs["scopeLogs"][0]["logRecords"][0];
  CHECK(record["eventName"] == "sioscope.finding");
  CHECK(record["attributes"][1]["value"]["stringValue"] == "handshake/rejected");
  std::string io;
  for (const json& metric :
       got.find("/v1/metrics")->second["resourceMetrics"][0]["scopeMetrics"][0]["metrics"])
    if (metric["name"] == "socketio.server.network.io")
      io = metric["sum"]["dataPoints"][0]["asInt"].get<std::string>();
  CHECK(std::stoi(io) > 0);
}

TEST_CASE("program: systemd hears that it is ready, lives, reloads and stops") {
  const std::string path = "/tmp/sioscope-systemd-" + std::to_string(::getpid());
  const int systemd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  REQUIRE(::bind(systemd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  const Run run = shell("export NOTIFY_SOCKET=" + path +
                        " WATCHDOG_USEC=20000; start; kill -HUP $P; sleep 0.3; stop; cat $D/err");
  std::string heard;
  std::array<char, 4096> buffer;
  for (ssize_t count; (count = ::recv(systemd, buffer.data(), buffer.size(), 0)) > 0;)
    heard.append(buffer.data(), static_cast<std::size_t>(count)).append("--\n");
  ::close(systemd);
  ::unlink(path.c_str());
  CHECK(heard.starts_with("READY=1\nSTATUS=listening on http://127.0.0.1:"));
  CHECK(contains(heard, "--\nWATCHDOG=1\n--\n"));
  CHECK(contains(heard, "--\nRELOADING=1\nMONOTONIC_USEC="));
  CHECK(contains(heard, "--\nSTOPPING=1\nSTATUS=draining\nEXTEND_TIMEOUT_USEC=15000000\n--\n"));
  CHECK(heard.find("READY=1", 1) < heard.find("STOPPING=1"));  // Once more, after the reload.
}

TEST_CASE("program: an OTLP endpoint that cannot be used is a warning, not the end") {
  const Run run =
      shell("export OTEL_EXPORTER_OTLP_ENDPOINT=grpc://nowhere; start; stop; cat $D/err");
  CHECK(contains(run.output, "OTLP: OTEL_EXPORTER_OTLP_ENDPOINT is no http:// or https:// URL"));
  CHECK(contains(run.output, "sioscope: listening on "));
}

TEST_CASE(
    "program: as nobody, without capabilities and with a file system that cannot be written") {
  // Root can do it in a namespace of its own, others in one where they are root.
  const std::string read_only = "mount --rbind / / && mount -o remount,bind,ro / && ";
  std::string box;
  for (const char* unshare : {"unshare --mount ", "unshare --user --map-root-user --mount "})
    if (box.empty() &&
        shell(unshare + ("sh -c '" + read_only + "! touch \"$0\" 2>/dev/null' $D/x")).exit_code ==
            0)
      box = unshare;
  if (box.empty()) {
    MESSAGE("SKIPPED: no read-only file system can be made here");
    return;
  }
  const std::string drop =
      "exec setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all "
      "--inh-caps=-all --no-new-privs ";
  const bool drops = shell(
                         "setpriv --reuid 65534 --regid 65534 --clear-groups "
                         "--bounding-set=-all --inh-caps=-all --no-new-privs true")
                         .exit_code == 0;
  if (!drops) MESSAGE("SKIPPED in part: no capabilities can be dropped here");
  const Run run =
      shell(box + "sh -c '" + read_only + (drops ? drop : std::string("exec ")) +
            "'$S' proxy --listen 127.0.0.1:0 --admin 127.0.0.1:0 --upstream '$U' --findings -' "
            ">$D/out 2>$D/err & P=$!; i=0; "
            "while ! grep -q 'admin on' $D/err && [ $i -lt 500 ]; do sleep 0.01; i=$((i+1)); done; "
            "A=$(sed -n 's/^sioscope: admin on //p' $D/err); "
            "status $A/readyz; grep -E '^(Uid|CapEff|NoNewPrivs)' /proc/$P/status; "
            "stop; echo code $?; cat $D/out $D/err");
  CHECK_MESSAGE(contains(run.output, "200 "), run.output);
  CHECK_MESSAGE(contains(run.output, "code 0"), run.output);
  CHECK(contains(run.output, "\"type\":\"verdict\""));
  if (drops) {
    CHECK(contains(run.output, "Uid:\t65534"));
    CHECK(contains(run.output, "CapEff:\t0000000000000000"));
    CHECK(contains(run.output, "NoNewPrivs:\t1"));
  }
}
