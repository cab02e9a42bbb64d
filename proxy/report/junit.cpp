#include "proxy/report/junit.hpp"

#include <cstdio>
#include <pugixml.hpp>
#include <sstream>

#include "proxy/report/paint.hpp"
#include "proxy/report/terminal.hpp"
#include "proxy/report/verdict_text.hpp"

namespace proxy::report {
namespace {

void set(pugi::xml_node node, const char* name, const std::string& value) {
  node.append_attribute(name).set_value(value.c_str());
}

void set(pugi::xml_node node, const char* name, std::uint64_t value) {
  node.append_attribute(name).set_value(static_cast<unsigned long long>(value));
}

void set_text(pugi::xml_node node, const std::string& text) {
  node.append_child(pugi::node_pcdata).set_value(text.c_str());
}

std::string seconds_text(const Run& run) {
  const std::chrono::duration<double> took = run.ended - run.clock.started();
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", took.count());
  return text;
}

void add_property(pugi::xml_node properties, const char* name, const std::string& value) {
  pugi::xml_node property = properties.append_child("property");
  set(property, "name", name);
  set(property, "value", value);
}

void add_properties(pugi::xml_node suite, const Verdict& verdict) {
  pugi::xml_node properties = suite.append_child("properties");
  add_property(properties, "result", std::string(name(verdict.result)));
  add_property(properties, "sessions", std::to_string(verdict.tally.sessions));
  add_property(properties, "deliveries", std::to_string(verdict.tally.deliveries));
  add_property(properties, "ignored", std::to_string(verdict.ignored));
  add_property(properties, "known", std::to_string(verdict.known));
  add_property(properties, "own_exit", std::to_string(verdict.own_exit));
  if (verdict.child_exit)
    add_property(properties, "child_exit", std::to_string(*verdict.child_exit));
}

enum class Fate : std::uint8_t { Fails, Excused, Passes };

Fate fate_of(const Told& told) {
  if (told.fails) return Fate::Fails;
  return told.assessment.excuse() == Excuse::None ? Fate::Passes : Fate::Excused;
}

/// The findings of one rule and fate, in full.
std::string described(const Run& run, const RuleRow& row, std::uint64_t total, Fate fate) {
  std::string text;
  std::uint64_t shown = 0;
  for (const Told& told : run.findings) {
    if (told.finding.rule != row.rule.id || fate_of(told) != fate) continue;
    text += describe(told.finding, run.clock, kHiddenAlready, Colours::Off, told.assessment) + "\n";
    ++shown;
  }
  if (shown < total)
    text += counted(total - shown, "finding more was", "findings more were") + " only counted\n";
  return text;
}

std::string message_of(const Run& run, const RuleRow& row) {
  std::string message = counted(row.failing, "finding", "findings");
  for (const Told& told : run.findings)
    if (told.fails && told.finding.rule == row.rule.id)
      return message + ": " + printable(told.finding.summary);
  return message;
}

void add_case(pugi::xml_node suite, const Run& run, const RuleRow& row) {
  const std::string id(row.rule.id);
  pugi::xml_node test = suite.append_child("testcase");
  set(test, "classname", "sioscope." + id.substr(0, id.find('/')));
  set(test, "name", id);
  set(test, "time", "0");
  if (row.failing > 0) {
    pugi::xml_node failure = test.append_child("failure");
    set(failure, "message", message_of(run, row));
    set(failure, "type", id);
    set_text(failure, described(run, row, row.failing, Fate::Fails));
  }
  std::string out;
  if (row.excused > 0)
    out += "fails nothing, as you said beforehand:\n\n" +
           described(run, row, row.excused, Fate::Excused);
  if (const std::uint64_t others = row.findings - row.failing - row.excused; others > 0)
    out += "does not meet --fail-on:\n\n" + described(run, row, others, Fate::Passes);
  if (!out.empty()) set_text(test.append_child("system-out"), out);
}

void add_verdict_case(pugi::xml_node suite, const Verdict& verdict) {
  std::string advices;
  for (const Doubt doubt : verdict.doubts) advices.append(advice(doubt)) += '\n';
  pugi::xml_node test = suite.append_child("testcase");
  set(test, "classname", "sioscope");
  set(test, "name", "verdict");
  set(test, "time", "0");
  pugi::xml_node error = test.append_child("error");
  set(error, "message", "inconclusive: nothing found would claim too much");
  set(error, "type", "inconclusive");
  set_text(error, advices);
}

}  // namespace

std::string junit(const Run& run) {
  const bool inconclusive = run.verdict.result == Result::Inconclusive;
  std::uint64_t failures = 0;
  for (const RuleRow& row : run.rules) failures += row.failing > 0 ? 1 : 0;

  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  set(declaration, "version", "1.0");
  set(declaration, "encoding", "UTF-8");
  pugi::xml_node suites = document.append_child("testsuites");
  pugi::xml_node suite = suites.append_child("testsuite");
  for (pugi::xml_node counts : {suites, suite}) {
    set(counts, "name", "sioscope");
    set(counts, "tests", run.rules.size() + (inconclusive ? 1 : 0));
    set(counts, "failures", failures);
    set(counts, "errors", std::uint64_t{inconclusive ? 1U : 0U});
    set(counts, "skipped", std::uint64_t{0});
    set(counts, "time", seconds_text(run));
  }
  set(suite, "timestamp", run.clock.iso8601(run.clock.started()));

  add_properties(suite, run.verdict);
  for (const RuleRow& row : run.rules) add_case(suite, run, row);
  if (inconclusive) add_verdict_case(suite, run.verdict);
  set_text(suite.append_child("system-out"),
           verdict_text(run.verdict, {}, kHiddenAlready, Colours::Off));

  std::ostringstream text;
  document.save(text, "  ");
  return text.str();
}

}  // namespace proxy::report
