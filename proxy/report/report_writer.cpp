#include "proxy/report/report_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "proxy/report/github.hpp"
#include "proxy/report/html.hpp"
#include "proxy/report/json_document.hpp"
#include "proxy/report/junit.hpp"
#include "proxy/report/markdown.hpp"
#include "proxy/report/sarif.hpp"
#include "proxy/report/terminal.hpp"
#include "proxy/report/verdict_text.hpp"
#include "proxy/report/write_all.hpp"

namespace proxy::report {
namespace {

/// What stderr shows, in one piece.
std::string terminal_text(const Run& run) {
  std::string text;
  std::vector<Assessed> findings;
  for (const Told& told : run.findings) {
    text += describe(told.finding, run.clock, kHiddenAlready, Colours::Off, told.assessment) + "\n";
    findings.push_back({told.finding, told.assessment});
  }
  return text + verdict_text(run.verdict, findings, kHiddenAlready, Colours::Off);
}

/// Markdown that fits behind what other steps of the job wrote there, or nothing.
std::string step_summary(const Run& run, int fd) {
  struct stat status {};
  const std::size_t used =
      ::fstat(fd, &status) == 0 ? static_cast<std::size_t>(std::max<off_t>(status.st_size, 0)) : 0;
  const std::size_t room = kStepSummaryBytesMax - std::min(used, kStepSummaryBytesMax);
  const std::string text = markdown(run, room) + "\n";
  return text.size() <= room ? text : "";
}

}  // namespace

std::string render(Format format, const Run& run) {
  switch (format) {
    case Format::Terminal:
      return terminal_text(run);
    case Format::Json:
      return json_document(run);
    case Format::Ndjson:
      return "";
    case Format::JUnit:
      return junit(run);
    case Format::Sarif:
      return sarif(run);
    case Format::GitHub:
      return github(run);
    case Format::Markdown:
      return markdown(run);
    case Format::Html:
      return html(run);
  }
  return "";
}

ReportWriter::File::File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

ReportWriter::File& ReportWriter::File::operator=(File&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

ReportWriter::File::~File() { static_cast<void>(close()); }

int ReportWriter::File::close() noexcept {
  const int fd = std::exchange(fd_, -1);
  return fd >= 0 && ::close(fd) != 0 ? errno : 0;
}

tl::expected<ReportWriter, ReportWriter::Failure> ReportWriter::open(
    std::span<const Target> targets, const std::optional<std::string>& step_summary) {
  ReportWriter writer;
  for (const Target& target : targets) {
    if (target.format == Format::Ndjson) continue;
    if (target.format == Format::Terminal && target.to_stdout()) continue;
    if (auto added = writer.add(Place::Report, target); !added)
      return tl::unexpected(added.error());
  }
  const bool github = std::any_of(targets.begin(), targets.end(), [](const Target& target) {
    return target.format == Format::GitHub;
  });
  if (github && step_summary)
    if (auto added = writer.add(Place::StepSummary, {Format::Markdown, *step_summary}); !added)
      return tl::unexpected(added.error());
  return writer;
}

tl::expected<void, ReportWriter::Failure> ReportWriter::add(Place place, const Target& target) {
  std::string what = place == Place::StepSummary
                         ? "GitHub's step summary '" + target.path + "'"
                         : "the " + std::string(name(target.format)) + " report '" +
                               (target.to_stdout() ? "stdout" : target.path) + "'";
  const int how =
      O_WRONLY | O_CREAT | O_CLOEXEC | (place == Place::StepSummary ? O_APPEND : O_TRUNC);
  const int fd = place == Place::Report && target.to_stdout()
                     ? ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
                     : ::open(target.path.c_str(), how, 0644);
  if (fd < 0) return tl::unexpected(Failure{std::move(what), errno});
  files_.push_back({place, target, std::move(what), File(fd)});
  return {};
}

std::string ReportWriter::text_of(const Open& open, const Run& run) {
  if (open.place == Place::StepSummary) return step_summary(run, open.file.fd());
  std::string text = render(open.target.format, run);
  // A command to the runner must begin its line, and who wrote to stdout before may not have ended
  // theirs.
  if (open.target.format == Format::GitHub && open.target.to_stdout()) text.insert(0, "\n");
  return text;
}

std::vector<ReportWriter::Failure> ReportWriter::write(const Run& run) {
  std::vector<Failure> failures;
  for (Open& open : files_) {
    const std::string text = text_of(open, run);
    errno = 0;
    const bool whole = write_all(open.file.fd(), text) == text.size();
    const int write_error = whole ? 0 : errno;
    const int close_error = open.file.close();
    if (!whole || close_error != 0)
      failures.push_back({open.what, write_error != 0 ? write_error : close_error});
  }
  files_.clear();
  return failures;
}

}  // namespace proxy::report
