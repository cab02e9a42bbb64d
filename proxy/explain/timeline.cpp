#include "proxy/explain/timeline.hpp"

#include <algorithm>
#include <cstdio>
#include <tuple>
#include <utility>

#include "proxy/explain/cells.hpp"

namespace proxy::explain {
namespace {

using report::Ink;
using report::paint;

/// A piece of a line, painted when all widths are settled: colours take no cells.
struct Span {
  std::string text;
  std::optional<Ink> ink;
};
using Line = std::vector<Span>;
using Cell = std::vector<Line>;  ///< what one column holds of one step, from top to bottom

std::string painted(const Line& line, report::Colours colours) {
  std::string text;
  for (const Span& span : line) text += span.ink ? paint(span.text, *span.ink, colours) : span.text;
  return text;
}

std::size_t width_of(const Line& line) {
  std::size_t cells = 0;
  for (const Span& span : line) cells += width(span.text);
  return cells;
}

/// `+0.388 s`
std::string since(std::optional<Time> begin, std::optional<Time> at) {
  if (!begin || !at) return "";
  char text[40];
  const auto milliseconds = (*at - *begin).count();
  std::snprintf(text, sizeof text, "+%lld.%03lld s", static_cast<long long>(milliseconds / 1000),
                static_cast<long long>(milliseconds % 1000));
  return text;
}

/// `< 42["news",1]  and to the orphan`, the note below where it does not fit beside.
Cell cell_of(const Evidence& evidence, const std::string& who, std::size_t cells) {
  const bool to_client = evidence.direction == core::Direction::ToClient;
  Line first;
  if (!who.empty())
    first.push_back({fit(who, cells / 3) + " ", Ink::Dim});  // `s-12`, unless forged
  first.push_back({to_client ? "< " : "> ", std::nullopt});
  const std::size_t room = cells - width_of(first);

  std::string packet = evidence.packet + (evidence.truncated ? "…" : "");
  const bool bare = packet.empty();
  if (bare) packet = evidence.what;
  packet = fit(packet, room);
  std::size_t left = room - width(packet);
  first.push_back({packet, Ink::Bold});
  if (!bare && evidence.what != "packet" && left >= width(evidence.what) + 2) {
    first.push_back({"  " + evidence.what, std::nullopt});
    left -= width(evidence.what) + 2;
  }
  if (evidence.note.empty()) return {first};
  if (width(evidence.note) + 2 <= left) {
    first.push_back({"  " + evidence.note, Ink::Dim});
    return {first};
  }
  Cell cell{first};
  const std::size_t indent = cells - room;
  for (std::string& line : wrap(evidence.note, room))
    cell.push_back({{std::string(indent, ' '), std::nullopt}, {std::move(line), Ink::Dim}});
  return cell;
}

/// What is known of a session, for the head of its column.
Cell heading(const Session& session, std::string_view part, std::size_t cells) {
  Cell cell;
  const std::string title = session.id + (part.empty() ? "" : ", " + std::string(part));
  cell.push_back({{fit(title, cells), Ink::Bold}});
  std::string wire = session.transport;
  if (session.eio > 0) wire += ", Engine.IO " + std::to_string(session.eio);
  if (!session.sid.empty()) wire += (wire.empty() ? "sid " : ", sid ") + session.sid;
  if (!wire.empty()) cell.push_back({{fit(wire, cells), Ink::Dim}});
  constexpr std::size_t kSocketsShown = 3;
  for (std::size_t i = 0; i < std::min(session.sockets.size(), kSocketsShown); ++i)
    cell.push_back({{fit("socket " + session.sockets[i].id + " of " + session.sockets[i].ns, cells),
                     Ink::Dim}});
  if (session.sockets.size() > kSocketsShown)
    cell.push_back(
        {{"and " + std::to_string(session.sockets.size() - kSocketsShown) + " more", Ink::Dim}});
  return cell;
}

/// All evidence, oldest first, each piece once.
std::vector<Evidence> told(const Finding& finding, std::span<const Finding* const> more) {
  std::vector<Evidence> all = finding.evidence;
  const auto same = [](const Evidence& a, const Evidence& b) {
    return std::tie(a.at, a.direction, a.session, a.what, a.packet) ==
           std::tie(b.at, b.direction, b.session, b.what, b.packet);
  };
  for (const Finding* other : more)
    for (const Evidence& one : other->evidence)
      if (std::none_of(all.begin(), all.end(), [&](const Evidence& it) { return same(it, one); }))
        all.push_back(one);
  std::stable_sort(all.begin(), all.end(),
                   [](const Evidence& a, const Evidence& b) { return a.at < b.at; });
  return all;
}

/// The session of the right column: nothing when the evidence knows only one.
std::optional<Session> other_session(const Finding& finding, const std::vector<Evidence>& steps) {
  if (finding.successor) return finding.successor;
  for (const Evidence& step : steps)
    if (!step.session.empty() && step.session != finding.session.id)
      return Session{.id = step.session, .sid = {}, .transport = {}, .eio = 0, .sockets = {}};
  return std::nullopt;
}

class Columns {
 public:
  Columns(std::size_t time_cells, std::size_t count, const Page& page)
      : page_(page), time_cells_(time_cells), count_(count) {
    const std::size_t room = page.width - kIndent.size() - time_cells_ - kGap.size();
    cells_ = count == 2 ? (room - kBarCells) / 2 : room;
    across_ = room;
  }

  [[nodiscard]] std::size_t cells() const noexcept { return cells_; }
  [[nodiscard]] std::size_t across() const noexcept { return across_; }

  void two(const std::string& time, const Cell& left, const Cell& right) {
    for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
      std::string text = start(i == 0 ? time : "");
      const Line none;
      const Line& first = i < left.size() ? left[i] : none;
      text += painted(first, page_.colours);
      if (count_ == 2) {
        const std::size_t taken = width_of(first);
        text.append(cells_ - std::min(taken, cells_), ' ').append(kBar);
        if (i < right.size()) text += painted(right[i], page_.colours);
      }
      add(std::move(text));
    }
  }
  void one(const std::string& time, const Cell& cell) {
    for (std::size_t i = 0; i < cell.size(); ++i)
      add(start(i == 0 ? time : "") + painted(cell[i], page_.colours));
  }
  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  static constexpr std::string_view kIndent = "  ";
  static constexpr std::string_view kGap = "  ";
  static constexpr std::string_view kBar = " │ ";
  static constexpr std::size_t kBarCells = 3;

  [[nodiscard]] std::string start(const std::string& time) const {
    return std::string(kIndent) + std::string(time_cells_ - time.size(), ' ') +
           paint(time, Ink::Dim, time.empty() ? report::Colours::Off : page_.colours) +
           std::string(kGap);
  }
  void add(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    text_.append(line) += '\n';
  }

  const Page& page_;
  std::size_t time_cells_;
  std::size_t count_;
  std::size_t cells_;
  std::size_t across_;
  std::string text_;
};

}  // namespace

std::string timeline(const Finding& finding, std::span<const Finding* const> more,
                     const Page& page) {
  const std::vector<Evidence> steps = told(finding, more);
  if (steps.empty()) return "";
  const auto dated = std::find_if(steps.begin(), steps.end(), [](const auto& it) { return it.at; });
  const std::optional<Time> begin = dated == steps.end() ? std::nullopt : dated->at;

  const std::string& left = finding.session.id;
  const std::optional<Session> other = other_session(finding, steps);
  const bool side_by_side = other && page.width >= kTwoColumnsMin;
  const std::size_t time_cells = since(begin, steps.back().at).size();
  Columns columns(time_cells, side_by_side ? 2 : 1, page);

  const Cell left_head =
      heading(finding.session, finding.successor ? "at fault" : "", columns.cells());
  const Cell right_head =
      other ? heading(*other, finding.successor ? "its successor" : "", columns.cells()) : Cell{};
  if (side_by_side) {
    columns.two("", left_head, right_head);
    columns.two("", {Line{}}, {});
  } else {
    columns.one("", left_head);
    columns.one("", right_head);
    columns.one("", {Line{}});
  }

  for (const Evidence& step : steps) {
    const std::string time = since(begin, step.at);
    if (side_by_side && step.session == left)
      columns.two(time, cell_of(step, "", columns.cells()), {});
    else if (side_by_side && step.session == other->id)
      columns.two(time, {}, cell_of(step, "", columns.cells()));
    else
      columns.one(time, cell_of(step, other ? step.session : "", columns.across()));
  }
  return std::move(columns).text();
}

}  // namespace proxy::explain
