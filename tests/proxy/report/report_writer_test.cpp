#include "proxy/report/report_writer.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "proxy/report/github.hpp"
#include "tests/proxy/report/hostile.hpp"

using namespace proxy::report;

namespace {

/// A folder for the length of a test.
class Folder {
 public:
  Folder()
      : path_(std::filesystem::temp_directory_path() /
              ("sioscope-reports-" + std::to_string(::getpid()))) {
    std::filesystem::create_directory(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

std::string content(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("report writer: each format gets its own file, and what stood there before is gone") {
  const Folder folder;
  std::ofstream(folder.file("a.xml")) << std::string(100'000, 'x');
  const std::vector<Target> targets{{Format::JUnit, folder.file("a.xml")},
                                    {Format::Html, folder.file("a.html")},
                                    {Format::Terminal, folder.file("a.txt")}};
  auto writer = ReportWriter::open(targets, std::nullopt);
  REQUIRE(writer.has_value());
  CHECK(content(folder.file("a.xml")).empty());  // At once: a killed run leaves no old report.

  const Run run = tests::hostile_run();
  CHECK(writer->write(run).empty());
  CHECK(content(folder.file("a.xml")) == render(Format::JUnit, run));
  CHECK(content(folder.file("a.html")) == render(Format::Html, run));
  CHECK(content(folder.file("a.txt")) == render(Format::Terminal, run));
}

TEST_CASE("report writer: a path that cannot be written is told at the start, with errno") {
  const std::vector<Target> targets{{Format::Sarif, "/nonexistent/a.sarif"}};
  const auto refused = ReportWriter::open(targets, std::nullopt);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().what == "the sarif report '/nonexistent/a.sarif'");
  CHECK(refused.error().error == ENOENT);
}

TEST_CASE("report writer: a full disk fails that report, and the others are written") {
  const Folder folder;
  const std::vector<Target> targets{{Format::Json, "/dev/full"},
                                    {Format::Json, folder.file("a.json")}};
  auto writer = ReportWriter::open(targets, std::nullopt);
  if (!writer) return;  // There is no /dev/full in some sandboxes.
  const auto failures = writer->write(tests::run_of({}));
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].what == "the json report '/dev/full'");
  CHECK(failures[0].error == ENOSPC);
  CHECK(nlohmann::json::accept(content(folder.file("a.json"))));
}

TEST_CASE("report writer: ndjson and terminal without a file are others' business") {
  const std::vector<Target> targets{{Format::Ndjson, "-"}, {Format::Terminal, "-"}};
  CHECK(ReportWriter::open(targets, std::nullopt)->empty());
}

TEST_CASE("report writer: a github report brings the step summary, behind what stands there") {
  const Folder folder;
  std::ofstream(folder.file("summary")) << "# earlier\n";
  const std::vector<Target> targets{{Format::GitHub, folder.file("commands")}};
  auto writer = ReportWriter::open(targets, folder.file("summary"));
  REQUIRE(writer.has_value());
  CHECK(writer->write(tests::run_of({tests::orphan()})).empty());
  CHECK(content(folder.file("commands")).starts_with("::error title="));
  CHECK(content(folder.file("summary")).starts_with("# earlier\n## ❌ sioscope: findings\n"));
}

TEST_CASE("report writer: without a github report the step summary is left alone") {
  const Folder folder;
  const std::vector<Target> targets{{Format::Json, folder.file("a.json")}};
  auto writer = ReportWriter::open(targets, folder.file("summary"));
  REQUIRE(writer.has_value());
  CHECK(writer->write(tests::run_of({})).empty());
  CHECK_FALSE(std::filesystem::exists(folder.file("summary")));
}

TEST_CASE("report writer: a step summary never passes GitHub's limit, whatever stands there") {
  const Folder folder;
  std::vector<rules::Finding> findings;
  for (std::uint32_t i = 1; i <= 100; ++i) {
    findings.push_back(tests::hostile());
    findings.back().number = i;
    findings.back().evidence.resize(40, findings.back().evidence.front());
  }
  const Run run = tests::run_of(findings);
  REQUIRE(render(Format::Markdown, run).size() > kStepSummaryBytesMax);

  const std::vector<Target> targets{{Format::GitHub, folder.file("commands")}};
  for (const std::size_t before : {std::size_t{0}, kStepSummaryBytesMax - 100'000,
                                   kStepSummaryBytesMax - 10, kStepSummaryBytesMax + 10}) {
    std::ofstream(folder.file("summary")) << std::string(before, 'x');
    auto writer = ReportWriter::open(targets, folder.file("summary"));
    REQUIRE(writer.has_value());
    CHECK(writer->write(run).empty());
    CHECK(std::filesystem::file_size(folder.file("summary")) <=
          std::max(before, kStepSummaryBytesMax));
  }
}
