#include "proxy/report/findings_file.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

using proxy::report::FindingsFile;

namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("findings file: each record is there as soon as it is appended, behind what was there") {
  const auto path =
      std::filesystem::temp_directory_path() / ("sioscope-findings-" + std::to_string(::getpid()));
  std::ofstream(path) << "{\"earlier\":1}\n";
  auto file = FindingsFile::open(path.string());
  REQUIRE(file.has_value());
  file->append("{\"a\":1}");
  CHECK(content(path) == "{\"earlier\":1}\n{\"a\":1}\n");
  file->append("{\"b\":2}");
  CHECK(content(path) == "{\"earlier\":1}\n{\"a\":1}\n{\"b\":2}\n");
  CHECK(file->lost() == 0);
  std::filesystem::remove(path);
}

TEST_CASE("findings file: one that cannot be opened tells errno") {
  CHECK(FindingsFile::open("/nonexistent/findings.ndjson").error() == ENOENT);
  CHECK(FindingsFile::open("/").error() == EISDIR);
}

TEST_CASE("findings file: a full disk is counted and its error kept") {
  auto file = FindingsFile::open("/dev/full");
  if (!file) return;  // There is none in some sandboxes.
  file->append("{}");
  file->append("{}");
  CHECK(file->lost() == 2);
  CHECK(file->first_error() == ENOSPC);
}

TEST_CASE("findings file: a reader that left is a write error, not the end of us") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  std::signal(SIGPIPE, SIG_IGN);
  auto file = FindingsFile::open("/dev/fd/" + std::to_string(ends[1]));
  REQUIRE(file.has_value());
  ::close(ends[0]);
  file->append("{}");
  CHECK(file->lost() == 1);
  CHECK(file->first_error() == EPIPE);
  ::close(ends[1]);
}
