#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/cli/command_table.hpp"
#include "proxy/cli/options.hpp"
#include "proxy/cli/verdict.hpp"
#include "proxy/cli/version.hpp"

int main(int argc, char** argv) {
  using namespace proxy::cli;
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  const std::string_view first = arguments.empty() ? "" : std::string_view(arguments.front());
  if (first == "--help" || first == "-h" || first == "help") return say({kExitClean, overview()});
  if (first == "--version") return say({kExitClean, "sioscope " + std::string(version()) + "\n"});

  for (const Command& command : commands())
    if (command.name == first) return command.run(Arguments(arguments).subspan(1));
  const std::string what =
      first.empty() ? "no command was given" : "there is no command '" + std::string(first) + "'";
  return say({kExitUsage, "sioscope: " + what + "; see 'sioscope --help'"});
}
