#include "proxy/report/junit.hpp"

#include <doctest/doctest.h>

#include <pugixml.hpp>

#include "tests/proxy/report/hostile.hpp"

using namespace proxy::report;

namespace {

/// The document, read back by another's parser.
struct Document {
  explicit Document(const Run& run) : text(junit(run)) {
    REQUIRE(tests::is_plain_text(text));
    const pugi::xml_parse_result parsed =
        xml.load_string(text.c_str(), pugi::parse_default & ~pugi::parse_eol);
    REQUIRE_MESSAGE(parsed, parsed.description());
    suite = xml.child("testsuites").child("testsuite");
  }
  [[nodiscard]] pugi::xml_node test(const char* name) const {
    return suite.find_child_by_attribute("testcase", "name", name);
  }

  std::string text;
  pugi::xml_document xml;
  pugi::xml_node suite;
};

constexpr auto kLeak = "leak/orphan-after-parse-error";

std::size_t count_of(pugi::xml_node node, const char* name) {
  const auto children = node.children(name);
  return static_cast<std::size_t>(std::distance(children.begin(), children.end()));
}

}  // namespace

TEST_CASE("junit: every rule is a case, and one that found nothing has passed") {
  const Document clean(tests::run_of({}));
  CHECK(count_of(clean.suite, "testcase") == rules::registry().size());
  CHECK(clean.suite.attribute("tests").as_uint() == rules::registry().size());
  CHECK(clean.suite.attribute("failures").as_uint() == 0);
  CHECK(clean.suite.attribute("errors").as_uint() == 0);
  for (const rules::Description& rule : rules::registry()) {
    const pugi::xml_node test = clean.test(std::string(rule.id).c_str());
    REQUIRE(test);
    CHECK_FALSE(test.first_child());
  }
}

TEST_CASE("junit: a finding that meets --fail-on fails its rule's case, with the whole story") {
  const Document found(tests::run_of({tests::orphan()}));
  CHECK(found.suite.attribute("failures").as_uint() == 1);
  CHECK(found.xml.child("testsuites").attribute("failures").as_uint() == 1);
  const pugi::xml_node failure = found.test(kLeak).child("failure");
  CHECK(std::string(failure.attribute("type").value()) == kLeak);
  CHECK(std::string(failure.attribute("message").value()) ==
        "1 finding: The client came back and left its session open.");
  CHECK(tests::contains(failure.text().get(), "42[null,null]  invalid payload"));
  CHECK(tests::contains(failure.text().get(), "what to do: Update socket.io-client"));
  CHECK(std::string(found.test(kLeak).attribute("classname").value()) == "sioscope.leak");
  CHECK_FALSE(found.test("duplicate/over-orphan").first_child());
}

TEST_CASE("junit: a finding below --fail-on is told and fails nothing") {
  rules::Finding possible = tests::orphan();
  possible.confidence = rules::Confidence::Possible;
  const Document found(tests::run_of({possible}));
  CHECK(found.suite.attribute("failures").as_uint() == 0);
  CHECK_FALSE(found.test(kLeak).child("failure"));
  CHECK(
      tests::contains(found.test(kLeak).child("system-out").text().get(), "The client came back"));
}

TEST_CASE("junit: a case has one failure, however many findings it has") {
  rules::Finding second = tests::orphan();
  second.number = 2;
  const Document found(tests::run_of({tests::orphan(), second}));
  CHECK(count_of(found.test(kLeak), "failure") == 1);
  CHECK(tests::contains(found.test(kLeak).child("failure").text().get(), "f-2  error"));
}

TEST_CASE("junit: an inconclusive verdict is an error of its own, never a green page") {
  const Document doubtful(tests::inconclusive_run());
  CHECK(doubtful.suite.attribute("errors").as_uint() == 1);
  CHECK(doubtful.suite.attribute("tests").as_uint() == rules::registry().size() + 1);
  CHECK(count_of(doubtful.suite, "testcase") == rules::registry().size() + 1);
  const pugi::xml_node error = doubtful.test("verdict").child("error");
  CHECK(std::string(error.attribute("type").value()) == "inconclusive");
  CHECK(tests::contains(error.text().get(), "pingInterval"));
}

TEST_CASE("junit: the run's length and begin are told") {
  const Document run(tests::run_of({}));
  CHECK(std::string(run.suite.attribute("time").value()) == "2.500");
  CHECK(std::string(run.suite.attribute("timestamp").value()) == "2026-01-01T00:00:00.000Z");
}

TEST_CASE("junit: hostile names and payloads are text in it, and nothing else") {
  const Document hostile(tests::hostile_run());
  CHECK(count_of(hostile.suite, "testcase") == rules::registry().size());
  CHECK_FALSE(tests::contains(hostile.text, "<script"));
  CHECK_FALSE(tests::contains(hostile.text, "<img"));
  CHECK_FALSE(tests::contains(hostile.text, "]]>"));
  const std::string failure = hostile.test(kLeak).child("failure").text().get();
  CHECK(tests::contains(failure, "</script><script>alert(1)</script>]]><!-- -->"));
  CHECK(tests::contains(failure, "\\x1b[2J\\x0d\\x0a\\x09\\x00::warning::f\\x0a"));
  CHECK(tests::contains(failure, "\\xed\\xa0\\x80 \\xff\\xfe \\xef\\xbf\\xbe"));
}

TEST_CASE("junit: a hostile name is text in a failure's message too") {
  const Document hostile(tests::run_of({tests::hostile()}));
  const std::string message = hostile.test(kLeak).child("failure").attribute("message").value();
  CHECK(tests::contains(message, "1 finding: \"::error title=x::gotcha</script>"));
  CHECK(tests::contains(message, "\\x0d\\x0a\\x09\\x00::warning::f"));
  CHECK(message.ends_with("end`\" was sent."));
}

TEST_CASE("junit: what is ignored or known passes, and its text says why") {
  const Document ignored(tests::run_of({tests::orphan()}, tests::ignoring_leaks()));
  CHECK(ignored.suite.attribute("failures").as_uint() == 0);
  CHECK_FALSE(ignored.test(kLeak).child("failure"));
  const std::string out = ignored.test(kLeak).child("system-out").text().get();
  CHECK(tests::contains(out, "certain, ignored"));
  CHECK(tests::contains(out, "ignored until 2026-12-31: ::error title=x"));
  const Document known(tests::run_of({tests::orphan()}, tests::knowing(tests::orphan())));
  CHECK_FALSE(known.test(kLeak).child("failure"));
  CHECK(tests::contains(known.test(kLeak).child("system-out").text().get(),
                        "known: it is in the baseline"));
}
