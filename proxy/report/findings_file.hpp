#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "proxy/report/keeper.hpp"

namespace proxy::report {

/// NDJSON that loses nothing to a SIGKILL: every record is one write(2) to a file opened for
/// appending, and on the disk soon after. Used by the observer's thread only, and after that has
/// ended by main.
class FindingsFile {
 public:
  /// `path` is created when it is not there and appended to when it is; `-` is standard output.
  /// Error: errno of the refusal.
  [[nodiscard]] static tl::expected<FindingsFile, int> open(const std::string& path);

  FindingsFile(FindingsFile&& other) noexcept;
  FindingsFile& operator=(FindingsFile&&) = delete;
  ~FindingsFile();

  /// Appends the line and its end. A line that could not be written whole is counted and the first
  /// such error kept; a later one starts on a line of its own.
  void append(std::string line);
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }
  /// errno of the first failure, 0 when there was none.
  [[nodiscard]] int first_error() const noexcept { return first_error_; }

 private:
  explicit FindingsFile(int fd) : fd_(fd), keeper_(std::make_unique<Keeper>(fd)) {}

  int fd_;
  std::unique_ptr<Keeper> keeper_;
  std::uint64_t lost_ = 0;
  int first_error_ = 0;
  bool mid_line_ = false;  ///< what was written last is half a line
};

}  // namespace proxy::report
