#include "proxy/cli/completable.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include "proxy/cli/command_table.hpp"
#include "proxy/report/formats.hpp"
#include "rules/registry.hpp"

namespace proxy::cli::completions {
namespace {

std::vector<std::string> rules_and_groups() {
  std::set<std::string> names;
  for (const rules::Description& rule : rules::registry()) {
    names.emplace(rule.id);
    names.emplace(rule.id.substr(0, rule.id.find('/')));
  }
  return {names.begin(), names.end()};
}

/// What --fail-on takes.
std::vector<std::string> gates() {
  std::vector<std::string> names{"error", "warning", "info", "never"};
  const std::vector<std::string> rules = rules_and_groups();
  names.insert(names.end(), rules.begin(), rules.end());
  return names;
}

/// `terminal, json, ndjson`
std::vector<std::string> formats() {
  std::vector<std::string> names;
  std::istringstream list(report::format_names());
  for (std::string name; list >> name; names.push_back(name))
    if (name.ends_with(',')) name.pop_back();
  return names;
}

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Command& command : commands()) names.emplace_back(command.name);
  return names;
}

}  // namespace

Completable completable(const OptionText& option) {
  const std::string& value = option.value;
  const std::string what = value.empty() || value == "TEXT" ? option.names.front() : value;
  if (what == "FORMAT[=FILE]") return {formats(), true};
  if (what == "WHAT") return {gates()};
  if (what == "RULE") return {rules_and_groups()};
  if (what == "COMMAND") return {command_names()};
  if (what.find("FILE") != std::string::npos || what == "OUT.har" || what == "FOLDER")
    return {{}, true};
  return {option.words()};
}

std::string spaced(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& one : list) text += (text.empty() ? "" : " ") + one;
  return text;
}

}  // namespace proxy::cli::completions
