#include "proxy/cli/man_page.hpp"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <string_view>

#include "proxy/cli/version.hpp"

namespace proxy::cli::man {
namespace {

/// Text as roff takes it for text: backslashes, hyphens that are to be copied, and no line that
/// begins like a request.
std::string escaped(std::string_view text) {
  std::string roff;
  for (const char c : text) {
    const bool line_begins = roff.empty() || roff.back() == '\n';
    if (line_begins && (c == '.' || c == '\'')) roff += "\\&";
    if (c == '\\')
      roff += "\\e";
    else if (c == '-')
      roff += "\\-";
    else if (c == '\'')
      roff += "\\(aq";
    else if (c == '`')
      roff += "\\(ga";
    else if (c == '^')
      roff += "\\(ha";
    else if (c == '~')
      roff += "\\(ti";
    else
      roff += c;
  }
  return roff;
}

/// As text(), and a full stop behind it where a sentence has none; a sentence begins with a
/// capital, an option's explanation need not.
std::string sentence(const std::string& text) {
  std::string whole = text;
  if (!whole.empty() && whole.back() != '.' && whole.back() != ']') whole += '.';
  return escaped(whole);
}

std::string title(const std::string& page) {
  std::string upper = page;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return ".TH " + escaped(upper) + " 1 \"" + std::string(version_date()) + "\" \"sioscope " +
         escaped(version().substr(0, version().find(' '))) + "\" \"User Commands\"\n";
}

void option(std::ostream& out, const OptionText& one) {
  out << ".TP\n";
  std::string names;
  for (const std::string& name : one.names)
    names += (names.empty() ? "\\fB" : ", \\fB") + escaped(name) + "\\fR";
  out << names;
  if (!one.value.empty()) out << " \\fI" << escaped(one.value) << "\\fR";
  out << '\n' << (one.text.empty() ? "" : sentence(one.text) + "\n");
  if (!one.initial.empty()) out << "Default: " << escaped(one.initial) << ".\n";
}

/// Lines that begin with spaces are shown as they are, the others are run together. A paragraph
/// about exit codes goes to a section of its own, as readers look for it there.
struct Footer {
  std::string notes;
  std::string exits;

  explicit Footer(const std::string& footer) {
    std::istringstream lines(footer);
    bool verbatim = false;
    bool apart = false;  // A paragraph ended: the next begins with .PP, unless a section does it.
    std::string* into = &notes;
    for (std::string line; std::getline(lines, line);) {
      const bool indented = line.starts_with("  ");
      if (verbatim && !indented) *into += ".fi\n.RE\n";
      apart = apart || line.empty() || (verbatim && !indented);
      if (!verbatim && indented) *into += ".RS 4\n.nf\n";
      verbatim = indented;
      if (line.empty()) continue;
      if (!indented && line.find("xits with") != std::string::npos)
        into = &exits;
      else if (apart && !indented)
        *into += ".PP\n";
      apart = false;
      *into += escaped(indented ? std::string_view(line).substr(2) : line) + '\n';
    }
    if (verbatim) *into += ".fi\n.RE\n";
  }
};

}  // namespace

std::string overview_page() {
  std::ostringstream out;
  out << title("sioscope") << ".SH NAME\nsioscope \\- a diagnostic proxy for Socket.IO\n"
      << ".SH SYNOPSIS\n\\fBsioscope\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n"
      << ".SH DESCRIPTION\n"
      << "Stands between Socket.IO clients and a Socket.IO server, passes every byte on "
         "unchanged,\n"
         "and says which connections leaked and which messages were delivered twice, with the\n"
         "frames that prove it.\n"
      << ".SH COMMANDS\n";
  for (const Command& command : commands())
    out << ".TP\n\\fBsioscope " << escaped(command.name) << "\\fR\n"
        << sentence(std::string(command.help)) << '\n';
  out << ".PP\nEach has a page of its own, \\fBsioscope\\-\\fICOMMAND\\fR(1), and "
         "\\fB\\-\\-help\\fR.\n"
      << ".SH EXIT STATUS\n"
      << "Of the commands that judge:\n"
         ".TP\n\\fB0\\fR\nNothing was found that \\fB\\-\\-fail\\-on\\fR asks for.\n"
         ".TP\n\\fB1\\fR\nThere are such findings.\n"
         ".TP\n\\fB2\\fR\nThe command line or the configuration is wrong, or the command of\n"
         "\\fBsioscope check\\fR cannot be started.\n"
         ".TP\n\\fB3\\fR\nInconclusive: no traffic came, some of it was not observed, or a suspect "
         "was never proven.\n"
         ".PP\nA command of \\fBsioscope check\\fR that fails keeps its own code, 128 + n when "
         "signal n ended it.\n"
      << ".SH SIGNALS\n"
      << ".TP\n\\fBSIGTERM\\fR, \\fBSIGINT\\fR\nAccept no more connections, let those that are "
         "there end for \\fB\\-\\-drain\\fR, write the verdict, exit.\n"
      << ".SH ENVIRONMENT\n"
      << ".TP\n\\fBSIOSCOPE_URL\\fR, \\fBSIOSCOPE_ADMIN\\fR\nAre set for the command of "
         "\\fBsioscope check\\fR: where the proxy listens, and its API.\n"
         ".TP\n\\fBNO_COLOR\\fR\nPlain text, also on a terminal.\n"
      << closing();
  return out.str();
}

std::string opening(const Command& command) {
  const std::string page = "sioscope-" + std::string(command.name);
  return title(page) + ".SH NAME\n" + escaped(page) + " \\- " + escaped(command.help) + '\n';
}

std::string command_part(const CommandText& command) {
  std::ostringstream out;
  const std::string arguments = command.usage.substr(command.name.size());
  out << ".SH SYNOPSIS\n\\fB" << escaped(command.name) << "\\fR" << escaped(arguments) << '\n'
      << ".SH DESCRIPTION\n"
      << escaped(command.text) << '\n';
  for (const OptionText& one : command.positionals) option(out, one);
  out << ".SH OPTIONS\n";
  for (const OptionText& one : command.options) option(out, one);
  const Footer footer(command.footer);
  if (!footer.notes.empty()) out << ".SH EXAMPLES\n" << footer.notes;
  if (!footer.exits.empty()) out << ".SH EXIT STATUS\n" << footer.exits;
  return out.str();
}

std::string closing() {
  std::string text = ".SH SEE ALSO\n";
  for (const Command& command : commands())
    text += ".BR sioscope\\-" + escaped(command.name) + " (1),\n";
  return text + ".BR sioscope (1)\n";
}

}  // namespace proxy::cli::man
