#include "proxy/report/redaction.hpp"

#include <doctest/doctest.h>

#include "tests/proxy/report/sample.hpp"

using proxy::report::Redaction;

namespace {

const Redaction kShorten(Redaction::Mode::Shorten);
const Redaction kReveal(Redaction::Mode::Reveal);

std::string in(std::string_view text) {
  const std::string sids[] = {std::string(tests::kOrphanSid)};
  return kShorten.text(text, sids);
}

}  // namespace

TEST_CASE("redaction: a sid is shown as its first six characters and an ellipsis") {
  CHECK(kShorten.sid(tests::kOrphanSid) == "Zk3vQm…");
  CHECK(kShorten.sid("") == "");
  CHECK(kReveal.sid(tests::kOrphanSid) == tests::kOrphanSid);
}

TEST_CASE("redaction: a known sid is shortened wherever it stands") {
  CHECK(in("42[\"Zk3vQmAbCdEfGhIjAAAA\",\"Zk3vQmAbCdEfGhIjAAAA\"]") ==
        "42[\"Zk3vQm…\",\"Zk3vQm…\"]");
  CHECK(in("no sid here") == "no sid here");
}

TEST_CASE("redaction: a sid that the excerpt cut off is shortened too") {
  CHECK(in("42[\"Zk3vQmAbCdEf") == "42[\"Zk3vQm…");
  CHECK(in("42[\"Zk3vQm") == "42[\"Zk3vQm");
}

TEST_CASE("redaction: handshakes and URLs hide sids that nobody named") {
  CHECK(in("0{\"sid\":\"otherSidOfSomeone\",\"upgrades\":[]}") ==
        "0{\"sid\":\"otherS…\",\"upgrades\":[]}");
  CHECK(in("0{\"sid\":\"otherSidCut") == "0{\"sid\":\"otherS…");
  CHECK(in("GET /socket.io/?EIO=4&sid=otherSidOfSomeone&t=1") ==
        "GET /socket.io/?EIO=4&sid=otherS…&t=1");
}

TEST_CASE("redaction: a v4 socket id is public, also in its CONNECT") {
  CHECK(in("40{\"sid\":\"h2XwAbCdEfGhIjKlAAAB\"}") == "40{\"sid\":\"h2XwAbCdEfGhIjKlAAAB\"}");
  CHECK(kShorten.finding(tests::orphan()).session.sockets[0].id == "h2XwAbCdEfGhIjKlAAAB");
}

TEST_CASE("redaction: a v3 socket id contains the engine sid and is shortened") {
  rules::Finding finding = tests::orphan();
  finding.session.eio = 3;
  finding.session.sockets = {{"/", finding.session.engine_sid},
                             {"/chat", "/chat#" + finding.session.engine_sid}};
  const rules::Finding safe = kShorten.finding(finding);
  CHECK(safe.session.sockets[0].id == "Zk3vQm…");
  CHECK(safe.session.sockets[1].id == "/chat#Zk3vQm…");
}

TEST_CASE("redaction: nothing of a finding lets a sid out") {
  rules::Finding finding = tests::orphan();
  for (std::string* text :
       {&finding.summary, &finding.remedy, &finding.evidence[0].packet, &finding.evidence[0].note})
    text->append(" ").append(tests::kOrphanSid).append(" ").append(tests::kSuccessorSid);
  const rules::Finding safe = kShorten.finding(finding);
  for (const std::string& text :
       {safe.summary, safe.remedy, safe.evidence[0].packet, safe.evidence[0].note,
        safe.session.engine_sid, safe.successor->engine_sid}) {
    CHECK(text.find(tests::kOrphanSid) == std::string::npos);
    CHECK(text.find(tests::kSuccessorSid) == std::string::npos);
  }
  CHECK(kReveal.finding(finding).summary == finding.summary);
}

TEST_CASE(
    "redaction: a sid too short to be told from a word is left alone in texts, and no character is "
    "cut in two") {
  const std::string sids[] = {"abc"};
  CHECK(kShorten.text("abcde", sids) == "abcde");
  CHECK(kShorten.sid("abcdeä-and-more") == "abcde…");
}
