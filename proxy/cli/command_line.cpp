#include "proxy/cli/command_line.hpp"

#include <algorithm>
#include <iostream>

#include "proxy/cli/command_text.hpp"
#include "proxy/cli/commands.hpp"
#include "proxy/cli/config_file.hpp"
#include "proxy/cli/verdict.hpp"

namespace proxy::cli {
namespace {

std::string config_file(const CLI::App& app) {
  if (app.get_config_ptr() == nullptr || app.get_config_ptr()->empty()) return "";
  return app.get_config_ptr()->results().back();
}

/// CLI11 says "INI was not able to parse KEY".
std::string unknown_key(const CLI::ConfigError& error) {
  const std::string_view said = error.what();
  const std::size_t last_space = said.rfind(' ');
  return std::string(last_space == std::string_view::npos ? said : said.substr(last_space + 1));
}

}  // namespace

int say(const Stop& stop) {
  if (stop.exit_code == kExitClean)
    std::cout << stop.text << std::flush;
  else
    std::cerr << stop.text << std::endl;
  return stop.exit_code;
}

Stop usage_error(const CLI::App& app, std::string what) {
  std::replace(what.begin(), what.end(), '\n', ' ');
  return {kExitUsage, app.get_name() + ": " + what};
}

std::optional<Stop> parse_with(CLI::App& app, std::span<const std::string> arguments) {
  if (arguments.size() == 1 && arguments.front().starts_with(kDescribe))
    if (const auto reader = reader_named(arguments.front().substr(kDescribe.size())))
      return Stop{kExitClean, text_for(*reader, describe(app))};

  const std::string see_help = "; see '" + app.get_name() + " --help'";
  app.allow_extras();
  app.allow_config_extras(CLI::config_extras_mode::error);
  try {
    // CLI11 takes them last first.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    return Stop{kExitClean, app.help() + "\n"};
  } catch (const CLI::FileError&) {
    return usage_error(app, "cannot read the configuration file '" + config_file(app) +
                                "'; check that it is there and may be read");
  } catch (const ConfigRefused& error) {
    return usage_error(app, "the configuration file '" + config_file(app) + "'" + error.what());
  } catch (const CLI::ConfigError& error) {
    return usage_error(app, "the configuration file '" + config_file(app) +
                                "' has the unknown key '" + unknown_key(error) + "'" + see_help +
                                " for the names");
  } catch (const CLI::ParseError& error) {
    return usage_error(app, error.what() + see_help);
  }

  const std::vector<std::string> extra = app.remaining();
  if (extra.empty()) return std::nullopt;
  const bool option = extra.front().starts_with('-') && extra.front().size() > 1;
  return usage_error(app, (option ? "unknown option '" : "unexpected argument '") + extra.front() +
                              "'" + see_help);
}

}  // namespace proxy::cli
