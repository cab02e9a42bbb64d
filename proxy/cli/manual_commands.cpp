#include <algorithm>
#include <iostream>

#include "proxy/cli/command_line.hpp"
#include "proxy/cli/command_table.hpp"
#include "proxy/cli/completions.hpp"
#include "proxy/cli/man_page.hpp"
#include "proxy/cli/verdict.hpp"

namespace proxy::cli {
namespace {

/// Has the command print its own part: only it knows its options.
void print_part(const Command& command, Reader reader) {
  const std::string describe = std::string(kDescribe).append(name(reader));
  static_cast<void>(command.run(Arguments(&describe, 1)));
}

std::string names_of_commands() {
  std::string names;
  for (const Command& command : commands())
    names.append(names.empty() ? "" : ", ").append(command.name);
  return names;
}

}  // namespace

int man_command(Arguments arguments) {
  CLI::App app("Prints sioscope(1), or the man page of a command, as man(7) has them.",
               "sioscope man");
  std::string wanted;
  bool list = false;
  app.add_option("COMMAND", wanted, "whose page; without it, that of the whole");
  app.add_flag("--list", list, "the names of all pages, one a line");
  app.footer("Examples:\n  sioscope man check | man -l -\n  sioscope man | man -l -");
  if (auto stop = parse_with(app, arguments)) return say(*stop);

  if (list) {
    std::cout << "sioscope\n";
    for (const Command& command : commands()) std::cout << "sioscope-" << command.name << '\n';
    return kExitClean;
  }
  if (wanted.empty()) return say({kExitClean, man::overview_page()});
  const auto all = commands();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Command& one) { return one.name == wanted; });
  if (found == all.end())
    return say(usage_error(
        app, "there is no command '" + wanted + "'; there are: " + names_of_commands()));
  std::cout << man::opening(*found);
  print_part(*found, Reader::Man);
  return say({kExitClean, man::closing()});
}

int completions_command(Arguments arguments) {
  CLI::App app("Prints a script that completes sioscope's commands, options and values.",
               "sioscope completions");
  std::string shell;
  app.add_option("SHELL", shell, "which shell it is for")->type_name("bash|zsh|fish");
  app.footer(
      "Examples:\n"
      "  source <(sioscope completions bash)\n"
      "  sioscope completions zsh >~/.zfunc/_sioscope\n"
      "  sioscope completions fish >~/.config/fish/completions/sioscope.fish");
  if (auto stop = parse_with(app, arguments)) return say(*stop);

  const auto reader = reader_named(shell);
  if (!reader || *reader == Reader::Man)
    return say(usage_error(app, shell.empty() ? "no shell was given; there are: bash, zsh, fish"
                                              : "there is nothing for the shell '" + shell +
                                                    "'; there are: bash, zsh, fish"));
  std::cout << completions::opening(*reader);
  for (const Command& command : commands()) print_part(command, *reader);
  return say({kExitClean, completions::closing(*reader)});
}

}  // namespace proxy::cli
