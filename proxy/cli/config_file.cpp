#include "proxy/cli/config_file.hpp"

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <optional>
#include <string_view>

#include "proxy/cli/fail_on.hpp"

namespace proxy::cli {
namespace {

constexpr std::string_view kIgnore = "ignore";

tl::unexpected<std::string> refuse(std::string sentence) {
  return tl::unexpected<std::string>(std::move(sentence));
}

std::string line_of(const toml::node& node) {
  return "line " + std::to_string(node.source().begin.line);
}

/// A text, number or truth as the command line would have it.
std::optional<std::string> scalar_text(const toml::node& node) {
  if (const auto* const text = node.as_string()) return text->get();
  if (const auto* const number = node.as_integer()) return std::to_string(number->get());
  if (const auto* const truth = node.as_boolean()) return truth->get() ? "true" : "false";
  return std::nullopt;
}

/// The values of one option; nothing when some cannot be any option's.
std::optional<std::vector<std::string>> texts_of(const toml::node& node) {
  std::vector<std::string> texts;
  const toml::array* const array = node.as_array();
  if (array == nullptr) {
    auto text = scalar_text(node);
    if (!text) return std::nullopt;
    texts.push_back(std::move(*text));
    return texts;
  }
  for (const toml::node& one : *array) {
    auto text = scalar_text(one);
    if (!text) return std::nullopt;
    texts.push_back(std::move(*text));
  }
  return texts;
}

/// Reads one `[[ignore]]`, and keeps the first complaint.
class IgnoreReader {
 public:
  IgnoreReader(const toml::table& table, std::size_t number)
      : table_(table),
        where_(", [[ignore]] number " + std::to_string(number) + " (" + line_of(table) + "), ") {}

  tl::expected<report::Ignore, std::string> read(std::span<const rules::Description> known,
                                                 std::chrono::sys_days today) {
    unknown_keys();
    report::Ignore ignore;
    ignore.rule = needed("rule", "write a rule or group, as in rule = \"leak\"");
    if (!is_rule_or_group(ignore.rule, known))
      complain("names '" + ignore.rule +
               "', which is no rule or group; there are: " + rule_names(known));
    ignore.ns = text("nsp");
    ignore.event = text("event");
    ignore.reason =
        needed("reason", "say why it may stand, as in reason = \"known, fixed in release 12\"");
    ignore.expires = expiry(today);
    if (!complaint_.empty()) return tl::unexpected(where_ + complaint_);
    return ignore;
  }

 private:
  void complain(std::string sentence) {
    if (complaint_.empty()) complaint_ = std::move(sentence);
  }

  void unknown_keys() {
    for (const auto& [key, value] : table_)
      if (key != "rule" && key != "nsp" && key != "event" && key != "reason" && key != "expires")
        complain("has the unknown key '" + std::string(key.str()) +
                 "'; there are: rule, nsp, event, reason, expires");
  }

  std::optional<std::string> text(std::string_view name) {
    const toml::node* const node = table_.get(name);
    if (node == nullptr) return std::nullopt;
    if (const auto* const value = node->as_string()) return value->get();
    complain("has a '" + std::string(name) + "' that is no text; put it in double quotes");
    return std::nullopt;
  }

  std::string needed(std::string_view name, std::string_view advice) {
    std::string value = text(name).value_or("");
    if (value.find_first_not_of(" \t\r\n") == std::string::npos)
      complain("has no '" + std::string(name) + "'; " + std::string(advice));
    return value;
  }

  std::chrono::year_month_day expiry(std::chrono::sys_days today) {
    const toml::node* const node = table_.get("expires");
    if (node == nullptr) {
      complain("has no 'expires'; write the last day it holds, as in expires = 2026-12-31");
      return {};
    }
    const auto* const date = node->as_date();
    if (date == nullptr) {
      complain("has an 'expires' that is no date; write it without quotes, as in 2026-12-31");
      return {};
    }
    const toml::date value = date->get();
    const std::chrono::year_month_day day{std::chrono::year(value.year),
                                          std::chrono::month(value.month),
                                          std::chrono::day(value.day)};
    if (std::chrono::sys_days(day) < today)
      complain("expired on " + report::date_text(day) +
               "; fix what it hides and take it out, or set a later 'expires'");
    return day;
  }

  const toml::table& table_;
  std::string where_;
  std::string complaint_;
};

tl::expected<std::vector<report::Ignore>, std::string> read_ignores(
    const toml::node& node, std::span<const rules::Description> known,
    std::chrono::sys_days today) {
  std::vector<report::Ignore> ignores;
  const toml::array* const tables = node.as_array();
  if (tables == nullptr || (!tables->empty() && !tables->is_homogeneous<toml::table>()))
    return refuse(", " + line_of(node) +
                  ": 'ignore' is no array of tables; begin each with [[ignore]]");
  for (const toml::node& one : *tables) {
    auto ignore = IgnoreReader(*one.as_table(), ignores.size() + 1).read(known, today);
    if (!ignore) return tl::unexpected(ignore.error());
    ignores.push_back(std::move(*ignore));
  }
  return ignores;
}

}  // namespace

tl::expected<Configuration, std::string> read_configuration(
    std::istream& in, std::span<const rules::Description> known, std::chrono::sys_days today) {
  const toml::parse_result parsed = toml::parse(in);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return refuse(" is no TOML: line " + std::to_string(error.source().begin.line) + ": " +
                  std::string(error.description()) + "; correct it there");
  }
  Configuration configuration;
  for (const auto& [key, node] : parsed.table()) {
    const std::string name(key.str());
    if (name == kIgnore) {
      auto ignores = read_ignores(node, known, today);
      if (!ignores) return tl::unexpected(ignores.error());
      configuration.ignores = std::move(*ignores);
      continue;
    }
    auto texts = texts_of(node);
    // A table is a section of that name, and there are none but [[ignore]]: CLI11 says so.
    if (!texts && !node.is_table())
      return refuse(", " + line_of(node) + ": '" + name +
                    "' is no text, number or truth, nor a list of these; write it as on the "
                    "command line, in double quotes");
    if (name == "config")
      return refuse(", " + line_of(node) + ": 'config' cannot stand in the file; take it out");
    if (texts && texts->empty()) continue;
    CLI::ConfigItem& item = configuration.options.emplace_back();
    item.name = name;
    if (texts) item.inputs = std::move(*texts);
  }
  return configuration;
}

std::vector<CLI::ConfigItem> ConfigReader::from_config(std::istream& in) const {
  auto configuration = read_configuration(in, known_, today_);
  if (!configuration) throw ConfigRefused(configuration.error());
  ignores_ = std::move(configuration->ignores);
  return std::move(configuration->options);
}

}  // namespace proxy::cli
