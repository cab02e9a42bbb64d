#include "proxy/report/fingerprint.hpp"

#include <doctest/doctest.h>

#include "tests/proxy/report/sample.hpp"

using namespace std::chrono_literals;
using proxy::report::fingerprint;
using proxy::report::normalised;
using proxy::report::subject_of;

namespace {

rules::Finding with_packet(std::string packet) {
  rules::Finding finding = tests::orphan();
  finding.evidence[0].packet = std::move(packet);
  return finding;
}

}  // namespace

TEST_CASE("fingerprint: ids, sids, times, counts and confidence of another run change nothing") {
  rules::Finding later = tests::orphan();
  later.number = 77;
  later.session.id = core::SessionId{99};
  later.session.engine_sid = "AnotherSidAltogether";
  later.session.sockets = {{"/", "AnotherSocketIdBBBBB"}};
  later.successor.reset();
  later.client = core::ClientId{7};
  later.grade = rules::Grade::Timing;
  later.confidence = rules::Confidence::Possible;
  later.unproven = true;
  later.first_seen = later.evidence[0].at = tests::at(1h);
  later.count = 9;
  later.evidence.pop_back();
  later.summary = "Told otherwise.";
  CHECK(fingerprint(later) == fingerprint(tests::orphan()));
  CHECK(fingerprint(later).size() == 16);
}

TEST_CASE("fingerprint: another rule, direction, namespace, event or fault is another") {
  const std::string print = fingerprint(tests::orphan());
  rules::Finding other = tests::orphan();
  other.rule = "leak/another";
  CHECK(fingerprint(other) != print);
  other = tests::orphan();
  other.direction = core::Direction::ToServer;
  CHECK(fingerprint(other) != print);
  other = tests::orphan();
  other.evidence[0].note = "illegal namespace";
  CHECK(fingerprint(other) != print);
  CHECK(fingerprint(with_packet("42/chat,[null]")) != print);
  CHECK(fingerprint(with_packet("42[\"chat\",{}]")) != print);
  other.event = rules::EventName{"/", "chat"};
  rules::Finding news = other;
  news.event->event = "news";
  CHECK(fingerprint(news) != fingerprint(other));
}

TEST_CASE("fingerprint: where the event is named, the frames that prove it may be told otherwise") {
  rules::Finding one = tests::orphan();
  one.event = rules::EventName{"/", "news"};
  rules::Finding two = one;
  std::swap(two.evidence[0], two.evidence[1]);
  CHECK(fingerprint(one) == fingerprint(two));
}

TEST_CASE("fingerprint: an event that is named after its socket is the same for every socket") {
  rules::Finding one = tests::orphan();
  one.event = rules::EventName{"/", "to:" + one.session.sockets[0].id};
  rules::Finding two = tests::orphan();
  two.session.sockets[0].id = "AnotherSocketIdBBBBB";
  two.event = rules::EventName{"/", "to:AnotherSocketIdBBBBB"};
  CHECK(fingerprint(one) == fingerprint(two));
}

TEST_CASE("fingerprint: it is a contract with the baselines that people keep") {
  CHECK(fingerprint(tests::orphan()) == "3c59d5d7ced45d8a");
}

TEST_CASE("normalised: ids, numbers, times and addresses are one sign, words stay") {
  CHECK(normalised("s-12 of c-3 at 12:00:00.679 from 127.0.0.1:3000 waited 20 ms") ==
        "# of # at #:#:#.# from #.#.#.#:# waited # ms");
  CHECK(normalised("sid ZkvQmAbCdEfGhIjAAAA is unknown") == "sid # is unknown");
  CHECK(normalised("invalid payload: the name is no string") ==
        "invalid payload: the name is no string");
  CHECK(normalised("") == "");
}

TEST_CASE("subject_of: the finding's own event comes first") {
  rules::Finding finding = with_packet("42/x,[\"chat\"]");
  CHECK(subject_of(finding).event == "chat");
  finding.event = rules::EventName{"/y", "news"};
  CHECK(subject_of(finding).ns == "/y");
  CHECK(subject_of(finding).event == "news");
}

TEST_CASE("subject_of: a packet tells its namespace and event, as far as it is one") {
  const auto of = [](const char* packet) {
    const auto subject = subject_of(with_packet(packet));
    return subject.ns.value_or("-") + " " + subject.event.value_or("-");
  };
  CHECK(of("42[\"chat\",1]") == "/ chat");
  CHECK(of("42/admin,17[\"a \\\"b\\\"\",1]") == "/admin a \"b\"");
  CHECK(of("42/admin?token=x,[\"chat\"]") == "/admin chat");
  CHECK(of("451-/admin,[\"bytes\",{\"_placeholder\":true,\"num\":7}]") == "/admin bytes");
  CHECK(of("42[7,8]") == "/ 7");
  CHECK(of("42[null]") == "/ -");
  CHECK(of("42[\"cut o") == "/ -");
  CHECK(of("42[\"cut\\") == "/ -");
  CHECK(of("43/x,1[\"ok\"]") == "/x -");
  CHECK(of("42/x") == "/x -");
  CHECK(of("4") == "- -");
  CHECK(of("2") == "- -");
  CHECK(of("") == "- -");
}
