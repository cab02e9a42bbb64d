#include "proxy/explain/story.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "proxy/explain/cells.hpp"

using namespace proxy::explain;
using proxy::report::Colours;

namespace {

/// What `sioscope check` wrote of a socket.io-client 4.7.5 that met `42[null,null]`.
Reading leak() {
  std::ifstream file(SIOSCOPE_SOURCE_DIR "/tests/proxy/explain/leak.ndjson");
  return read_findings(file);
}

const Finding& finding(const Reading& reading, std::string_view id) {
  for (const Finding& each : reading.findings)
    if (each.id == id) return each;
  FAIL("no such finding");
  return reading.findings.front();
}

std::string told(std::string_view id, const Page& page) {
  const Reading reading = leak();
  return tell(finding(reading, id), reading.findings, page);
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// Lines that are wider than the page.
std::string too_wide(const std::string& text, std::size_t cells) {
  std::istringstream lines(text);
  std::string wide;
  for (std::string line; std::getline(lines, line);)
    if (width(line) > cells) wide += line + '\n';
  return wide;
}

/// A finding of two sessions whose frames are these.
Finding with_frames(std::vector<Evidence> frames) {
  Finding finding;
  finding.id = "f-1";
  finding.session.id = "s-1";
  finding.successor.emplace().id = "s-2";
  finding.evidence = std::move(frames);
  return finding;
}

Evidence frame(std::string session, std::string packet, std::string note = {}) {
  return {.at = Time{},
          .direction = core::Direction::ToClient,
          .session = std::move(session),
          .what = "packet",
          .packet = std::move(packet),
          .truncated = false,
          .note = std::move(note)};
}

/// Where the bar between the columns stands, in cells; the same in every line, or -1.
int bar_at(const std::string& text) {
  std::istringstream lines(text);
  int at = -1;
  for (std::string line; std::getline(lines, line);) {
    const auto byte = line.find("│");
    if (byte == std::string::npos) return -1;
    const int here = static_cast<int>(width(std::string_view(line).substr(0, byte)));
    if (at >= 0 && here != at) return -1;
    at = here;
  }
  return at;
}

}  // namespace

TEST_CASE("explain: a leak is told with both sessions side by side") {
  CHECK(told("f-2", {.width = 100}) == R"(f-2  error  leak/orphan-after-parse-error  certain

What happened
  A client met a packet it could not parse, reconnected, and left its old session open.
  After a packet it could not parse, the client went on in a new session and left this one open: an
  orphan that keeps answering pings and keeps receiving broadcasts.

  whose fault  the client's
  how sure     certain: nothing innocent looks like this on the wire.
  same client  the new session counts its ack ids on from the old one's (ack-continuity).
  how often    once, 2026-11-26 10:55:09.883 to 10:55:13.515 UTC

Why it matters
  The old session answers pings for ever, so the server keeps it, counts it as present and sends
  every broadcast to it too; one more is left at each error.

How it went, from 2026-11-26 10:55:09.883 UTC
  < to the client, > to the server

            s-1, at fault                              │ s-2, its successor
            websocket, Engine.IO 4, sid 6BaMXh…        │ sid ffg553…
            socket V1y3dH5JHp7dTOpSAAAA of /           │
                                                       │
  +0.000 s  < 42[null,null]                            │
              invalid payload: the event name is       │
              neither a string nor a number            │
  +0.388 s                                             │ < handshake
                                                       │   the same client opens a new session; the
                                                       │   old one was not closed
  +0.393 s                                             │ > 40  and CONNECTs on it
  +0.958 s  < 2  ping                                  │
              the server pings the old session         │
              afterwards                               │
  +0.959 s  > 3  pong                                  │
              and it answers: still open, still served │
  +1.509 s  < 42["news",1]  and to the orphan          │
  +1.509 s                                             │ < 42["news",1]  to the live session
  +3.632 s  > close  the orphan ended                  │

What to do
  Upgrade socket.io-client to 4.8.0 or later, and stop sending the packet that it cannot parse.

What proves it
  The refused packet, the successor's CONNECT, and a sign of life of the old session after it: a
  ping answered, or a new poll (in Engine.IO 3, a ping of its own). Certain when the two sessions
  are surely one socket's (recovery pid, ack ids, a per-page client key); likely when page, address,
  browser, origin and timing say so, one to one; possible before the sign of life, when several
  sessions fit, or when their `auth` differs.

Source
  socketio/socket.io#5128, socketio/socket.io-client#1584

Related findings
  f-1  error  protocol/malformed-packet  certain  s-1  The server sent a packet that the client's p…
  f-3  error  duplicate/over-orphan      certain  s-1  x3  "news" was sent to the orphan as well as…
)");
}

TEST_CASE("explain: on a narrow page the sessions share a column, each frame named") {
  const std::string text = told("f-2", {.width = 60});
  CHECK(contains(text,
                 "\n  +0.388 s  s-2 < handshake\n"
                 "                  the same client opens a new session; the\n"
                 "                  old one was not closed\n"));
  CHECK_FALSE(contains(text, "│"));
}

TEST_CASE("explain: no line is wider than the page, whatever its width") {
  for (std::size_t cells = kWidthMin; cells <= 160; ++cells)
    for (const char* id : {"f-1", "f-2", "f-3"}) {
      const std::string text = told(id, {.width = cells});
      // The list of related findings has names that cannot be cut.
      const std::string story = text.substr(0, text.find("\nRelated findings"));
      CHECK_MESSAGE(too_wide(story, cells) == "", cells);
    }
}

TEST_CASE("explain: colours take no room") {
  const std::string plain = told("f-2", {.width = 100});
  std::string coloured = told("f-2", {.width = 100, .colours = Colours::On});
  CHECK(coloured != plain);
  for (auto at = coloured.find('\x1b'); at != std::string::npos; at = coloured.find('\x1b'))
    coloured.erase(at, coloured.find('m', at) - at + 1);
  CHECK(coloured == plain);
}

TEST_CASE("explain: a finding of one session has one column, and nothing of another's frames") {
  const std::string text = told("f-1", {.width = 100});
  CHECK(contains(text, "\n            s-1\n            websocket, Engine.IO 4, sid 6BaMXh…\n"));
  CHECK(contains(text,
                 "\n  +0.000 s  < 42[null,null]  invalid payload: the event name is neither a "
                 "string nor a number\n\nWhat to do\n"));
  CHECK(contains(text, "\nRelated findings\n  f-2  error  leak/orphan-after-parse-error  certain"));
}

TEST_CASE("explain: a frame that two findings share is told once") {
  const std::string text = told("f-2", {.width = 100});
  CHECK(text.find("42[null,null]") == text.rfind("42[null,null]"));
}

TEST_CASE("explain: wide characters keep the columns, and none is cut") {
  const std::string packet = "42[\"日本語のとても長いイベント名、まだまだ続きます、本当に\"]";
  for (std::size_t cells = kTwoColumnsMin; cells < kTwoColumnsMin + 8; ++cells) {
    const std::string text =
        timeline(with_frames({frame("s-1", packet, "é e\u0301 日本語"), frame("s-2", packet)}), {},
                 {.width = cells});
    CHECK(bar_at(text) > 0);
    CHECK(too_wide(text, cells) == "");
    CHECK(contains(text, "…"));
    std::string one_line = text;
    for (char& c : one_line)
      if (c == '\n') c = ' ';
    CHECK(proxy::report::printable(one_line) == one_line);  // whole UTF-8 still
  }
}

TEST_CASE("explain: frames of a third session cross the columns and are named") {
  const std::string text =
      timeline(with_frames({frame("s-1", "2"), frame("s-9", "40"), frame("", "x")}), {}, {});
  CHECK(contains(text, "  +0.000 s  s-9 < 40\n"));
  CHECK(contains(text, "  +0.000 s  < x\n"));
}

TEST_CASE("explain: a forged name of a session takes no more room than there is") {
  const std::string name(500, 's');
  for (const std::size_t cells : {kWidthMin, kTwoColumnsMin}) {
    const std::string text =
        timeline(with_frames({frame(name, "42[\"news\"]", "a note that wants a line")}), {},
                 {.width = cells});
    CHECK(too_wide(text, cells) == "");
    CHECK(contains(text, "… < 42[\"news\"]"));
  }
}

TEST_CASE("explain: frames without a time, and a finding without frames, are told as they are") {
  Finding finding = with_frames({frame("s-1", "2")});
  finding.evidence.front().at.reset();
  CHECK(contains(timeline(finding, {}, {}), "    < 2"));
  finding.evidence.clear();
  CHECK(timeline(finding, {}, {}) == "");
  CHECK(contains(tell(finding, {}, {}), "whose fault  not known\n"));
}

TEST_CASE("explain: what was withdrawn is told with its reason") {
  std::istringstream in(
      R"({"type":"finding","id":"f-1","rule":"a/b","severity":"error","confidence":"likely"})"
      "\n"
      R"({"type":"withdrawn","id":"f-1","reason":"the session spoke again"})"
      "\n");
  const Reading reading = read_findings(in);
  const std::string text = tell(reading.findings.front(), reading.findings, {});
  CHECK(
      text.starts_with("f-1  error  a/b  withdrawn\n\nWithdrawn\n  It does not stand any more: the "
                       "session spoke again.\n"));
  CHECK(list(reading.findings, {}) == "f-1  error  a/b  withdrawn\n");
}

TEST_CASE("explain: what is accepted says why") {
  std::istringstream in(
      R"({"type":"finding","id":"f-1","rule":"a/b","ignored":{"reason":"fixed in 12","expires":"2026-12-31"}})"
      "\n"
      R"({"type":"finding","id":"f-2","rule":"a/b","baseline":"known"})");
  const Reading reading = read_findings(in);
  const auto told_of = [&](std::size_t i) { return tell(reading.findings.at(i), {}, {}); };
  CHECK(contains(told_of(0), "  accepted     ignored: fixed in 12.\n"));
  CHECK(contains(told_of(1), "  accepted     known: it stands in the baseline.\n"));
}

TEST_CASE("explain: what is unproven says so, and what would have proven it") {
  Finding finding = with_frames({});
  finding.confidence = "possible";
  finding.unproven = true;
  const std::string text = tell(finding, {}, {});
  CHECK(text.find("possible, unproven\n") < text.find('\n'));
  CHECK(contains(text, "shorter pingInterval"));
}

TEST_CASE("explain: text from the wire cannot command a terminal") {
  std::istringstream in(
      R"({"type":"finding","id":"f-1\u001b[2J","rule":"\u001b[31m","severity":"\u009b2J","summary":"\u001b]0;x\u0007","client":{"grade":"\u001b"},)"
      R"("confidence":"\u001b","fault":"\u001b","remedy":"\u001b","session":{"id":"\u001b","sid":"\u001b","sockets":[{"nsp":"\u001b","id":"\u001b"}]},)"
      R"("evidence":[{"session":"\u001b","what":"\u001b","packet":"42[\"\u202e\u001b[2J\\n\"]","note":"\u001b"}]})");
  const Reading reading = read_findings(in);
  REQUIRE(reading.findings.size() == 1);
  const std::string text =
      tell(reading.findings.front(), reading.findings, {}) + list(reading.findings, {});
  for (const char c : text) CHECK((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
  CHECK_FALSE(contains(text, "\u009b"));
  CHECK_FALSE(contains(text, "\u202e"));
}

TEST_CASE("explain: the list has a line a finding, shortened to the page") {
  const Reading reading = leak();
  CHECK(
      list(reading.findings, {.width = 100}) ==
      "f-1  error  protocol/malformed-packet      certain  s-1  The server sent a packet that the "
      "client's…\n"
      "f-2  error  leak/orphan-after-parse-error  certain  s-1  After a packet it could not parse, "
      "the cli…\n"
      "f-3  error  duplicate/over-orphan          certain  s-1  x3  \"news\" was sent to the "
      "orphan "
      "as well …\n");
  CHECK(list(reading.findings, {.width = 60})
            .starts_with("f-1  error  protocol/malformed-packet      certain  s-1\n"));
}

TEST_CASE("explain: of many related findings ten are named and told") {
  Reading reading = leak();
  const Finding copy = finding(reading, "f-3");
  for (int i = 4; i < 24; ++i) {
    reading.findings.push_back(copy);
    reading.findings.back().id = "f-" + std::to_string(i);
  }
  const std::string text = tell(finding(reading, "f-2"), reading.findings, {});
  CHECK(contains(text, "\n  f-11  error"));
  CHECK_FALSE(contains(text, "f-12"));
  CHECK(text.ends_with("\n  and 12 more\n"));
}
