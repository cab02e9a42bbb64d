#include "proxy/cli/marks.hpp"

#include <doctest/doctest.h>

using namespace proxy::cli;
using namespace std::chrono_literals;
using core::Direction;
using core::Instant;

namespace {

rules::Tally tally(std::uint64_t sessions, std::uint64_t deliveries) {
  rules::Tally tally;
  tally.sessions = sessions;
  tally.deliveries = deliveries;
  return tally;
}

rules::TopicCount row(const char* event, std::uint64_t sent, std::uint64_t extra = 0) {
  return {{"/", event}, Direction::ToClient, sent, extra, sent - extra};
}
rules::TopicCount other(std::uint64_t sent) {
  return {{"", "other"}, Direction::ToClient, sent, 0, sent};
}

}  // namespace

TEST_CASE("marks: numbers rise, and each is found by its label") {
  Marks marks;
  CHECK(marks.add("one", Instant(1s), tally(1, 0)) == 1);
  CHECK(marks.add("", Instant(2s), tally(2, 5)) == 2);
  REQUIRE(marks.find("m-2").has_value());
  CHECK(marks.find("m-2")->at == Instant(2s));
  CHECK(marks.find("m-2")->tally.deliveries == 5);
  CHECK(marks.find("m-1")->name == "one");
  for (const char* label : {"m-3", "m-0", "m-", "", "1", "m-01", "m-1x", "m--1", "m-99999999999"})
    CHECK(marks.find(label).error() == MarkErrc::Unknown);
}

TEST_CASE("marks: the oldest makes room, and is remembered as forgotten") {
  Marks marks(2);
  for (int i = 0; i < 3; ++i) marks.add("", Instant(1s), {});
  CHECK(marks.find("m-1").error() == MarkErrc::Forgotten);
  CHECK(marks.find("m-2").has_value());
  CHECK(marks.find("m-3").has_value());
}

TEST_CASE("marks: a reset forgets them, and numbers go on") {
  Marks marks;
  CHECK(marks.origin().at == Instant{});
  marks.add("", Instant(1s), {});
  marks.reset(Instant(3s), tally(4, 4));
  CHECK(marks.find("m-1").error() == MarkErrc::Forgotten);
  CHECK(marks.add("", Instant(4s), {}) == 2);
  CHECK(marks.origin().at == Instant(3s));
  CHECK(marks.origin().tally.sessions == 4);
}

TEST_CASE("between: what was there before is taken off") {
  rules::Tally since = tally(3, 10);
  rules::Tally until = tally(5, 17);
  since.topics = {row("news", 8), row("quiet", 2)};
  until.topics = {row("news", 12, 1), row("chat", 3), row("quiet", 2)};
  const rules::Tally change = between(since, until);
  CHECK(change.sessions == 2);
  CHECK(change.deliveries == 7);
  REQUIRE(change.topics.size() == 2);
  CHECK(change.topics[0].name.event == "news");
  CHECK(change.topics[0].sent == 4);
  CHECK(change.topics[0].extra == 1);
  CHECK(change.topics[1].name.event == "chat");
  CHECK(change.topics[1].sent == 3);
}

TEST_CASE("between: an event that may have been among the others before is one of the others") {
  rules::Tally since;
  rules::Tally until;
  since.topics = {row("news", 8), other(5)};
  until.topics = {row("news", 9), row("risen", 7), other(1)};
  const rules::Tally change = between(since, until);
  REQUIRE(change.topics.size() == 2);
  CHECK(change.topics[0].sent == 1);
  CHECK(change.topics[1].name.event == "other");
  CHECK(change.topics[1].sent == 3);  // 7 and 1, of which 5 were there before.
}

TEST_CASE("between: an event that fell among the others takes its earlier count along") {
  rules::Tally since;
  rules::Tally until;
  since.topics = {row("news", 8), row("fallen", 5)};
  until.topics = {row("news", 8), other(9)};
  const rules::Tally change = between(since, until);
  REQUIRE(change.topics.size() == 1);
  CHECK(change.topics[0].sent == 4);
}

TEST_CASE("between: numbers that fell are 0, not huge") {
  rules::Tally since = tally(1, 1);
  since.topics = {row("news", 4, 3)};
  rules::Tally until = tally(1, 1);
  until.topics = {row("news", 5, 0)};
  const rules::Tally change = between(since, until);
  CHECK(change.sessions == 0);
  REQUIRE(change.topics.size() == 1);
  CHECK(change.topics[0].extra == 0);
}

TEST_CASE("between: what went unobserved in that time, and where only if it began then") {
  using core::Unobserved;
  const rules::UnobservedCount::Place place{Direction::ToClient, 7, "here"};
  rules::Tally since;
  since.unobserved = {{Unobserved::RingOverflow, 1, 5, place}};
  rules::Tally until;
  until.unobserved = {{Unobserved::RingOverflow, 1, 5, place},
                      {Unobserved::EngineIoVersion, 2, 3, place}};
  rules::Tally change = between(since, until);
  REQUIRE(change.unobserved.size() == 1);
  CHECK(change.unobserved[0].reason == Unobserved::EngineIoVersion);
  CHECK(change.unobserved[0].first.has_value());
  until.unobserved[0].count = 9;
  change = between(since, until);
  REQUIRE(change.unobserved.size() == 2);
  CHECK(change.unobserved[0].count == 4);
  CHECK_FALSE(change.unobserved[0].first.has_value());
}

TEST_CASE("instant_of: a finding belongs where its session began, else where it was seen") {
  rules::Finding finding;
  finding.first_seen = Instant(9s);
  CHECK(instant_of(finding) == Instant(9s));
  finding.session.id = core::SessionId{1};
  finding.session.opened = Instant(2s);
  CHECK(instant_of(finding) == Instant(2s));
}
