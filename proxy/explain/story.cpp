#include "proxy/explain/story.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "proxy/explain/cells.hpp"
#include "rules/registry.hpp"

namespace proxy::explain {
namespace {

using report::Colours;
using report::Ink;
using report::paint;

/// Related findings named, and told along; an orphan may have a duplicate for every event there is.
constexpr std::size_t kRelatedMax = 10;
/// Lines longer than this are hard to read, however wide the terminal.
constexpr std::size_t kProseMax = 100;

using Row = std::pair<std::string_view, std::string_view>;

template <std::size_t N>
std::string_view look_up(const std::array<Row, N>& rows, std::string_view key,
                         std::string_view otherwise) {
  for (const auto& [word, meaning] : rows)
    if (word == key) return meaning;
  return otherwise;
}

constexpr std::array kFaults{Row{"client", "the client's"}, Row{"server", "the server's"},
                             Row{"network", "the network's"}};

constexpr std::array kConfidences{
    Row{"certain", "nothing innocent looks like this on the wire"},
    Row{"likely", "what was seen fits; the wire does not rule out everything else"},
    Row{"possible", "a suspicion: innocent traffic may look like this"}};

/// How two sessions are known to be one client's. Source: DESIGN, "Identity".
constexpr std::array kGrades{
    Row{"recovery-pid", "the new session presented the recovery id that the old one was given"},
    Row{"ack-continuity", "the new session counts its ack ids on from the old one's"},
    Row{"realm-suffix", "the polling requests of both carry one page's mark"},
    Row{"client-key", "both have the same --client-key"},
    Row{"auth", "both sent the same auth, which names a user and not a page"},
    Row{"timing",
        "same address, browser and page, and the new session came when the old one's client was "
        "due back"}};

Ink ink_of(std::string_view severity) {
  if (severity == "error") return Ink::Red;
  return severity == "warning" ? Ink::Yellow : Ink::Dim;
}

std::string sentence_end(std::string_view text) {
  return text.empty() || text.ends_with('.') ? "" : ".";
}

class Story {
 public:
  explicit Story(const Page& page) : page_(page), prose_(std::min(page.width, kProseMax)) {}

  void line(const std::string& text) { text_.append(text) += '\n'; }
  void heading(std::string_view name) {
    text_ += '\n';
    line(paint(name, Ink::Bold, page_.colours));
  }
  /// A paragraph, when there is something to say.
  void paragraph(std::string_view said) {
    if (said.empty()) return;
    for (const std::string& each : wrap(said, prose_ - 2)) line("  " + each);
  }
  /// `  whose fault  the client's`
  void row(std::string_view name, std::string_view value) {
    constexpr std::size_t kNameCells = 13;
    const std::vector<std::string> lines = wrap(value, prose_ - 2 - kNameCells);
    for (std::size_t i = 0; i < lines.size(); ++i)
      line("  " + paint(pad(std::string(i == 0 ? name : ""), kNameCells), Ink::Dim, page_.colours) +
           lines[i]);
  }
  void raw(const std::string& text) { text_ += text; }
  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  const Page& page_;
  std::size_t prose_;
  std::string text_;
};

/// `2026-01-01 00:00:00.679 UTC`
std::string date_and_time(Time at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(at - day);
  char text[64];
  std::snprintf(
      text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d.%03d UTC", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return text;
}

std::string confidence_text(const Finding& finding) {
  std::string text = finding.confidence;
  const std::string_view meaning = look_up(kConfidences, finding.confidence, "");
  if (!meaning.empty()) text.append(": ").append(meaning);
  if (finding.unproven)
    text +=
        ". The session ended before it could be proven: with a shorter pingInterval in tests, it "
        "would have been";
  return text + sentence_end(text);
}

std::string identity_text(const Finding& finding) {
  const std::string_view how = look_up(kGrades, finding.grade, "");
  if (how.empty()) return finding.grade;
  return std::string(how) + " (" + finding.grade + ").";
}

std::string often_text(const Finding& finding) {
  std::string text = finding.count == 1 ? "once" : std::to_string(finding.count) + " times";
  if (!finding.first_seen || !finding.last_seen) return text;
  text += ", " + date_and_time(*finding.first_seen).substr(0, 23);
  if (finding.last_seen != finding.first_seen)
    text += " to " + date_and_time(*finding.last_seen).substr(11, 12);
  return text + " UTC";
}

std::string state_of(const Finding& finding) {
  if (finding.withdrawn) return "withdrawn";
  return finding.confidence + (finding.unproven ? ", unproven" : "");
}

bool concerns(const Finding& finding, const std::string& session) {
  return !session.empty() &&
         (finding.session.id == session || (finding.successor && finding.successor->id == session));
}

/// Findings that stand and speak of the same sessions.
std::vector<const Finding*> related_to(const Finding& finding, std::span<const Finding> all) {
  std::vector<const Finding*> related;
  for (const Finding& other : all)
    if (&other != &finding && !other.withdrawn &&
        (concerns(other, finding.session.id) ||
         (finding.successor && concerns(other, finding.successor->id))))
      related.push_back(&other);
  return related;
}

/// Whether all its evidence belongs to the sessions of `finding`, so that it fits into its columns.
bool within(const Finding& other, const Finding& finding) {
  return std::all_of(other.evidence.begin(), other.evidence.end(),
                     [&](const Evidence& it) { return concerns(finding, it.session); });
}

std::optional<Time> begin_of(const Finding& finding, std::span<const Finding* const> more) {
  std::optional<Time> begin;
  const auto look = [&](const Finding& each) {
    for (const Evidence& it : each.evidence)
      if (it.at && (!begin || *it.at < *begin)) begin = it.at;
  };
  look(finding);
  for (const Finding* each : more) look(*each);
  return begin;
}

std::size_t widest(std::span<const Finding* const> findings, std::string (*part)(const Finding&)) {
  std::size_t cells = 0;
  for (const Finding* each : findings) cells = std::max(cells, width(part(*each)));
  return cells;
}

/// `f-2  error  leak/orphan-after-parse-error  certain  s-1  After a packet ...`, in columns.
std::string table(std::span<const Finding* const> findings, std::string_view indent,
                  const Page& page) {
  const auto id = [](const Finding& it) { return it.id; };
  const auto severity = [](const Finding& it) { return it.severity; };
  const auto rule = [](const Finding& it) { return it.rule; };
  const auto session = [](const Finding& it) { return it.session.id; };
  const std::size_t ids = widest(findings, id);
  const std::size_t severities = widest(findings, severity);
  const std::size_t rules = widest(findings, rule);
  const std::size_t states = widest(findings, state_of);
  const std::size_t sessions = widest(findings, session);
  std::string text;
  for (const Finding* each : findings) {
    std::string line(indent);
    line += pad(each->id, ids) + "  ";
    line += paint(pad(each->severity, severities), ink_of(each->severity), page.colours) + "  ";
    line += paint(pad(each->rule, rules), Ink::Bold, page.colours) + "  ";
    line += pad(state_of(*each), states) + "  " + pad(each->session.id, sessions);
    const std::size_t taken = indent.size() + ids + severities + rules + states + sessions + 4 * 2;
    const std::string what =
        (each->count > 1 ? "x" + std::to_string(each->count) + "  " : "") + each->summary;
    constexpr std::size_t kSummaryMin = 20;  // less tells nothing
    if (page.width >= taken + 2 + kSummaryMin) line += "  " + fit(what, page.width - taken - 2);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

void tell_what(Story& story, const Finding& finding, const rules::Description* rule) {
  if (finding.withdrawn) {
    story.heading("Withdrawn");
    story.paragraph("It does not stand any more: " + *finding.withdrawn +
                    sentence_end(*finding.withdrawn));
  }
  story.heading("What happened");
  story.paragraph(rule != nullptr ? rule->summary : "");
  story.paragraph(finding.summary);
  story.line("");
  story.row("whose fault", look_up(kFaults, finding.fault, "not known"));
  story.row("how sure", confidence_text(finding));
  if (finding.successor && !finding.grade.empty() && finding.grade != "none")
    story.row("same client", identity_text(finding));
  story.row("how often", often_text(finding));
  if (finding.ignored)
    story.row("accepted", "ignored: " + *finding.ignored + sentence_end(*finding.ignored));
  if (finding.known) story.row("accepted", "known: it stands in the baseline.");
  if (rule == nullptr) return;
  story.heading("Why it matters");
  story.paragraph(rule->why);
}

void tell_how(Story& story, const Finding& finding, std::span<const Finding* const> more,
              const Page& page) {
  const std::string steps = timeline(finding, more, page);
  if (steps.empty()) return;
  const std::optional<Time> begin = begin_of(finding, more);
  story.heading("How it went" + (begin ? ", from " + date_and_time(*begin) : ""));
  story.paragraph("< to the client, > to the server");
  story.line("");
  story.raw(steps);
}

}  // namespace

std::string tell(const Finding& finding, std::span<const Finding> all, const Page& page) {
  const rules::Description* const rule = rules::find_rule(finding.rule);
  const std::vector<const Finding*> related = related_to(finding, all);
  const auto named = std::span(related).first(std::min(related.size(), kRelatedMax));
  std::vector<const Finding*> more;
  std::copy_if(named.begin(), named.end(), std::back_inserter(more),
               [&](const Finding* other) { return within(*other, finding); });

  Story story(page);
  story.line(finding.id + "  " + paint(finding.severity, ink_of(finding.severity), page.colours) +
             "  " + paint(finding.rule, Ink::Bold, page.colours) + "  " + state_of(finding));
  tell_what(story, finding, rule);
  tell_how(story, finding, more, page);
  if (!finding.remedy.empty()) {
    story.heading("What to do");
    story.paragraph(finding.remedy);
  }
  if (rule != nullptr) {
    story.heading("What proves it");
    story.paragraph(rule->proof);
    story.heading("Source");
    story.paragraph(rule->source);
  }
  if (!related.empty()) {
    story.heading("Related findings");
    story.raw(table(named, "  ", page));
    if (related.size() > named.size())
      story.line("  and " + std::to_string(related.size() - named.size()) + " more");
  }
  return std::move(story).text();
}

std::string list(std::span<const Finding> findings, const Page& page) {
  std::vector<const Finding*> all;
  for (const Finding& each : findings) all.push_back(&each);
  return table(all, "", page);
}

}  // namespace proxy::explain
