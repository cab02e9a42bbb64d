#include "proxy/report/github.hpp"

#include <array>

#include "proxy/report/paint.hpp"
#include "proxy/report/verdict_text.hpp"

namespace proxy::report {
namespace {

std::string_view command_name(Level level) {
  switch (level) {
    case Level::Note:
      return "notice";
    case Level::Warning:
      return "warning";
    case Level::Error:
      return "error";
  }
  return "error";
}

std::string escaped(std::string_view text, std::string_view special) {
  std::string safe;
  for (const char c : text) {
    if (special.find(c) == std::string_view::npos) {
      safe += c;
      continue;
    }
    constexpr std::string_view kHex = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    safe += '%';
    safe += kHex[byte >> 4];
    safe += kHex[byte & 15];
  }
  return safe;
}

/// Writes commands, as many of a level as GitHub shows.
class Annotations {
 public:
  /// False when that level is full.
  bool add(Level level, std::string_view title, std::string_view message) {
    std::size_t& used = used_[static_cast<std::size_t>(level)];
    if (used == kAnnotationsMax) return false;
    ++used;
    text_.append("::").append(command_name(level)).append(" title=");
    text_ += escaped(title, "%\r\n:,") + "::" + escaped(message, "%\r\n") + "\n";
    return true;
  }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::array<std::size_t, 3> used_{};
  std::string text_;
};

std::string message_of(const Told& told) {
  const rules::Finding& finding = told.finding;
  std::string text = printable(finding.summary);
  if (finding.event)
    text += "\nevent: " + printable(finding.event->event) + " in namespace " +
            printable(finding.event->ns);
  if (!finding.evidence.empty()) text += "\nseen: " + seen_text(finding.evidence.front());
  if (!finding.remedy.empty()) text += "\nwhat to do: " + printable(finding.remedy);
  if (told.assessment.excuse() != Excuse::None)
    text += "\n" + printable(excuse_text(told.assessment));
  return text;
}

}  // namespace

std::string github(const Run& run) {
  Annotations annotations;
  for (const Doubt doubt : run.verdict.doubts)
    annotations.add(Level::Warning, "sioscope: " + std::string(name(run.verdict.result)),
                    advice(doubt));
  std::uint64_t shown = 0;
  for (const Told& told : run.findings) {
    const std::string title = label(told.finding) + " " + std::string(told.finding.rule) + " (" +
                              confidence_text(told) + ")";
    if (annotations.add(level_of(told), title, message_of(told))) ++shown;
  }

  std::string text = annotations.text();
  text += "sioscope: " + verdict_line(run.verdict, Colours::Off);
  if (shown < run.findings_total)
    text += "sioscope: " +
            counted(run.findings_total - shown, "finding more has", "findings more have") +
            " no annotation, as GitHub shows " + std::to_string(kAnnotationsMax) +
            " of a level; see the step summary or another --report\n";
  return text;
}

}  // namespace proxy::report
