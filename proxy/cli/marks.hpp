#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/instant.hpp"
#include "rules/finding.hpp"
#include "rules/verdict.hpp"

namespace proxy::cli {

/// Marks that are kept. A suite asserts right after its test, so only the newest matter; with their
/// tallies of some fifty events these are about 10 MB.
inline constexpr std::size_t kMarksMax = 1'024;

/// An instant that a test has named: what comes behind it is the test's.
struct Mark {
  std::uint32_t number = 0;  ///< `m-1`
  std::string name;          ///< as given, or empty
  core::Instant at{};
  rules::Tally tally;  ///< of everything before it
};

enum class MarkErrc : std::uint8_t { Unknown, Forgotten };

/// The marks of a run, from any thread.
class Marks {
 public:
  explicit Marks(std::size_t marks_max = kMarksMax) : marks_max_(marks_max) {}

  /// Where everything began, or began afresh: what tallies are counted from.
  [[nodiscard]] Mark origin() const;
  /// Numbers rise and are never given again. The oldest mark makes room when there are too many.
  std::uint32_t add(std::string name, core::Instant at, rules::Tally tally);
  /// By its label, `m-1`. Errors: `Unknown` for what was never given; `Forgotten` for what made
  /// room, or went with a reset.
  [[nodiscard]] tl::expected<Mark, MarkErrc> find(std::string_view label) const;
  /// Forgets all; tallies are counted from here.
  void reset(core::Instant at, rules::Tally tally);
  /// All that are kept, oldest first.
  [[nodiscard]] std::vector<Mark> all() const;

 private:
  std::size_t marks_max_;
  mutable std::mutex mutex_;
  Mark origin_;
  std::deque<Mark> marks_;
  std::uint32_t given_ = 0;
};

/// `m-1`.
[[nodiscard]] std::string mark_label(std::uint32_t number);

/// What happened from one instant to another, by their tallies. Rows of events that were not among
/// those listed before cannot be told apart from earlier ones, and count as `other`. Numbers that
/// fell, because a finding was withdrawn, are 0.
[[nodiscard]] rules::Tally between(const rules::Tally& since, const rules::Tally& until);

/// Where a finding belongs in time: at the handshake of the session at fault; when it was first
/// seen, if it is no session's.
[[nodiscard]] core::Instant instant_of(const rules::Finding& finding) noexcept;

}  // namespace proxy::cli
