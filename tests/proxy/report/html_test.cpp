#include "proxy/report/html.hpp"

#include <doctest/doctest.h>

#include <regex>

#include "tests/proxy/report/hostile.hpp"

using namespace proxy::report;

TEST_CASE("html: the verdict, each finding with its frames and remedy, every rule") {
  const std::string text = html(tests::run_of({tests::orphan()}));
  CHECK(tests::contains(text, "<h1>sioscope: <span class=\"error\">findings</span></h1>"));
  CHECK(tests::contains(text, "The client came back and left its session open."));
  CHECK(tests::contains(text, "<code>42[null,null]</code>"));
  CHECK(tests::contains(text, "Update socket.io-client to 4.8.0 or later."));
  CHECK(tests::contains(text, "Zk3vQm…"));
  for (const rules::Description& rule : rules::registry())
    CHECK(tests::contains(text, "<code>" + std::string(rule.id) + "</code>"));
}

TEST_CASE("html: a failing finding is open, another is folded") {
  rules::Finding possible = tests::orphan();
  possible.number = 2;
  possible.confidence = rules::Confidence::Possible;
  const std::string text = html(tests::run_of({tests::orphan(), possible}));
  CHECK(tests::count(text, "<details open>") == 1);
  CHECK(tests::count(text, "<details>") == 1);
}

TEST_CASE("html: the page asks nobody for anything, and its policy forbids it to") {
  const std::string text = html(tests::hostile_run());
  CHECK(tests::contains(text, "content=\"default-src 'none'; style-src 'unsafe-inline'; "));
  CHECK_FALSE(std::regex_search(text, std::regex("<(script|link|img|iframe|object|a|form)\\b")));
  CHECK_FALSE(tests::contains(text, "url("));
  CHECK_FALSE(tests::contains(text, "@import"));
  CHECK(tests::contains(text, "prefers-color-scheme: dark"));
}

TEST_CASE("html: hostile names and payloads are text in it, and nothing else") {
  const std::string text = html(tests::hostile_run());
  CHECK(tests::is_plain_text(text));
  CHECK(tests::contains(text, "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;]]&gt;"));
  CHECK(tests::contains(text, "&quot;&#39;&amp;amp;"));
  // Every tag in the page is one of ours, with no attribute that is not.
  const std::string body = text.substr(text.find("<body>"));
  const std::regex ours(
      "</?(body|html|h1|h2|p|span|strong|code|br|ul|li|details|summary|div|table|tr|th|td)"
      "( class=\"[a-z]+\"| open)?>");
  for (std::size_t at = body.find('<'); at != std::string::npos; at = body.find('<', at + 1))
    CHECK(std::regex_search(body.begin() + static_cast<std::ptrdiff_t>(at), body.end(), ours,
                            std::regex_constants::match_continuous));
  CHECK(tests::count(body, "<table>") == tests::count(body, "</table>"));
  CHECK(tests::count(body, "<details") == tests::count(body, "</details>"));
}

TEST_CASE("html: doubts stand on top, with what to do") {
  const std::string text = html(tests::inconclusive_run());
  CHECK(tests::contains(text, "<span class=\"warning\">inconclusive</span>"));
  CHECK(text.find("pingInterval") < text.find("<h2>"));
  CHECK(tests::contains(text, "ring-overflow, 20 times in 1 session"));
}

TEST_CASE("html: what is ignored is folded away, and says why") {
  const std::string text = html(tests::run_of({tests::orphan()}, tests::ignoring_leaks()));
  CHECK(tests::contains(text, "certain, ignored"));
  CHECK(tests::contains(text, "ignored until 2026-12-31: "));
  CHECK_FALSE(tests::contains(text, "<details open>"));
  CHECK_FALSE(tests::contains(text, "<script"));
}
