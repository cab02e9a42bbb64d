#include <algorithm>
#include <array>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/cli/commands.hpp"
#include "proxy/cli/options.hpp"
#include "proxy/cli/verdict.hpp"

namespace {

using namespace proxy::cli;

struct Command {
  std::string_view name;
  int (*run)(Arguments);
  std::string_view help;
};

constexpr std::array kCommands{
    Command{"proxy", proxy_command,
            "stand between clients and a server, and report what goes wrong"},
    Command{"check", check_command, "run a test command through the proxy, and judge what passed"},
    Command{"analyze", analyze_command, "find in captures what `proxy` finds in live traffic"},
    Command{"replay", replay_command, "do a capture again: its clients, or its server"},
    Command{"explain", explain_command, "tell one finding as a story, both sessions side by side"},
    Command{"connect", connect_command, "be a Socket.IO client: emit, wait, print what happens"},
    Command{"decode", decode_command, "decode packets as the official parsers do"},
    Command{"rules", rules_command, "say what each rule detects, its proof, its remedy"},
#ifdef SIOSCOPE_DEMO
    Command{"demo", demo_command, "watch a client leak, and sioscope catch it"},
#endif
};

std::string help() {
  std::string text =
      "sioscope: a diagnostic proxy for Socket.IO\n\n"
      "Usage: sioscope COMMAND [OPTIONS]\n\n";
  for (const Command& command : kCommands)
    text.append("  ")
        .append(command.name)
        .append(std::string(9 - command.name.size(), ' '))
        .append(command.help) += '\n';
  return text + "\n  sioscope COMMAND --help   options and examples\n  sioscope --version\n";
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  const std::string_view first = arguments.empty() ? "" : std::string_view(arguments.front());
  if (first == "--help" || first == "-h" || first == "help") return say({kExitClean, help()});
  if (first == "--version") return say({kExitClean, "sioscope " SIOSCOPE_VERSION "\n"});

  for (const Command& command : kCommands)
    if (command.name == first) return command.run(Arguments(arguments).subspan(1));
  const std::string what =
      first.empty() ? "no command was given" : "there is no command '" + std::string(first) + "'";
  return say({kExitUsage, "sioscope: " + what + "; see 'sioscope --help'"});
}
