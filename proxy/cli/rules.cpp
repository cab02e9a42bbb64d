#include <algorithm>
#include <iostream>
#include <sstream>
#include <vector>

#include "proxy/cli/commands.hpp"
#include "proxy/cli/options.hpp"
#include "proxy/cli/rules_text.hpp"
#include "proxy/cli/verdict.hpp"

namespace proxy::cli {
namespace {

std::string table_cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') cell += '\\';
    cell += c == '\n' ? ' ' : c;
  }
  return cell;
}

void section(std::ostream& out, std::string_view heading, std::string_view text) {
  if (!text.empty()) out << "\n" << heading << "\n  " << text << "\n";
}

}  // namespace

std::string rules_list(std::span<const rules::Description> known) {
  std::size_t width = 0;
  for (const rules::Description& rule : known) width = std::max(width, rule.id.size());
  std::ostringstream out;
  for (const rules::Description& rule : known) {
    out << rule.id << std::string(width + 2 - rule.id.size(), ' ');
    const std::string_view severity = rules::name(rule.severity);
    out << severity << std::string(9 - severity.size(), ' ') << rule.summary << '\n';
  }
  return out.str();
}

std::string rule_page(const rules::Description& rule) {
  std::ostringstream out;
  out << rule.id << "  (" << rules::name(rule.severity) << ")\n  " << rule.summary << '\n';
  section(out, "Why it matters", rule.why);
  section(out, "Proof", rule.proof);
  section(out, "Silent when", rule.silent);
  section(out, "What to do", rule.remedy);
  section(out, "Source", rule.source);
  return out.str();
}

std::string rules_markdown(std::span<const rules::Description> known) {
  std::ostringstream out;
  out << "| Rule | Severity | What it is | Proof | What to do |\n| --- | --- | --- | --- | --- |\n";
  for (const rules::Description& rule : known)
    out << "| `" << rule.id << "` | " << rules::name(rule.severity) << " | "
        << table_cell(rule.summary) << " | " << table_cell(rule.proof) << " | "
        << table_cell(rule.remedy) << " |\n";
  return out.str();
}

int rules_command(Arguments arguments) {
  const auto options = parse_rules(arguments);
  if (!options) return say(options.error());

  std::vector<rules::Description> chosen;
  for (const rules::Description& rule : rules::registry())
    if (options->rule.empty() || rule.id == options->rule ||
        rule.id.starts_with(options->rule + "/"))
      chosen.push_back(rule);
  if (chosen.empty())
    return say({kExitUsage, "sioscope rules: there is no rule or group '" + options->rule +
                                "'; 'sioscope rules' lists them"});

  if (options->markdown)
    std::cout << rules_markdown(chosen);
  else if (chosen.size() == 1 && !options->rule.empty())
    std::cout << rule_page(chosen.front());
  else
    std::cout << rules_list(chosen);
  return kExitClean;
}

}  // namespace proxy::cli
