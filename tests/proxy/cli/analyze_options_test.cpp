#include "proxy/cli/analyze_options.hpp"

#include <doctest/doctest.h>

#include "tests/proxy/cli/known_rules.hpp"

using namespace proxy::cli;

namespace {

tl::expected<AnalyzeOptions, Stop> analyze_with(const std::vector<std::string>& words) {
  constexpr std::chrono::sys_days kToday{std::chrono::year(2026) / 5 / 17};
  return parse_analyze(words, tests::kKnown, kToday);
}

std::string sentence(const std::vector<std::string>& words) {
  const auto parsed = analyze_with(words);
  REQUIRE_FALSE(parsed.has_value());
  CHECK(parsed.error().exit_code == 2);
  CHECK(parsed.error().text.starts_with("sioscope analyze: "));
  return parsed.error().text;
}

}  // namespace

TEST_CASE("parse_analyze: files, and what check has") {
  const auto options =
      analyze_with({"a.pcap", "--path", "/chat/", "--server", "3000", "b.har", "--fail-on", "leak",
                    "--client-key", "cookie:uid", "--report", "json=r.json", "--findings", "f",
                    "--reveal-sids", "--quiet", "--har", "o.har", "--capture-secrets"});
  REQUIRE(options.has_value());
  CHECK(options->files == std::vector<std::string>{"a.pcap", "b.har"});
  CHECK(options->server == "3000");
  CHECK(options->tap.http.path_prefix == "/chat");
  CHECK(options->tap.client_key.name == "uid");
  CHECK(options->findings == "f");
  CHECK(options->reports.size() == 1);
  CHECK(options->sids == proxy::report::Redaction::Mode::Reveal);
  CHECK(options->quiet);
  CHECK(options->har == "o.har");
  CHECK(options->capture_secrets);
  CHECK(options->gate.met_by("leak/one", rules::Severity::Warning, rules::Confidence::Likely));
}

TEST_CASE("parse_analyze: stdin is a file like any other") {
  const auto options = analyze_with({"-"});
  REQUIRE(options.has_value());
  CHECK(options->files == std::vector<std::string>{"-"});
  CHECK_FALSE(options->har);
  CHECK(options->server.empty());
}

TEST_CASE("parse_analyze: what makes no sense is refused") {
  CHECK(sentence({}).find("there is no FILE") != std::string::npos);
  CHECK(sentence({"a", "--listen", "127.0.0.1:1"}).find("--listen") != std::string::npos);
  CHECK(sentence({"a", "--fail-on", "leek"}).find("'leek'") != std::string::npos);
  CHECK(sentence({"a", "--har", "a"}).find("would overwrite it") != std::string::npos);
  CHECK(sentence({"a", "--capture-secrets"}).find("--har") != std::string::npos);
}
