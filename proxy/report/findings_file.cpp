#include "proxy/report/findings_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "proxy/report/write_all.hpp"

namespace proxy::report {

tl::expected<FindingsFile, int> FindingsFile::open(const std::string& path) {
  const int fd = path == "-"
                     ? ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
                     : ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) return tl::unexpected(errno);
  return FindingsFile(fd);
}

FindingsFile::FindingsFile(FindingsFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      keeper_(std::move(other.keeper_)),
      lost_(other.lost_),
      first_error_(other.first_error_),
      mid_line_(other.mid_line_) {}

FindingsFile::~FindingsFile() {
  keeper_.reset();
  if (fd_ >= 0) ::close(fd_);
}

void FindingsFile::append(std::string line) {
  line += '\n';
  if (mid_line_) line.insert(line.begin(), '\n');

  const std::size_t written = write_all(fd_, line);
  keeper_->written();
  if (written == line.size()) {
    mid_line_ = false;
    return;
  }
  if (first_error_ == 0) first_error_ = errno;
  ++lost_;
  if (written > 0) mid_line_ = line[written - 1] != '\n';
}

}  // namespace proxy::report
