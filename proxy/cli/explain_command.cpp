#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>

#include "proxy/cli/command_line.hpp"
#include "proxy/cli/commands.hpp"
#include "proxy/cli/verdict.hpp"
#include "proxy/explain/story.hpp"

namespace proxy::cli {
namespace {

using explain::Finding;
using explain::Page;
using explain::Reading;

constexpr std::size_t kWidthMax = 1000;

/// A number of cells that a page may have.
std::optional<std::size_t> width_of(std::string_view text) {
  const bool digits =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (text.empty() || text.size() > 4 || !digits) return std::nullopt;
  const std::size_t cells = std::stoul(std::string(text));
  if (cells < explain::kWidthMin || cells > kWidthMax) return std::nullopt;
  return cells;
}

/// As COLUMNS says, else the terminal, else what reads well.
std::size_t width_found() {
  constexpr std::size_t kOtherwise = 100;
  const char* const columns = std::getenv("COLUMNS");
  if (const auto said = width_of(columns == nullptr ? "" : columns)) return *said;
  winsize window{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col == 0) return kOtherwise;
  return std::clamp<std::size_t>(window.ws_col, explain::kWidthMin, kWidthMax);
}

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string name_of(const std::string& file) {
  return file == "-" ? "standard input" : in_quotes(file);
}

tl::expected<Reading, std::string> read(const std::string& file) {
  if (file == "-") return explain::read_findings(std::cin);
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  Reading reading;
  if (in) reading = explain::read_findings(in);
  if (in.is_open() && !reading.unreadable) return reading;
  return tl::unexpected("cannot read " + in_quotes(file) + ": " + std::strerror(errno) +
                        "; name a file that --findings wrote, or - for standard input");
}

std::string bad_lines(const Reading& reading, const std::string& file) {
  std::string text = "line " + std::to_string(reading.first_bad) + " of " + name_of(file) +
                     " is no record of --findings";
  if (reading.lines_bad > 1)
    text += ", and so are " + std::to_string(reading.lines_bad - 1) + " more";
  return text;
}

std::string nothing_there(const Reading& reading, const std::string& file) {
  std::string text = name_of(file) + " holds no findings";
  if (!reading.verdict.empty()) text += "; its verdict is " + in_quotes(reading.verdict);
  if (reading.lines_bad > 0)
    text += ": " + bad_lines(reading, file) + "; give it what --findings or --report ndjson wrote";
  return text;
}

std::string ids_of(const std::vector<Finding>& findings) {
  constexpr std::size_t kIdsShown = 20;
  std::string text;
  for (std::size_t i = 0; i < std::min(findings.size(), kIdsShown); ++i)
    text += (text.empty() ? "" : ", ") + findings[i].id;
  if (findings.size() > kIdsShown)
    text += " and " + std::to_string(findings.size() - kIdsShown) + " more";
  return text;
}

/// What is worth knowing about the file, beside its findings.
void tell_notes(const Reading& reading, const std::string& file) {
  if (reading.runs > 1)
    std::cerr << "sioscope explain: note: " << name_of(file) << " holds " << reading.runs
              << " runs; these are the findings of the last\n";
  if (reading.cut)
    std::cerr << "sioscope explain: note: the last line of " << name_of(file)
              << " is cut off, as when its writer is killed; it is left out\n";
}

}  // namespace

int explain_command(Arguments arguments) {
  CLI::App app("Tells one finding as a story: what happened, how it went, and what to do.",
               "sioscope explain");
  std::string file;
  std::string id;
  std::string width;
  app.add_option("FILE", file, "what --findings or --report ndjson wrote; - is standard input");
  app.add_option("ID", id, "of the finding, as in f-1; without it, they are listed");
  app.add_option("--width", width, "cells a line may take; default: COLUMNS, the terminal, or 100")
      ->type_name("N");
  app.footer(
      "Examples:\n"
      "  sioscope explain findings.ndjson\n"
      "  sioscope explain findings.ndjson f-2\n"
      "  curl -s http://ci/artifacts/findings.ndjson | sioscope explain - f-2 --width 120\n"
      "A file that several runs were written to counts for its last one. Exits with 0, or 2 when "
      "the file cannot be read,\n"
      "holds no such finding, or has lines that are no records; what could be read is told all the "
      "same.");
  if (auto stop = parse_with(app, arguments)) return say(*stop);
  if (file.empty())
    return say(usage_error(app,
                           "no file was given; name what --findings wrote, as in sioscope "
                           "explain findings.ndjson"));
  Page page{.width = width_found(), .colours = report::colours_for(STDOUT_FILENO)};
  if (!width.empty()) {
    const auto said = width_of(width);
    if (!said)
      return say(usage_error(app, "--width " + in_quotes(width) + " is no number from 50 to 1000"));
    page.width = *said;
  }

  const auto reading = read(file);
  if (!reading) return say(usage_error(app, reading.error()));
  const std::vector<Finding>& findings = reading->findings;
  if (findings.empty()) return say(usage_error(app, nothing_there(*reading, file)));
  const std::string wanted =
      id.empty() && findings.size() == 1 ? findings.front().id : explain::normal_id(id);
  const auto found = std::find_if(findings.begin(), findings.end(),
                                  [&](const Finding& each) { return each.id == wanted; });
  if (!wanted.empty() && found == findings.end())
    return say(usage_error(app, "there is no finding " + in_quotes(id) + " in " + name_of(file) +
                                    "; there are: " + ids_of(findings)));

  tell_notes(*reading, file);
  if (wanted.empty())
    std::cout << explain::list(findings, page) << "\nsioscope explain " << file << ' '
              << findings.front().id << "   tells one of them\n";
  else
    std::cout << explain::tell(*found, findings, page);
  std::cout << std::flush;
  return reading->lines_bad == 0 ? kExitClean : say(usage_error(app, bad_lines(*reading, file)));
}

}  // namespace proxy::cli
