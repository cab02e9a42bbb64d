#include "proxy/cli/command_text.hpp"

#include <doctest/doctest.h>

#include <CLI/CLI.hpp>

using namespace proxy::cli;

namespace {

/// Options of every kind that our commands have.
CommandText sample() {
  CLI::App app("Does this; and that.", "sioscope sample");
  static std::string text;
  static std::vector<std::string> texts;
  static bool flag;
  text = "here";
  app.add_option("FILE", texts, "what to read");
  app.add_option("-p,--place", text, "where it's")->type_name("HOST:PORT")->capture_default_str();
  app.add_option("--kind", texts, "which [json]")
      ->type_name("json|msgpack")
      ->allow_extra_args(false);
  app.add_option("--wait", texts, "how long")->expected(0, 1)->type_name("[DURATION]");
  app.add_flag("--quiet", flag, "say .less");
  app.add_option("--secret", text, "not for you")->group("");
  app.footer("Examples:\n  sioscope sample a\\b\nExits with 0.");
  return describe(app);
}

const OptionText& option(const CommandText& command, std::string_view name) {
  for (const OptionText& one : command.options)
    if (one.names.front() == name) return one;
  FAIL("no option ", std::string(name));
  return command.options.front();
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("describe: each kind of option as it is, and what is hidden stays hidden") {
  const CommandText command = sample();
  CHECK(command.name == "sioscope sample");
  CHECK(command.usage == "sioscope sample [OPTIONS] [FILE...]");
  REQUIRE(command.positionals.size() == 1);
  CHECK(command.positionals.front().repeatable);

  const OptionText& place = option(command, "--place");
  CHECK(place.names == std::vector<std::string>{"--place", "-p"});
  CHECK(place.value == "HOST:PORT");
  CHECK(place.initial == "here");
  CHECK(place.takes == OptionText::Value::Needed);
  CHECK_FALSE(place.repeatable);
  CHECK(place.words().empty());

  CHECK(option(command, "--kind").words() == std::vector<std::string>{"json", "msgpack"});
  CHECK(option(command, "--kind").repeatable);
  CHECK(option(command, "--wait").takes == OptionText::Value::Optional);
  CHECK(option(command, "--quiet").takes == OptionText::Value::None);
  CHECK(option(command, "--quiet").value.empty());
  for (const OptionText& one : command.options) CHECK(one.names.front() != "--secret");
}

TEST_CASE("describe: a description that begins with the usage is none of it") {
  CLI::App app("sioscope run [OPTIONS] -- COMMAND\nRuns it.", "sioscope run");
  const CommandText command = describe(app);
  CHECK(command.usage == "sioscope run [OPTIONS] -- COMMAND");
  CHECK(command.text == "Runs it.");
  CHECK(command.runs_another());
  CHECK_FALSE(sample().runs_another());
}

TEST_CASE("a man page: what roff would take for itself is escaped, and exit codes have a section") {
  const std::string page = text_for(Reader::Man, sample());
  CHECK(has(page, "\\fB\\-\\-place\\fR, \\fB\\-p\\fR \\fIHOST:PORT\\fR\nwhere it\\(aqs.\n"));
  CHECK(has(page, "Default: here."));
  CHECK(has(page, ".nf\nsioscope sample a\\eb\n.fi\n"));
  CHECK(has(page, ".SH EXIT STATUS\nExits with 0.\n"));
  CHECK_FALSE(has(page, "secret"));
  CHECK_FALSE(has(page, "\n'"));
}

TEST_CASE("completions: quotes and colons of an explanation do no harm") {
  CHECK(has(text_for(Reader::Zsh, sample()), "'--place=[where it'\\''s]:HOST\\:PORT: '"));
  CHECK(has(text_for(Reader::Fish, sample()), " -l place -s p -x -d 'where it\\'s'\n"));
  CHECK(has(text_for(Reader::Bash, sample()), "--place | -p) words='' ;;\n"));
  for (const Reader reader : {Reader::Bash, Reader::Zsh, Reader::Fish}) {
    CHECK(has(text_for(reader, sample()), "json msgpack"));
    CHECK_FALSE(has(text_for(reader, sample()), "secret"));
  }
}
