#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "proxy/report/formats.hpp"
#include "proxy/report/run.hpp"

namespace proxy::report {

/// The reports that are written once, at the end. Their files are opened, and emptied, at the
/// start: a path that cannot be written is told before anything runs, and a run that is killed
/// leaves an empty file rather than the report of an earlier one.
///
/// `ndjson` is not among them, as its records are written when they arise (FindingsFile), and
/// neither is `terminal` without a file, which is what stderr shows anyway.
class ReportWriter {
 public:
  struct Failure {
    std::string what;  ///< `the junit report '/a/b.xml'`
    int error = 0;     ///< errno
  };

  /// `step_summary` is the file of GITHUB_STEP_SUMMARY, if there is one: a `github` target appends
  /// Markdown to it. Error: the first file that cannot be written.
  [[nodiscard]] static tl::expected<ReportWriter, Failure> open(
      std::span<const Target> targets, const std::optional<std::string>& step_summary);

  ReportWriter() = default;
  ReportWriter(ReportWriter&& other) noexcept = default;
  ReportWriter& operator=(ReportWriter&& other) noexcept = default;

  [[nodiscard]] bool empty() const noexcept { return files_.empty(); }
  /// Writes all of them and closes their files. Returns those that could not be written in full.
  [[nodiscard]] std::vector<Failure> write(const Run& run);

 private:
  enum class Place : std::uint8_t { Report, StepSummary };

  /// An open file, closed with its owner.
  class File {
   public:
    explicit File(int fd) noexcept : fd_(fd) {}
    File(File&& other) noexcept;
    File& operator=(File&& other) noexcept;
    ~File();
    [[nodiscard]] int fd() const noexcept { return fd_; }
    /// 0, or errno: some file systems tell only now that the disk is full.
    [[nodiscard]] int close() noexcept;

   private:
    int fd_;
  };
  struct Open {
    Place place;
    Target target;
    std::string what;
    File file;
  };

  [[nodiscard]] static std::string text_of(const Open& open, const Run& run);
  [[nodiscard]] tl::expected<void, Failure> add(Place place, const Target& target);

  std::vector<Open> files_;
};

/// The text of a report. `ndjson` has none of this kind: empty.
[[nodiscard]] std::string render(Format format, const Run& run);

}  // namespace proxy::report
