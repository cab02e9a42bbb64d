#include "proxy/cli/command_table.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace proxy::cli {
namespace {

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
    Command{"health", health_command, "ask a running proxy whether it is ready"},
    Command{"man", man_command, "print a man page"},
    Command{"completions", completions_command, "print what completes words in bash, zsh or fish"},
};

}  // namespace

std::span<const Command> commands() noexcept { return kCommands; }

std::string overview() {
  std::size_t width = 0;
  for (const Command& command : kCommands) width = std::max(width, command.name.size());
  std::string text =
      "sioscope: a diagnostic proxy for Socket.IO\n\n"
      "Usage: sioscope COMMAND [OPTIONS]\n\n";
  for (const Command& command : kCommands)
    text.append("  ")
        .append(command.name)
        .append(std::string(width + 2 - command.name.size(), ' '))
        .append(command.help) += '\n';
  return text + "\n  sioscope COMMAND --help   options and examples\n  sioscope --version\n";
}

}  // namespace proxy::cli
