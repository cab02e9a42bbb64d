#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "core/instant.hpp"

namespace proxy::capture {

/// Where a capture goes: a file, and after it others, so that the disk stays bounded.
struct Rotation {
  std::string path;         ///< of the first; the next are `trace-2.pcapng`, `trace-3.pcapng`
  std::uint64_t bytes_max;  ///< of one file
  std::size_t files_max;    ///< of one run; the oldest goes first
  std::optional<core::Duration> age_max;  ///< of what one file holds
};

/// The files of one capture. Each begins with the same head and holds whole blocks only, whatever
/// happens: what the disk takes in part is cut off again.
class CaptureFile {
 public:
  struct Written {
    std::string path;
    core::Instant first, last;  ///< of what was written, in the capture's time
  };

  /// Makes the first file anew, readable by its owner alone. Errors: errno.
  [[nodiscard]] static tl::expected<CaptureFile, int> open(Rotation rotation, std::string head);

  /// Appends whole blocks, of `first` to `last`. False: the disk took none of them; see error().
  bool write(std::string_view blocks, core::Instant first, core::Instant last);
  [[nodiscard]] int error() const noexcept { return error_; }

  /// The files that are there, oldest first; the last is being written.
  [[nodiscard]] const std::deque<Written>& files() const noexcept { return files_; }
  /// Whether write() has begun another file since it was last asked.
  [[nodiscard]] bool rotated() noexcept { return std::exchange(rotated_, false); }

 private:
  CaptureFile(Rotation rotation, std::string head)
      : rotation_(std::move(rotation)), head_(std::move(head)) {}
  [[nodiscard]] bool begin(const std::string& path);
  [[nodiscard]] bool append(std::string_view bytes);
  [[nodiscard]] std::string next_path() const;

  Rotation rotation_;
  std::string head_;
  struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;  ///< for its descriptor; it buffers nothing
  std::uint64_t bytes_ = 0;
  std::size_t number_ = 0;  ///< files begun
  std::deque<Written> files_;
  int error_ = 0;
  bool rotated_ = false;
};

}  // namespace proxy::capture
