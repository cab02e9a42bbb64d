#include "proxy/report/verdict_text.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "tests/proxy/report/sample.hpp"

using namespace proxy::report;

namespace {

Verdict clean() {
  Verdict verdict;
  verdict.tally.sessions = 2;
  verdict.tally.deliveries = 1;
  return verdict;
}

std::string text_of(const Verdict& verdict, const std::vector<Assessed>& findings = {}) {
  return verdict_text(verdict, findings, Redaction(Redaction::Mode::Shorten), Colours::Off);
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("verdict text: the result comes first, with what it rests on") {
  CHECK(text_of(clean()) ==
        "verdict: clean: nothing found, resting on 2 sessions and 1 delivery to clients\n");
}

TEST_CASE("verdict text: findings in short, events with what came once and what came more often") {
  Verdict verdict = clean();
  verdict.result = Result::Findings;
  verdict.tally.findings[static_cast<std::size_t>(rules::Severity::Error)] = 1;
  verdict.tally.topics = {{{"/", "chat"}, core::Direction::ToServer, 40, 0, 40},
                          {{"/room", "news"}, core::Direction::ToClient, 9, 3, 6, false, 2, 5}};
  const std::string text = text_of(verdict, {{tests::orphan(), {}}});
  CHECK(contains(text, "verdict: findings: 1 error, 0 warnings"));
  CHECK(contains(text, "f-1  leak/orphan-after-parse-error  certain\n"));
  CHECK(contains(text, "The client came back"));
  CHECK(
      contains(text,
               "event                       direction       sent to sessions      to each  exactly "
               "once  extra copies\n"));
  CHECK(contains(text,
                 "news in /room               to client          9           2    5 at most        "
                 "     6             3\n"));
  CHECK(text.find("news in /room") < text.find("chat"));  // Extra copies first.
}

TEST_CASE("verdict text: where the wire is clean it says so, and where to look then") {
  constexpr std::string_view kLook = "look for listeners registered inside `connect`";
  Verdict verdict = clean();
  const auto to_client = [](std::string event, std::uint64_t extra, bool doubtful) {
    return rules::TopicCount{
        {"/", std::move(event)}, core::Direction::ToClient, 4, extra, 4 - extra, doubtful, 2, 2};
  };
  verdict.tally.topics = {to_client("news", 0, false)};
  CHECK(contains(text_of(verdict), "\"news\" was delivered exactly once on the wire"));
  CHECK(contains(text_of(verdict), kLook));

  verdict.tally.topics.push_back(to_client("chat", 0, false));
  CHECK(contains(text_of(verdict), "Every event to clients was delivered exactly once"));
  verdict.tally.topics.push_back(to_client("twice", 1, false));
  verdict.tally.topics.push_back(to_client("maybe", 0, true));
  CHECK(contains(text_of(verdict), "\"news\", \"chat\" were delivered exactly once"));

  SUBCASE("not where something went by unread: it may have been a copy") {
    verdict.tally.unobserved.push_back({core::Unobserved::MessageDeflate, 1, 20});
    CHECK_FALSE(contains(text_of(verdict), kLook));
  }
  SUBCASE("and not of what clients sent") {
    verdict.tally.topics = {{{"/", "chat"}, core::Direction::ToServer, 40, 0, 40}};
    CHECK_FALSE(contains(text_of(verdict), kLook));
  }
}

TEST_CASE("verdict text: each session's share is exact, or an upper bound") {
  rules::TopicCount topic{{"/", "news"}, core::Direction::ToClient, 6, 0, 6, false, 2, 3};
  CHECK(each_text(topic) == "3");
  topic.most = 4;
  CHECK(each_text(topic) == "4 at most");
  topic.sessions = 0;
  CHECK(each_text(topic) == "");
}

TEST_CASE("verdict text: what went unobserved is said, and each doubt brings its advice") {
  Verdict verdict = clean();
  verdict.result = Result::Inconclusive;
  verdict.doubts = {Doubt::Unobserved, Doubt::Unproven, Doubt::NoTraffic, Doubt::FindingsNotKept};
  verdict.tally.unobserved.push_back({core::Unobserved::EngineIoVersion, 1, 20});
  const std::string text = text_of(verdict);
  CHECK(contains(text, "unobserved: engineio-version, 20 times in 1 session"));
  CHECK(contains(text, "pingInterval: 1000"));
  CHECK(contains(text, "SIOSCOPE_URL"));
}

TEST_CASE("verdict text: a command that failed is named, so that nobody looks for our reason") {
  Verdict verdict = clean();
  verdict.child_exit = 7;
  CHECK(contains(text_of(verdict), "exit code 7"));
}

TEST_CASE("verdict text: names from the wire cannot command the terminal") {
  Verdict verdict = clean();
  verdict.tally.topics = {{{"/\x1b[2J", "a\x1b[2J"}, core::Direction::ToClient, 1, 0, 1}};
  CHECK_FALSE(contains(text_of(verdict), "\x1b"));
}

TEST_CASE("verdict text: what is ignored or known is listed with its reason, and counted") {
  Verdict verdict = clean();
  verdict.tally.findings[static_cast<std::size_t>(rules::Severity::Error)] = 3;
  verdict.ignored = 1;
  verdict.known = 2;
  const Assessment ignored{
      .fingerprint = "0",
      .ignored = Ignored{"fixed in \x1b[2J release 12", std::chrono::year(2026) / 12 / 31}};
  const std::string text = text_of(verdict, {{tests::orphan(), ignored}});
  CHECK(
      contains(text, "clean: 3 errors, 0 warnings, of these 1 ignored and 2 known, resting on 2 "));
  CHECK(contains(text, "f-1  leak/orphan-after-parse-error  certain, ignored\n"));
  CHECK(contains(text, "      ignored until 2026-12-31: fixed in \\x1b[2J release 12\n"));
}
