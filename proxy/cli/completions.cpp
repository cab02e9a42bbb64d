#include "proxy/cli/completions.hpp"

#include <sstream>
#include <string_view>

#include "proxy/cli/command_table.hpp"
#include "proxy/cli/completable.hpp"

namespace proxy::cli::completions {
namespace {

/// `check` of `sioscope check`.
std::string_view verb_of(const CommandText& command) {
  return std::string_view(command.name).substr(command.name.rfind(' ') + 1);
}

std::vector<std::string> verbs() {
  std::vector<std::string> names;
  for (const Command& command : commands()) names.emplace_back(command.name);
  return names;
}

/// A description as a list shows it: one line, up to its first clause's end.
std::string brief(std::string_view text) {
  return std::string(text.substr(0, text.find_first_of(";\n")));
}

std::string replaced(std::string_view text, std::string_view special, std::string_view before) {
  std::string out;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) out += before;
    out += c;
  }
  return out;
}

/// In single quotes, of bash and zsh.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

// --- bash ---

/// bash cuts words at `=`, so `--report=html` comes as three: what is being written is put together
/// again, its option in `option` and the value so far in `word`.
constexpr std::string_view kBashOpening =
    R"(# bash completion for sioscope, made by `sioscope completions bash`
_sioscope() {
  local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]}
  if [[ $word == = ]]; then
    word=
  elif [[ $option == = ]]; then
    option=${COMP_WORDS[COMP_CWORD-2]}
  fi
  COMPREPLY=()
  local i
  for ((i = 2; i < COMP_CWORD; i++)); do
    if [[ ${COMP_WORDS[i]} == -- ]]; then
      if declare -F _command_offset >/dev/null; then
        _command_offset $((i + 1))
      elif ((COMP_CWORD == i + 1)); then
        COMPREPLY=($(compgen -c -- "$word"))
      else
        COMPREPLY=($(compgen -f -- "$word"))
      fi
      return
    fi
  done

  local words= files=
  if ((COMP_CWORD == 1)); then
)";

constexpr std::string_view kBashClosing = R"(    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  if [[ $files ]]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY+=($(compgen -f -- "$word"))
  fi
}
complete -F _sioscope sioscope
)";

std::string bash_values(const Completable& values) {
  std::string text = "words=" + quoted(spaced(values.words));
  if (values.files) text += " files=1";
  return text;
}

// --- zsh ---

/// For _arguments: colons end a field, brackets an explanation.
std::string zsh_field(std::string_view text) { return replaced(text, "\\:[]", "\\"); }

std::string zsh_action(const OptionText& option) {
  const Completable values = completable(option);
  if (values.words.empty()) return values.files ? "_files" : " ";
  const std::string words = "(" + zsh_field(spaced(values.words)) + ")";
  return values.files ? "{compadd -- " + spaced(values.words) + "; _files}" : words;
}

std::string zsh_option(const OptionText& option, const std::string& name) {
  std::string text = option.repeatable ? "*" + name : name;
  // `--listen X` and `--listen=X`.
  if (option.takes != OptionText::Value::None && name.starts_with("--")) text += "=";
  text += "[" + zsh_field(brief(option.text)) + "]";
  if (option.takes != OptionText::Value::None)
    text += (option.takes == OptionText::Value::Optional ? "::" : ":") + zsh_field(option.value) +
            ":" + zsh_action(option);
  return text;
}

// --- fish ---

std::string fish_quoted(std::string_view text) { return "'" + replaced(text, "\\'", "\\") + "'"; }

std::string fish_values(const OptionText& option) {
  if (option.takes == OptionText::Value::None) return "";
  const Completable values = completable(option);
  const std::string list = values.words.empty() ? "" : " -a " + fish_quoted(spaced(values.words));
  if (option.takes == OptionText::Value::Optional) return list;
  return (values.files ? " -r -F" : " -x") + list;
}

constexpr std::string_view kFishOpening =
    R"(# fish completion for sioscope, made by `sioscope completions fish`
function __sioscope_runs
    set -l words (commandline -opc)
    contains -- -- $words; and return 1
    if test (count $argv) -eq 0
        test (count $words) -eq 1
    else
        test (count $words) -gt 1; and test $words[2] = $argv[1]
    end
end
complete -c sioscope -f
complete -c sioscope -n 'contains -- -- (commandline -opc)' -F
complete -c sioscope -n __sioscope_runs -l help -d 'what there is'
complete -c sioscope -n __sioscope_runs -l version -d 'which this is'
)";

}  // namespace

std::string opening(Reader shell) {
  switch (shell) {
    case Reader::Bash:
      return std::string(kBashOpening) +
             "    words=" + quoted(spaced(verbs()) + " --help --version") +
             "\n  else\n    case ${COMP_WORDS[1]} in\n";
    case Reader::Zsh: {
      std::string text =
          "#compdef sioscope\n# zsh completion for sioscope, made by `sioscope completions zsh`\n"
          "_sioscope() {\n  local -a commands=(\n";
      for (const Command& command : commands())
        text += "    " +
                quoted(std::string(command.name) + ":" + replaced(command.help, ":", "\\")) + "\n";
      return text +
             "  )\n  if ((CURRENT == 2)); then\n    _describe command commands\n    _arguments "
             "'--help[what there is]' '--version[which this is]'\n    return\n  fi\n"
             "  local command=$words[2]\n  shift words\n  ((CURRENT--))\n  case $command in\n";
    }
    case Reader::Fish: {
      std::string text(kFishOpening);
      for (const Command& command : commands())
        text += "complete -c sioscope -n __sioscope_runs -a " + std::string(command.name) + " -d " +
                fish_quoted(command.help) + "\n";
      return text;
    }
    case Reader::Man:
      break;
  }
  return "";
}

std::string closing(Reader shell) {
  if (shell == Reader::Bash) return std::string(kBashClosing);
  if (shell == Reader::Zsh)
    return "  esac\n}\nif [[ $funcstack[1] == _sioscope ]]; then\n  _sioscope \"$@\"\nelse\n"
           "  compdef _sioscope sioscope\nfi\n";
  return "";
}

std::string bash_part(const CommandText& command) {
  std::ostringstream out;
  out << "      " << verb_of(command) << ")\n        case $option in\n";
  std::vector<std::string> names;
  for (const OptionText& option : command.options) {
    names.insert(names.end(), option.names.begin(), option.names.end());
    if (option.takes != OptionText::Value::Needed) continue;
    std::string pattern;
    for (const std::string& name : option.names) pattern += (pattern.empty() ? "" : " | ") + name;
    out << "          " << pattern << ") " << bash_values(completable(option)) << " ;;\n";
  }
  if (command.runs_another()) names.emplace_back("--");
  Completable others;
  for (const OptionText& positional : command.positionals) {
    const Completable more = completable(positional);
    others.words.insert(others.words.end(), more.words.begin(), more.words.end());
    others.files = others.files || more.files;
  }
  out << "          *)\n            if [[ $word == -* ]]; then words=" << quoted(spaced(names))
      << "; else " << bash_values(others) << "; fi ;;\n        esac ;;\n";
  return out.str();
}

std::string zsh_part(const CommandText& command) {
  std::ostringstream out;
  out << "    " << verb_of(command) << ")\n      _arguments -s -S";
  for (const OptionText& option : command.options)
    for (const std::string& name : option.names)
      out << " \\\n        " << quoted(zsh_option(option, name));
  for (const OptionText& positional : command.positionals)
    out << " \\\n        "
        << quoted((positional.repeatable ? "*:" : ":") + zsh_field(positional.names.front()) + ":" +
                  zsh_action(positional));
  if (command.runs_another()) out << " \\\n        '*:: : _normal'";
  out << "\n      ;;\n";
  return out.str();
}

std::string fish_part(const CommandText& command) {
  std::ostringstream out;
  const std::string here =
      "complete -c sioscope -n '__sioscope_runs " + std::string(verb_of(command)) + "'";
  for (const OptionText& option : command.options) {
    out << here;
    for (const std::string& name : option.names)
      out << (name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1));
    out << fish_values(option) << " -d " << fish_quoted(brief(option.text)) << '\n';
  }
  for (const OptionText& positional : command.positionals) {
    const Completable values = completable(positional);
    if (values.files) out << here << " -F\n";
    if (!values.words.empty()) out << here << " -a " << fish_quoted(spaced(values.words)) << '\n';
  }
  return out.str();
}

}  // namespace proxy::cli::completions
