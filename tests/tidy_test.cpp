// The few laws that keep the house standing, read off the sources themselves. The rest of STYLE is
// taste.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "rules/registry.hpp"

namespace {

namespace fs = std::filesystem;

const fs::path kRoot = SIOSCOPE_SOURCE_DIR;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Line {
  std::string where;  ///< `core/event.hpp:12`
  std::string text;
};

/// The lines of every C++ source under a top-level folder.
std::vector<Line> lines_of(const std::string& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder))
    if (entry.path().extension() == ".cpp" || entry.path().extension() == ".hpp")
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());

  std::vector<Line> lines;
  for (const fs::path& file : files) {
    std::istringstream text(read(file));
    std::string line;
    for (int number = 1; std::getline(text, line); ++number)
      lines.push_back({fs::relative(file, kRoot).string() + ":" + std::to_string(number), line});
  }
  return lines;
}

/// What an `#include` names, without its marks; empty for any other line.
std::string included(const std::string& line) {
  static const std::regex pattern(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  std::smatch match;
  return std::regex_search(line, match, pattern) ? match[1].str() : "";
}

/// The line without its comment, so that words about a clock are not one.
std::string code(const std::string& line) { return line.substr(0, line.find("//")); }

void forbid(const std::string& folder, const std::string& law,
            const std::function<bool(const std::string&)>& broken) {
  for (const Line& line : lines_of(folder))
    CHECK_MESSAGE(!broken(line.text), line.where, ": ", law, ": ", line.text);
}

}  // namespace

TEST_CASE("tidy: includes point one way, proxy to rules to core") {
  const auto from = [](std::string folder) {
    return [folder](const std::string& line) { return included(line).starts_with(folder + "/"); };
  };
  forbid("core", "core includes only core", from("rules"));
  forbid("core", "core includes only core", from("proxy"));
  forbid("rules", "rules includes only rules and core", from("proxy"));
  for (const char* folder : {"core", "rules", "proxy"})
    forbid(folder, "no test is included", from("tests"));
}

TEST_CASE("tidy: core and rules own no socket, no thread and no file") {
  static const std::regex banned(
      R"(^(uv\.h|uv/.*|openssl/.*|httplib\.h|spdlog/.*|nlohmann/.*|prometheus/.*|CLI/.*)"
      R"(|thread|mutex|shared_mutex|condition_variable|atomic|future|semaphore|latch|barrier|stop_token)"
      R"(|fstream|iostream|filesystem|stdio\.h|ctime|time\.h|sys/.*|netinet/.*|arpa/.*|netdb\.h|unistd\.h)"
      R"(|fcntl\.h|pthread\.h)$)");
  static const std::regex reaching_out(
      R"(\b(fopen|fputs|puts|printf|random_device|rand|getenv)\s*[({])");
  for (const char* folder : {"core", "rules"}) {
    forbid(folder, "banned include",
           [](const std::string& line) { return std::regex_match(included(line), banned); });
    forbid(folder, "the outside world",
           [](const std::string& line) { return std::regex_search(code(line), reaching_out); });
  }
}

TEST_CASE("tidy: a tap never reads with wslay, only our own ends of a connection do") {
  for (const Line& line : lines_of("core"))
    if (included(line.text).starts_with("wslay/"))
      CHECK_MESSAGE(
          (line.where.starts_with("core/client/") || line.where.starts_with("core/server/")),
          line.where);
}

TEST_CASE("tidy: nobody outside proxy asks what time it is") {
  static const std::regex clock(
      R"((\bnow\s*\(\s*\))|\b(system_clock|steady_clock|high_resolution_clock|clock_gettime|gettimeofday)\b)");
  for (const char* folder : {"core", "rules"})
    forbid(folder, "a clock",
           [](const std::string& line) { return std::regex_search(code(line), clock); });
}

TEST_CASE("tidy: every header guards itself with #pragma once") {
  for (const char* folder : {"core", "rules", "proxy"})
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder))
      if (entry.path().extension() == ".hpp")
        CHECK_MESSAGE(read(entry.path()).find("#pragma once") != std::string::npos,
                      entry.path().string());
}

TEST_CASE("tidy: rules/README.md knows every rule") {
  const std::string readme = read(kRoot / "rules/README.md");
  for (const rules::Description& rule : rules::registry())
    CHECK_MESSAGE(readme.find("`" + std::string(rule.id) + "`") != std::string::npos, rule.id);
}
