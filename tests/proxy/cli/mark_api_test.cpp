#include "proxy/cli/mark_api.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "proxy/report/record_json.hpp"
#include "tests/proxy/report/sample.hpp"

using namespace proxy;
using namespace proxy::cli;
using namespace std::chrono_literals;
using core::Instant;
using Json = nlohmann::json;

namespace {

/// The API over a world of our own: its clock moves a little at each look.
struct Stage {
  Stage()
      : api(marks, ledger,
            {.now = [this] { return Instant(std::chrono::microseconds(microseconds += 5'000)); },
             .snapshot_after =
                 [this](Instant at) {
                   const std::lock_guard lock(mutex);
                   ++looks;
                   asked = at;
                   observe::Snapshot snapshot;
                   snapshot.tally = tally;
                   snapshot.suspects = suspects;
                   snapshot.at = at;
                   if (looks == settled_at_look) suspects.clear();
                   return snapshot;
                 },
             .undecided = [](const observe::Snapshot& snapshot) { return snapshot.suspects; },
             .judge =
                 [this](Outcome outcome) {
                   return judge(std::move(outcome), *parse_fail_on({}, rules::registry()), traffic);
                 },
             .to_json =
                 [](const report::Assessed& one) {
                   return report::to_json(one.finding, one.assessment, tests::kClock,
                                          report::Redaction(report::Redaction::Mode::Shorten));
                 }}) {}

  /// A finding of a session that opened then.
  rules::Finding finding(std::uint32_t number, Instant opened) {
    rules::Finding one = tests::orphan();
    one.number = number;
    one.session.opened = opened;
    return one;
  }
  void suspect(Instant opened) { suspects.push_back({finding(0, opened), opened + 1h}); }
  Instant mark() {
    REQUIRE(api.mark("").status == 201);
    return marks.all().back().at;
  }
  Json asserted(const std::string& body) {
    const admin::Answer answer = api.assert_since(body);
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    return Json::parse(answer.body);
  }

  Marks marks;
  report::Ledger ledger;
  std::mutex mutex;
  std::atomic<std::int64_t> microseconds = 1'000'000;
  rules::Tally tally;
  std::vector<rules::Suspect> suspects;
  Traffic traffic = Traffic::Optional;
  int looks = 0;
  int settled_at_look = -1;  ///< after that look the suspects are settled
  Instant asked{};
  MarkApi api;
};

std::string error_of(const admin::Answer& answer) {
  const Json json = Json::parse(answer.body);
  CHECK(json.size() == 1);
  return json["error"];
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("POST /marks: a name, no name and no body, with numbers that rise") {
  Stage stage;
  CHECK(stage.api.mark("{\"name\":\"my test\"}").body ==
        "{\"mark\":\"m-1\",\"name\":\"my test\"}\n");
  CHECK(stage.api.mark("{}").body == "{\"mark\":\"m-2\"}\n");
  const admin::Answer third = stage.api.mark("");
  CHECK(third.status == 201);
  CHECK(third.body == "{\"mark\":\"m-3\"}\n");
}

TEST_CASE("POST /marks: what is wrong with a body is one sentence and 400") {
  Stage stage;
  for (const auto& [body, part] : {std::pair{"{", "no JSON"},
                                   {"[]", "no JSON object"},
                                   {"7", "no JSON object"},
                                   {"{\"name\":7}", "'name' must be a text"},
                                   {"{\"nam\":\"x\"}", "'nam'"},
                                   {"\xff", "no JSON"}}) {
    const admin::Answer answer = stage.api.mark(body);
    CHECK(answer.status == 400);
    CHECK_MESSAGE(contains(error_of(answer), part), answer.body);
  }
  CHECK(stage.api.mark("{\"name\":\"" + std::string(2'000, 'x') + "\"}").status == 400);
  CHECK(stage.marks.all().empty());
}

TEST_CASE("POST /assert: a mark that nothing happened behind is clean, and says what it rests on") {
  Stage stage;
  stage.tally.sessions = 3;
  stage.tally.deliveries = 7;
  stage.mark();
  stage.tally.sessions = 5;
  stage.tally.deliveries = 17;
  const Json verdict = stage.asserted("{\"since\":\"m-1\"}");
  CHECK(verdict["type"] == "verdict");
  CHECK(verdict["result"] == "clean");
  CHECK(verdict["own_exit"] == 0);
  CHECK(verdict["child_exit"].is_null());
  CHECK(verdict["sessions"] == 2);
  CHECK(verdict["deliveries"] == 10);
  CHECK(verdict["findings"] == Json::array());
  CHECK(verdict["counts"]["error"] == 0);
  CHECK(verdict["advice"] == Json::array());
}

TEST_CASE("POST /assert: a finding is its test's whose session it is of, and no other's") {
  Stage stage;
  const Instant first = stage.mark();
  stage.ledger.apply(stage.finding(1, first - 1us));
  stage.ledger.apply(stage.finding(2, first));
  const Instant second = stage.mark();
  stage.ledger.apply(stage.finding(3, second - 1us));
  const Json of_first = stage.asserted("{\"since\":\"m-1\",\"until\":\"m-2\"}");
  REQUIRE(of_first["findings"].size() == 2);
  CHECK(of_first["findings"][0]["id"] == "f-2");
  CHECK(of_first["findings"][1]["id"] == "f-3");
  CHECK(of_first["result"] == "findings");
  CHECK(of_first["own_exit"] == 1);
  CHECK(of_first["counts"]["error"] == 2);
  const Json of_second = stage.asserted("{\"since\":\"m-2\"}");
  CHECK(of_second["findings"].empty());
  CHECK(of_second["result"] == "clean");
}

TEST_CASE("POST /assert: what is excused fails no mark") {
  Stage stage;
  const Instant at = stage.mark();
  stage.ledger.apply(stage.finding(1, at),
                     {.fingerprint = "0", .ignored = {}, .novelty = report::Novelty::Known});
  const Json verdict = stage.asserted("{\"since\":\"m-1\"}");
  CHECK(verdict["result"] == "clean");
  CHECK(verdict["known"] == 1);
  CHECK(verdict["findings"][0]["baseline"] == "known");
}

TEST_CASE("POST /assert: it waits while a suspect of the mark is undecided") {
  Stage stage;
  const Instant at = stage.mark();
  stage.suspect(at + 1us);
  stage.settled_at_look = stage.looks + 3;
  const int before = stage.looks;
  CHECK(stage.asserted("{\"since\":\"m-1\",\"grace\":\"1m\"}")["result"] == "clean");
  CHECK(stage.looks == before + 4);
}

TEST_CASE("POST /assert: nobody waits for a suspect of another mark") {
  Stage stage;
  const Instant at = stage.mark();
  stage.suspect(at - 1us);
  const int before = stage.looks;
  CHECK(stage.asserted("{\"since\":\"m-1\",\"grace\":\"1m\"}")["result"] == "clean");
  CHECK(stage.looks == before + 1);
}

TEST_CASE("POST /assert: when the grace ends first, the result is inconclusive and says why") {
  Stage stage;
  stage.suspect(stage.mark() + 1us);
  const Json verdict = stage.asserted("{\"since\":\"m-1\",\"grace\":\"30ms\"}");
  CHECK(verdict["result"] == "inconclusive");
  CHECK(verdict["own_exit"] == 3);
  REQUIRE(verdict["advice"].size() == 1);
  CHECK(contains(verdict["advice"][0], "pingInterval"));
}

TEST_CASE("POST /assert: what came before its arrival has been analysed when it answers") {
  Stage stage;
  stage.mark();
  const Instant before{std::chrono::microseconds(stage.microseconds)};
  stage.asserted("{\"since\":\"m-1\",\"grace\":\"0ms\"}");
  CHECK(stage.asked > before);
}

TEST_CASE("POST /assert: no sessions are a doubt where traffic is expected") {
  Stage stage;
  stage.traffic = Traffic::Expected;
  stage.mark();
  CHECK(stage.asserted("{\"since\":\"m-1\"}")["result"] == "inconclusive");
}

TEST_CASE("POST /assert: findings of which only the number is kept could be anybody's") {
  Stage stage;
  stage.mark();
  for (std::uint32_t i = 1; i <= core::limits::kFindingsMax + 1; ++i)
    stage.ledger.apply(stage.finding(i, Instant{}));
  CHECK(stage.asserted("{\"since\":\"m-1\"}")["result"] == "inconclusive");
}

TEST_CASE("POST /assert: what is wrong with a request is one sentence, with its own status") {
  Stage stage;
  stage.mark();
  stage.mark();
  for (const auto& [body, status, part] :
       {std::tuple{"", 400, "'since' is missing"},
        {"{\"since\":1}", 400, "'since' must be a text"},
        {"{\"since\":\"m-1\",\"grace\":2}", 400, "'grace' must be a text"},
        {"{\"since\":\"m-1\",\"grace\":\"2\"}", 400, "'2' is no duration"},
        {"{\"since\":\"m-1\",\"grace\":\"-1s\"}", 400, "'-1s' is no duration"},
        {"{\"since\":\"m-2\",\"until\":\"m-1\"}", 400, "earlier mark"},
        {"{\"since\":\"m-1\",\"sinse\":\"\"}", 400, "'sinse'"},
        {"{\"since\":\"m-9\"}", 404, "no mark 'm-9'"},
        {"{\"since\":\"m-1\",\"until\":\"x\"}", 404, "no mark 'x'"},
        {"{\"since", 400, "no JSON"}}) {
    const admin::Answer answer = stage.api.assert_since(body);
    CHECK_MESSAGE(answer.status == status, body);
    CHECK_MESSAGE(contains(error_of(answer), part), answer.body);
  }
}

TEST_CASE("POST /reset: marks are forgotten and findings too") {
  Stage stage;
  stage.ledger.apply(stage.finding(1, Instant{}));
  stage.mark();
  CHECK(stage.api.reset().status == 204);
  CHECK(stage.ledger.findings().empty());
  CHECK(contains(error_of(stage.api.assert_since("{\"since\":\"m-1\"}")), "was forgotten"));
  CHECK(stage.marks.origin().at != Instant{});
}

TEST_CASE(
    "POST /assert: several wait at once, some too many are turned away, and stop() ends all") {
  Stage stage;
  stage.suspect(stage.mark() + 1us);
  std::vector<std::thread> clients;
  std::atomic<int> answered = 0;
  for (std::size_t i = 0; i < admin::kAssertsMax; ++i)
    clients.emplace_back([&] {
      int status = 503;  // One that was turned away for our own sake comes again.
      while (status == 503)
        status = stage.api.assert_since("{\"since\":\"m-1\",\"grace\":\"1440m\"}").status;
      if (status == 200) ++answered;
    });
  int refused = 0;  // As soon as all of them wait.
  for (int i = 0; i < 2'000 && refused == 0; ++i)
    if (stage.api.assert_since("{\"since\":\"m-1\",\"grace\":\"0ms\"}").status == 503) ++refused;
  CHECK(refused == 1);
  CHECK(answered == 0);
  stage.api.stop();
  for (std::thread& client : clients) client.join();
  CHECK(answered == static_cast<int>(admin::kAssertsMax));
}
