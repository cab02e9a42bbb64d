#include "proxy/capture/capture_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

namespace proxy::capture {

tl::expected<CaptureFile, int> CaptureFile::open(Rotation rotation, std::string head) {
  CaptureFile file(std::move(rotation), std::move(head));
  if (!file.begin(file.rotation_.path)) return tl::unexpected(file.error_);
  return file;
}

bool CaptureFile::write(std::string_view blocks, core::Instant first, core::Instant last) {
  const bool fresh = bytes_ == head_.size();
  const bool full = bytes_ + blocks.size() > rotation_.bytes_max;
  const bool old = rotation_.age_max && last - files_.back().first > *rotation_.age_max;
  if (!fresh && (full || old)) {
    if (!begin(next_path())) return false;
    rotated_ = true;
    while (files_.size() > rotation_.files_max) {
      ::unlink(files_.front().path.c_str());
      files_.pop_front();
    }
  }
  if (!append(blocks)) return false;
  Written& now = files_.back();
  if (now.first == core::Instant{}) now.first = first;
  now.last = last;
  return true;
}

bool CaptureFile::begin(const std::string& path) {
  // What a capture holds is nobody else's business, whatever it was before.
  const int fd =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0) {
    error_ = errno;
    return false;
  }
  file_.reset(::fdopen(fd, "a"));
  bytes_ = 0;
  ++number_;
  files_.push_back({path, {}, {}});
  return append(head_);
}

bool CaptureFile::append(std::string_view bytes) {
  for (std::string_view rest = bytes; !rest.empty();) {
    const ssize_t taken = ::write(::fileno(file_.get()), rest.data(), rest.size());
    if (taken < 0 && errno == EINTR) continue;
    if (taken <= 0) {
      error_ = taken < 0 ? errno : ENOSPC;
      // Nobody can read past half a block.
      static_cast<void>(::ftruncate(::fileno(file_.get()), static_cast<off_t>(bytes_)));
      return false;
    }
    rest.remove_prefix(static_cast<std::size_t>(taken));
  }
  bytes_ += bytes.size();
  return true;
}

std::string CaptureFile::next_path() const {
  const std::filesystem::path first(rotation_.path);
  std::filesystem::path next = first;
  next.replace_filename(first.stem().string() + "-" + std::to_string(number_ + 1) +
                        first.extension().string());
  return next.string();
}

}  // namespace proxy::capture
