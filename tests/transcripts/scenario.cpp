#include "tests/transcripts/scenario.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "core/tap/dedupe_key.hpp"
#include "tests/transcripts/builder.hpp"
#include "tests/transcripts/words.hpp"

namespace transcripts {
namespace {

struct Line {
  int number = 0;
  std::string text;
};

/// `A[1-3] -> B[1-3]` becomes three lines, every range counting along.
std::vector<std::string> expand(const std::string& text) {
  std::size_t open = std::string::npos;
  int first = 0;
  int last = 0;
  for (std::size_t at = text.find('['); at != std::string::npos; at = text.find('[', at + 1)) {
    int read = 0;
    if (std::sscanf(text.c_str() + at, "[%d-%d]%n", &first, &last, &read) == 2 && read != 0) {
      open = at;
      break;
    }
  }
  if (open == std::string::npos) return {text};
  const std::string range = "[" + std::to_string(first) + "-" + std::to_string(last) + "]";
  std::vector<std::string> lines;
  for (int i = first; i <= last; ++i) lines.push_back(replaced(text, range, std::to_string(i)));
  return lines;
}

core::tap::ClientKey read_key(std::string_view text) {
  core::tap::ClientKey key;
  const std::size_t colon = text.find(':');
  const std::size_t comma = text.find(',');
  const std::string_view source = text.substr(0, colon);
  using Source = core::tap::ClientKey::Source;
  key.source = source == "cookie"   ? Source::Cookie
               : source == "header" ? Source::Header
               : source == "query"  ? Source::Query
                                    : Source::Auth;
  key.name = text.substr(colon + 1, comma == std::string_view::npos ? comma : comma - colon - 1);
  key.per_page = comma != std::string_view::npos;
  return key;
}

struct Source {
  std::string title;
  std::vector<std::string> transports{"websocket"};
  std::string ping;
  std::string key;
  std::vector<std::string> dedupe;
  std::vector<std::string> twice;
  std::vector<std::string> trust;
  std::vector<std::string> upstreams;
  std::vector<Line> lines;
  std::vector<std::string> expected;
};

Scenario build(const Source& source, const std::string& file, const std::string& transport) {
  Scenario scenario;
  scenario.name = file + ": " + source.title + " (" + transport + ")";
  if (!source.key.empty()) scenario.key = read_key(source.key);
  for (const std::string& each : source.dedupe)
    scenario.dedupe_keys.push_back(core::tap::parse_dedupe_key(each).value());
  scenario.handled_twice = source.twice;
  for (const std::string& each : source.trust)
    scenario.trust.add(core::address::network_of(each).value());
  scenario.upstreams = source.upstreams;
  scenario.expected = source.expected;
  Builder builder(transport, scenario);
  if (!source.ping.empty()) builder.ping(source.ping);
  for (const Line& line : source.lines) {
    try {
      for (const std::string& each : expand(line.text)) builder.line(each);
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(file + ":" + std::to_string(line.number) + ": " + error.what());
    }
  }
  if (!scenario.steps.empty())
    scenario.end = std::max(scenario.end, scenario.steps.back().at + kStep);
  return scenario;
}

void read_stream(std::istream& file, const std::string& name, std::vector<Scenario>& out) {
  std::vector<Source> sources;
  bool expecting = false;
  Line line;
  while (std::getline(file, line.text)) {
    ++line.number;
    std::string_view text = trim(line.text);
    if (text.empty() || text.starts_with('#')) continue;
    if (text.starts_with("scenario: ")) {
      sources.push_back({});
      sources.back().title = text.substr(10);
      expecting = false;
      continue;
    }
    if (sources.empty()) throw std::runtime_error(name + " does not begin with a scenario");
    Source& source = sources.back();
    if (text == "expect") {
      expecting = true;
    } else if (expecting) {
      for (std::string& each : expand(std::string(text)))
        source.expected.push_back(std::move(each));
    } else if (text.starts_with("over ")) {
      source.transports.clear();
      std::istringstream names(replaced(std::string(text.substr(5)), ",", " "));
      for (std::string each; names >> each;) source.transports.push_back(each);
    } else if (text.starts_with("ping ")) {
      source.ping = text.substr(5);
    } else if (text.starts_with("dedupe ")) {
      source.dedupe.emplace_back(text.substr(7));
    } else if (text.starts_with("twice ")) {
      source.twice.emplace_back(text.substr(6));
    } else if (text.starts_with("trust ")) {
      source.trust.emplace_back(text.substr(6));
    } else if (text.starts_with("upstreams ")) {
      std::istringstream names(replaced(std::string(text.substr(10)), ",", " "));
      for (std::string each; names >> each;) source.upstreams.push_back(each);
    } else if (text.starts_with("key ")) {
      source.key = text.substr(4);
    } else {
      source.lines.push_back({line.number, std::string(text)});
    }
  }
  for (const Source& source : sources)
    for (const std::string& transport : source.transports)
      out.push_back(build(source, name, transport));
}

}  // namespace

std::vector<Scenario> read_all(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<Scenario> scenarios;
  for (const auto& path : files) {
    std::ifstream file(path);
    read_stream(file, path.filename().string(), scenarios);
  }
  return scenarios;
}

std::vector<Scenario> read_text(const std::string& text, const std::string& name) {
  std::istringstream stream(text);
  std::vector<Scenario> scenarios;
  read_stream(stream, name, scenarios);
  return scenarios;
}

}  // namespace transcripts
