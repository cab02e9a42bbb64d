#include <algorithm>
#include <bit>
#include <charconv>

#include "core/socketio/verdict.hpp"

namespace core::socketio {
namespace {

/// Writes runs of releases with commas between and an "and" before the last.
class List {
 public:
  List(Phrase& out, Releases releases) noexcept : out_(out), left_(releases) {}

  void run() noexcept {
    while (!left_.empty()) {
      const Releases next = first_run();
      left_ = left_ & ~next;
      if (any_) out_.append(left_.empty() ? " and " : ", ");
      any_ = true;
      write(next);
    }
  }

 private:
  /// The lines of a major version, when all their releases are there; else what is next to each
  /// other in the first line that has any.
  [[nodiscard]] Releases first_run() const noexcept {
    for (std::size_t i = 0; i < kParserLines.size(); ++i) {
      const Releases here = Releases::line(i) & left_;
      if (here.empty()) continue;
      const std::uint8_t major = kParserLines[i].first.major;
      const Releases all =
          Releases::between(kParserLines[i].first, ParserVersion{major, 0xff, 0xff});
      const bool starts_major = i == 0 || kParserLines[i - 1].first.major != major;
      if (starts_major && left_.contains(all)) return all;
      const int start = std::countr_zero(here.bits());
      const int count = std::countr_one(here.bits() >> start);
      return Releases(((1U << count) - 1) << start);
    }
    return {};
  }

  void write(Releases run) noexcept {
    std::size_t i = 0;
    while ((Releases::line(i) & run).empty()) ++i;
    const ParserVersion first = kParserLines[i].first;
    if (!Releases::line(i).contains(run) || (first.major == 2)) {
      out_.append(first.major);
      return out_.append(".x");
    }
    const int offset =
        std::countr_zero(run.bits()) - std::countr_zero(Releases::line(i).bits()) + first.patch;
    const bool is_whole_line = run == Releases::line(i);
    write(first.major, first.minor);
    if (is_whole_line) return out_.append("x");
    out_.append(static_cast<unsigned>(offset));
    const int count = std::popcount(run.bits());
    if (offset - first.patch + count == kParserLines[i].releases) return out_.append("+");
    if (count == 1) return;
    out_.append("-");
    write(first.major, first.minor);
    out_.append(static_cast<unsigned>(offset + count - 1));
  }

  void write(std::uint8_t major, std::uint8_t minor) noexcept {
    out_.append(major);
    out_.append(".");
    out_.append(minor);
    out_.append(".");
  }

  Phrase& out_;
  Releases left_;
  bool any_ = false;
};

}  // namespace

void Phrase::append(std::string_view piece) noexcept {
  const std::size_t bytes = std::min(piece.size(), text_.size() - size_);
  std::copy_n(piece.data(), bytes, text_.data() + size_);
  size_ += bytes;
}

void Phrase::append(unsigned number) noexcept {
  std::array<char, 10> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  append({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

Phrase phrase(const Verdict& verdict) noexcept {
  Phrase text;
  switch (verdict.rejection()) {
    case Rejection::None:
      text.append("accepted by every version");
      return text;
    case Rejection::Every:
      text.append("every version rejects it");
      return text;
    case Rejection::Some:
      break;
  }
  text.append("socket.io-parser ");
  List(text, verdict.throwing).run();
  text.append(" reject it, ");
  const Releases accepting = ~(verdict.throwing | verdict.answering_error);
  if (verdict.answering_error.empty())
    text.append("others accept it");
  else if (accepting.empty())
    text.append("others turn it into an ERROR packet");
  else
    text.append("others accept it or turn it into an ERROR packet");
  return text;
}

}  // namespace core::socketio
