#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/capture/byte_source.hpp"

namespace proxy::cli {

/// A file, or stdin, as a source of bytes.
class FileSource : public core::capture::ByteSource {
 public:
  /// `-` is stdin. Check error() before reading.
  explicit FileSource(const std::string& path)
      : fd_(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat status {};
    if (fd_ < 0 || ::fstat(fd_, &status) != 0) {
      error_ = errno;
    } else if (S_ISDIR(status.st_mode)) {
      error_ = EISDIR;
    } else if (S_ISREG(status.st_mode)) {
      size_bytes_ = static_cast<std::uint64_t>(status.st_size);
    }
  }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  ~FileSource() override {
    if (fd_ > STDIN_FILENO) ::close(fd_);
  }

  [[nodiscard]] std::size_t read(std::span<char> into) override {
    while (true) {
      const ssize_t size = ::read(fd_, into.data(), into.size());
      if (size >= 0) {
        read_bytes_ += static_cast<std::uint64_t>(size);
        return static_cast<std::size_t>(size);
      }
      if (errno == EINTR) continue;
      error_ = errno;
      return 0;
    }
  }

  /// errno of what went wrong; 0: nothing.
  [[nodiscard]] int error() const noexcept { return error_; }
  [[nodiscard]] std::uint64_t read_bytes() const noexcept { return read_bytes_; }
  /// Of a file; a pipe has none.
  [[nodiscard]] std::optional<std::uint64_t> size_bytes() const noexcept { return size_bytes_; }

 private:
  int fd_;
  int error_ = 0;
  std::uint64_t read_bytes_ = 0;
  std::optional<std::uint64_t> size_bytes_;
};

}  // namespace proxy::cli
