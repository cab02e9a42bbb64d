#include "proxy/report/findings_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace proxy::report {
namespace {

/// Writes all of it, waiting where a pipe is full. Returns how much went out; errno tells why not
/// all.
std::size_t write_all(int fd, std::string_view bytes) {
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t count = ::write(fd, bytes.data() + written, bytes.size() - written);
    if (count > 0) {
      written += static_cast<std::size_t>(count);
    } else if (count < 0 && errno == EAGAIN) {
      pollfd writable{fd, POLLOUT, 0};
      ::poll(&writable, 1, -1);
    } else if (count < 0 && errno != EINTR) {
      break;
    }
  }
  return written;
}

}  // namespace

tl::expected<FindingsFile, int> FindingsFile::open(const std::string& path) {
  const int fd = path == "-"
                     ? ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
                     : ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) return tl::unexpected(errno);
  return FindingsFile(fd);
}

FindingsFile::FindingsFile(FindingsFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      lost_(other.lost_),
      first_error_(other.first_error_),
      mid_line_(other.mid_line_) {}

FindingsFile::~FindingsFile() {
  if (fd_ >= 0) ::close(fd_);
}

void FindingsFile::append(std::string line) {
  line += '\n';
  if (mid_line_) line.insert(line.begin(), '\n');

  const std::size_t written = write_all(fd_, line);
  if (written == line.size()) {
    mid_line_ = false;
    return;
  }
  if (first_error_ == 0) first_error_ = errno;
  ++lost_;
  if (written > 0) mid_line_ = line[written - 1] != '\n';
}

}  // namespace proxy::report
