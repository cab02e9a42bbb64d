#include "proxy/report/record_json.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/proxy/report/sample.hpp"

using namespace std::chrono_literals;
using proxy::report::Redaction;

namespace {

nlohmann::ordered_json json_of(const rules::Finding& finding) {
  return proxy::report::to_json(finding, {.fingerprint = "0123456789abcdef", .ignored = {}},
                                tests::kClock, Redaction(Redaction::Mode::Shorten));
}

}  // namespace

TEST_CASE("record: a finding is the contract's record, key by key and in its order") {
  CHECK(
      proxy::report::to_line(json_of(tests::orphan())) ==
      R"({"type":"finding","id":"f-1","fingerprint":"0123456789abcdef","rule":"leak/orphan-after-parse-error","severity":"error","confidence":"certain",)"
      R"("client":{"id":"c-3","grade":"recovery-pid"},)"
      R"("session":{"id":"s-12","sid":"Zk3vQm…","sockets":[{"nsp":"/","id":"h2XwAbCdEfGhIjKlAAAB"}],"transport":"websocket","eio":4},)"
      R"("successor":{"id":"s-14","sid":"9fQ2aa…"},"direction":"to_client","event":null,"count":1,)"
      R"("first_seen":"2026-01-01T00:00:00.679Z","last_seen":"2026-01-01T00:00:01.281Z","fault":"client",)"
      R"("summary":"The client came back and left its session open.","remedy":"Update socket.io-client to 4.8.0 or later.",)"
      R"("evidence":[{"at":"2026-01-01T00:00:00.679Z","direction":"to_client","session":"s-12","what":"packet","packet":"42[null,null]","note":"invalid payload"},)"
      R"({"at":"2026-01-01T00:00:01.281Z","direction":"to_server","session":"s-12","what":"pong"}]})");
}

TEST_CASE("record: what is absent is null, what is unproven or cut says so") {
  rules::Finding finding = tests::orphan();
  finding.client = core::ClientId::None;
  finding.successor.reset();
  finding.direction.reset();
  finding.unproven = true;
  finding.evidence[0].truncated = true;
  const auto json = json_of(finding);
  CHECK(json["client"].is_null());
  CHECK(json["successor"].is_null());
  CHECK(json["direction"].is_null());
  CHECK(json["unproven"] == true);
  CHECK(json["evidence"][0]["truncated"] == true);
  CHECK_FALSE(json["evidence"][1].contains("truncated"));
}

TEST_CASE("record: an event is named by its name, with its namespace beside it") {
  rules::Finding finding = tests::orphan();
  finding.event = rules::EventName{"/chat", "news"};
  finding.count = 4;
  const auto json = json_of(finding);
  CHECK(json["event"] == "news");
  CHECK(json["nsp"] == "/chat");
  CHECK(json["count"] == 4);
}

TEST_CASE("record: bytes that are no UTF-8 and line ends cannot break a line") {
  rules::Finding finding = tests::orphan();
  finding.evidence[0].packet = "42[\"\xff\xc3\n\r\"]";
  const std::string line = proxy::report::to_line(json_of(finding));
  CHECK(line.find('\n') == std::string::npos);
  CHECK(nlohmann::json::accept(line));
  CHECK(nlohmann::json::parse(line)["evidence"][0]["packet"] == "42[\"\uFFFD\uFFFD\n\r\"]");
}

TEST_CASE("record: what fails nothing says why") {
  using namespace proxy::report;
  const Redaction redaction(Redaction::Mode::Shorten);
  const Assessment both{
      .fingerprint = "0123456789abcdef",
      .ignored = Ignored{"fixed in release 12", std::chrono::year(2026) / 12 / 31},
      .novelty = Novelty::Known};
  const auto json = to_json(tests::orphan(), both, tests::kClock, redaction);
  CHECK(json["ignored"]["reason"] == "fixed in release 12");
  CHECK(json["ignored"]["expires"] == "2026-12-31");
  CHECK(json["baseline"] == "known");
  const auto plain =
      to_json(tests::orphan(), {.fingerprint = "0", .ignored = {}, .novelty = Novelty::New},
              tests::kClock, redaction);
  CHECK_FALSE(plain.contains("ignored"));
  CHECK_FALSE(plain.contains("baseline"));
}

TEST_CASE("record: a withdrawal names the finding and the reason") {
  const rules::Withdrawn withdrawn{7, "the session sent an event"};
  CHECK(proxy::report::to_line(
            proxy::report::to_json(withdrawn, Redaction(Redaction::Mode::Shorten))) ==
        R"({"type":"withdrawn","id":"f-7","reason":"the session sent an event"})");
}

TEST_CASE("record: a verdict is the contract's record") {
  proxy::report::Verdict verdict;
  verdict.result = proxy::report::Result::Findings;
  verdict.own_exit = 1;
  verdict.child_exit = 0;
  verdict.tally.sessions = 12;
  verdict.tally.deliveries = 340;
  verdict.tally.findings[static_cast<std::size_t>(rules::Severity::Error)] = 1;
  verdict.tally.topics.push_back({{"/", "news"}, core::Direction::ToClient, 9, 0, 9});
  verdict.tally.topics.push_back({{"", "other"}, core::Direction::ToServer, 3, 0, 3});
  verdict.tally.unobserved.push_back({core::Unobserved::RingOverflow, 1, 20});
  CHECK(
      proxy::report::to_line(proxy::report::to_json(verdict)) ==
      R"({"type":"verdict","result":"findings","sessions":12,"deliveries":340,"findings":{"error":1,"warning":0,"info":0},"ignored":0,"known":0,)"
      R"("events":[{"nsp":"/","event":"news","direction":"to_client","sent":9,"extra":0},)"
      R"({"nsp":null,"event":"other","direction":"to_server","sent":3,"extra":0}],)"
      R"("unobserved":[{"reason":"ring-overflow","sessions":1,"count":20}],"child_exit":0,"own_exit":1})");

  verdict.child_exit.reset();
  CHECK(proxy::report::to_json(verdict)["child_exit"].is_null());
}
