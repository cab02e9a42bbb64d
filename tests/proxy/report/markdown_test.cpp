#include "proxy/report/markdown.hpp"

#include <doctest/doctest.h>

#include <sstream>

#include "tests/proxy/report/hostile.hpp"

using namespace proxy::report;

TEST_CASE("markdown: the verdict is the heading, a finding is a row and a story") {
  const std::string text = markdown(tests::run_of({tests::orphan()}));
  CHECK(text.starts_with("## ❌ sioscope: findings\n\nfindings: 1 error"));
  CHECK(tests::contains(text,
                        "| ❌ f-1 | `leak/orphan-after-parse-error` | error, certain | 1 | The "
                        "client came back and left its session open. |\n"));
  CHECK(tests::contains(text,
                        "| 00:00:00.679 | to client | s-12 | `42[null,null]` | invalid payload "
                        "|\n"));
  CHECK(tests::contains(text, "**What to do:** Update socket.io-client"));
  CHECK(tests::contains(text, "`Zk3vQm…`"));
}

TEST_CASE("markdown: a doubt brings its advice, and what went unobserved is said") {
  const std::string text = markdown(tests::inconclusive_run());
  CHECK(tests::contains(text, "\n> A session looked leaked"));
  CHECK(tests::contains(text, "- unobserved: ring-overflow, 20 times in 1 session"));
}

TEST_CASE("markdown_text: nothing in it is markup, a link, a mention or a reference") {
  CHECK(markdown_text("a_b *c* [d](e) `f` <g> |h| \\i ~j~ $k$ &l;") ==
        "a_b &#42;c&#42; &#91;d&#93;(e) &#96;f&#96; &#60;g&#62; &#124;h&#124; &#92;i &#126;j&#126; "
        "&#36;k&#36; &#38;l;");
  CHECK(markdown_text("_x_") == "&#95;x&#95;");
  CHECK(markdown_text("@me #1 http://x www.x") ==
        "@<!-- -->me #<!-- -->1 http:/<!-- -->/x www.<!-- -->x");
  CHECK(markdown_text("a\nb") == "a&#92;x0ab");
}

TEST_CASE("markdown_code: no run of backticks inside ends it") {
  CHECK(markdown_code("42[]") == "`42[]`");
  CHECK(markdown_code("a`b") == "`` a`b ``");
  CHECK(markdown_code("```") == "```` ``` ````");
  CHECK(markdown_code(" a ") == "`  a  `");
  CHECK(markdown_code("a|b\nc") == "`a\\x7cb\\x0ac`");
  CHECK(markdown_code("") == "");
  CHECK(markdown_code("  ") == "(blank)");
}

TEST_CASE("markdown: a hostile name or payload starts no line, no cell and no tag") {
  const std::string text = markdown(tests::hostile_run());
  CHECK(tests::is_plain_text(text));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK_FALSE(line.starts_with("::"));
    if (line.starts_with("| ")) {
      const std::size_t columns = tests::count(line, "|") - 1;
      CHECK((columns == 3 || columns == 5 || columns == 7));
    }
    // Outside of code nothing of a tag is left.
    const std::size_t code = line.find('`');
    CHECK_FALSE(tests::contains(line.substr(0, code), "<script"));
    CHECK_FALSE(tests::contains(line.substr(0, code), "<img"));
  }
}

TEST_CASE("markdown: within a limit it tells fewer findings, and how many there are") {
  std::vector<rules::Finding> findings;
  for (std::uint32_t i = 1; i <= 150; ++i) {
    findings.push_back(tests::hostile());
    findings.back().number = i;
  }
  const Run run = tests::run_of(findings);
  const std::string whole = markdown(run);
  CHECK(tests::contains(whole, "100 of 150 findings are told in full here"));
  const std::string limited = markdown(run, 30'000);
  CHECK(limited.size() <= 30'000);
  CHECK(limited.size() > 25'000);
  CHECK(tests::contains(limited, " of 150 findings are told in full here"));
  CHECK(tests::count(limited, "<details>") == tests::count(limited, "</details>"));
}

TEST_CASE("markdown: what is ignored is no failure, and says why") {
  const std::string text = markdown(tests::run_of({tests::orphan()}, tests::ignoring_leaks()));
  CHECK(tests::is_plain_text(text));
  CHECK(tests::contains(text, "certain, ignored"));
  CHECK(tests::contains(text, "**Fails nothing:** ignored until 2026-12-31: "));
  CHECK_FALSE(tests::contains(text, "<script"));
}
