#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

/// A command as its own options describe it: what `--help` prints, as values. Man pages and shell
/// completions are made of it, so that an option is written down once.
namespace proxy::cli {

struct OptionText {
  enum class Value : std::uint8_t { None, Optional, Needed };

  std::vector<std::string> names;  ///< `--auth`, `-a`; of a positional its one name
  Value takes = Value::None;
  std::string value;    ///< `HOST:PORT`, or `json|msgpack`; empty for a flag
  std::string text;     ///< what it does; may begin in lower case
  std::string initial;  ///< what it is when it is left out, where `text` does not say
  bool repeatable = false;

  /// The words it takes, where `value` lists them.
  [[nodiscard]] std::vector<std::string> words() const;
};

struct CommandText {
  std::string name;  ///< `sioscope check`
  std::string usage;
  std::string text;
  std::vector<OptionText> positionals;
  std::vector<OptionText> options;  ///< without those that --help does not show
  std::string footer;  ///< lines; those that begin with spaces are to be shown as they are
  /// What is behind `--` is another program's.
  [[nodiscard]] bool runs_another() const { return usage.find(" -- ") != std::string::npos; }
};

[[nodiscard]] CommandText describe(const CLI::App& app);

/// Those who are told of a command: each has a text of its own made of it.
enum class Reader : std::uint8_t { Man, Bash, Zsh, Fish };

/// `--describe=bash`, as the only argument of a command, asks it for its part of the completions.
/// It is between `sioscope man`, `sioscope completions` and the commands.
inline constexpr std::string_view kDescribe = "--describe=";
[[nodiscard]] std::string_view name(Reader reader) noexcept;
[[nodiscard]] std::optional<Reader> reader_named(std::string_view name) noexcept;

/// The part of a man page, or of a completion script, that is about this command.
[[nodiscard]] std::string text_for(Reader reader, const CommandText& command);

}  // namespace proxy::cli
