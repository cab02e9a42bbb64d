#include "proxy/cli/command_text.hpp"

#include <CLI/CLI.hpp>
#include <array>

#include "proxy/cli/completions.hpp"
#include "proxy/cli/man_page.hpp"

namespace proxy::cli {
namespace {

constexpr std::array kReaders{Reader::Man, Reader::Bash, Reader::Zsh, Reader::Fish};

OptionText describe(const CLI::Option& option) {
  OptionText text;
  if (option.get_positional()) {
    text.names = {option.get_name(true, false)};
  } else {
    for (const std::string& one : option.get_lnames()) text.names.push_back("--" + one);
    for (const std::string& one : option.get_snames()) text.names.push_back("-" + one);
  }
  text.text = option.get_description();
  text.repeatable = option.get_expected_max() >= CLI::detail::expected_max_vector_size;
  if (option.get_items_expected_max() == 0) return text;
  text.takes = option.get_items_expected_min() == 0 ? OptionText::Value::Optional
                                                    : OptionText::Value::Needed;
  text.value = option.get_type_name();
  text.initial = option.get_default_str();
  return text;
}

/// The usage, where the description begins with it.
std::string take_usage(std::string& description, const std::string& name) {
  if (!description.starts_with(name + ' ')) return "";
  const std::size_t end = std::min(description.find('\n'), description.size());
  std::string usage = description.substr(0, end);
  description.erase(0, end + 1);
  return usage;
}

std::string usage_of(const CommandText& command, const CLI::App& app) {
  std::string usage = command.name + " [OPTIONS]";
  for (const CLI::Option* const option : app.get_options()) {
    if (!option->get_positional()) continue;
    std::string one = option->get_name(true, false);
    if (option->get_expected_max() >= CLI::detail::expected_max_vector_size) one += "...";
    usage += option->get_required() ? " " + one : " [" + one + "]";
  }
  return usage;
}

}  // namespace

std::vector<std::string> OptionText::words() const {
  std::vector<std::string> words;
  if (value.find('|') == std::string::npos) return words;
  for (std::size_t begin = 0; begin <= value.size();) {
    const std::size_t end = std::min(value.find('|', begin), value.size());
    words.push_back(value.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

CommandText describe(const CLI::App& app) {
  CommandText command;
  command.name = app.get_name();
  command.text = app.get_description();
  command.footer = app.get_footer();
  command.usage = take_usage(command.text, command.name);
  if (command.usage.empty()) command.usage = usage_of(command, app);
  for (const CLI::Option* const option : app.get_options()) {
    if (option->get_group().empty()) continue;
    (option->get_positional() ? command.positionals : command.options).push_back(describe(*option));
  }
  return command;
}

std::string_view name(Reader reader) noexcept {
  switch (reader) {
    case Reader::Man:
      return "man";
    case Reader::Bash:
      return "bash";
    case Reader::Zsh:
      return "zsh";
    case Reader::Fish:
      return "fish";
  }
  return "";
}

std::optional<Reader> reader_named(std::string_view wanted) noexcept {
  for (const Reader reader : kReaders)
    if (name(reader) == wanted) return reader;
  return std::nullopt;
}

std::string text_for(Reader reader, const CommandText& command) {
  switch (reader) {
    case Reader::Man:
      return man::command_part(command);
    case Reader::Bash:
      return completions::bash_part(command);
    case Reader::Zsh:
      return completions::zsh_part(command);
    case Reader::Fish:
      return completions::fish_part(command);
  }
  return "";
}

}  // namespace proxy::cli
