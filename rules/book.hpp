#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/instant.hpp"
#include "core/session/session.hpp"
#include "rules/auth_names.hpp"
#include "rules/finding.hpp"
#include "rules/registry.hpp"

namespace rules {

/// A finding that arose or grew, or one that was withdrawn.
using Record = std::variant<Finding, Withdrawn>;

/// The findings so far. Rules open, change and withdraw them here; the book decides when a change
/// is written again: at once when it says something new, else at most once a second, and always at
/// the end. The analysis calls write() after every step, so the records never depend on when
/// somebody takes them.
class Book {
 public:
  /// Opens a finding; the caller fills it. It is written with the next write().
  Finding& open(const Description& rule, core::Instant at);
  /// The finding of that number, which was opened and not withdrawn.
  [[nodiscard]] Finding& at(std::uint32_t number) { return entries_.at(number).finding; }
  /// It grew: `count`, `last_seen`, evidence.
  void grew(std::uint32_t number, core::Instant at);
  /// It says something new: confidence, successor, `unproven`.
  void changed(std::uint32_t number);
  void withdraw(std::uint32_t number, std::string reason);
  /// It weighs more, or less, than its rule's severity.
  void regrade(std::uint32_t number, Severity severity);
  /// A candidate ended before it could be proven.
  void unproven(std::uint32_t number);
  /// Its session is over: it will not change any more. What waits is written, and the book lets go
  /// of it.
  void settle(std::uint32_t number);

  /// When growth has to be written; Instant::max() while nothing waits.
  [[nodiscard]] core::Instant deadline() const noexcept {
    return grown_.empty() ? core::Instant::max() : due_;
  }
  /// Growth is written with the next write().
  void advance();
  /// Makes records of what is due, as it stands now.
  void write() {
    if (!due_records_.empty() || !settled_.empty()) write_due();
  }
  /// The records written since the last call, in order.
  [[nodiscard]] std::vector<Record> take_records() { return std::exchange(written_, {}); }

  /// Findings that stand, by Severity, and how many of them are unproven candidates.
  [[nodiscard]] const std::array<std::uint64_t, 3>& standing() const noexcept { return standing_; }
  [[nodiscard]] std::uint64_t unproven() const noexcept { return unproven_; }

 private:
  struct Entry {
    Finding finding;
    bool written = false;  ///< somebody has seen it, so its withdrawal must be told
    bool due = false;      ///< stands in due_records_
    bool grown = false;    ///< stands in grown_
  };
  void write_due();

  std::map<std::uint32_t, Entry> entries_;
  /// A number stands for its finding as it is when written.
  std::vector<std::variant<std::uint32_t, Withdrawn>> due_records_;
  std::vector<Record> written_;
  std::vector<std::uint32_t> grown_;
  std::vector<std::uint32_t> settled_;
  std::array<std::uint64_t, 3> standing_{};
  std::uint64_t unproven_ = 0;
  core::Instant due_{};
  std::uint32_t opened_ = 0;
  AuthNames auth_names_;
};

/// A session as a finding shows it, now.
[[nodiscard]] SessionRef ref(const core::session::Session& session);

}  // namespace rules
