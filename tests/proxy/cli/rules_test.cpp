#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "proxy/cli/rules_text.hpp"
#include "tests/proxy/cli/known_rules.hpp"

TEST_CASE("rules_list: one line a rule, in the registry's order") {
  CHECK(proxy::cli::rules_list(tests::kKnown) ==
        "leak/one       error    Leaks | once.\n"
        "leak/two       warning  Leaks twice.\n"
        "duplicate/one  error    Comes twice.\n");
}

TEST_CASE("rule_page: everything there is, and no empty heading") {
  const std::string page = proxy::cli::rule_page(tests::kKnown[0]);
  for (const char* part : {"leak/one  (error)", "Memory.", "Two frames.", "Close it.", "here"})
    CHECK_MESSAGE(page.find(part) != std::string::npos, part);
  CHECK(page.find("Silent when") == std::string::npos);
}

TEST_CASE("rules_markdown: bars in the text do not break the table") {
  CHECK(proxy::cli::rules_markdown(tests::kKnown).find("Leaks \\| once.") != std::string::npos);
}

TEST_CASE("rules/README.md holds the table of today's rules (else: sioscope rules --markdown)") {
  std::ifstream file(SIOSCOPE_SOURCE_DIR "/rules/README.md");
  std::ostringstream text;
  text << file.rdbuf();
  CHECK(text.str().find(proxy::cli::rules_markdown(rules::registry())) != std::string::npos);
}
