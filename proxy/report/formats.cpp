#include "proxy/report/formats.hpp"

#include <algorithm>

namespace proxy::report {
namespace {

struct Row {
  Format format;
  std::string_view name;
};
constexpr Row kFormats[] = {
    {Format::Terminal, "terminal"}, {Format::Json, "json"},   {Format::Ndjson, "ndjson"},
    {Format::JUnit, "junit"},       {Format::Sarif, "sarif"}, {Format::GitHub, "github"},
    {Format::Markdown, "markdown"}, {Format::Html, "html"},
};

}  // namespace

std::string_view name(Format format) noexcept {
  for (const Row& row : kFormats)
    if (row.format == format) return row.name;
  return "";
}

std::string format_names() {
  std::string names;
  for (const Row& row : kFormats) {
    if (!names.empty()) names += ", ";
    names += row.name;
  }
  return names;
}

tl::expected<Target, std::string> parse_target(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view wanted = text.substr(0, equals);
  const auto* const row = std::find_if(std::begin(kFormats), std::end(kFormats),
                                       [&](const Row& one) { return one.name == wanted; });
  if (row == std::end(kFormats))
    return tl::unexpected("'" + std::string(wanted) +
                          "' is no format; there are: " + format_names());
  Target target{.format = row->format};
  if (equals == std::string_view::npos) return target;
  target.path = text.substr(equals + 1);
  if (target.path.empty())
    return tl::unexpected("'" + std::string(text) + "' names no file; write it as " +
                          std::string(wanted) + "=FILE, or without = for stdout");
  return target;
}

}  // namespace proxy::report
