#include "proxy/report/keeper.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <utility>

namespace proxy::report {

Keeper::Keeper(int fd) : fd_(fd) {
  struct stat about {};
  if (fstat(fd_, &about) == 0 && S_ISREG(about.st_mode)) thread_ = std::thread([this] { run(); });
}

Keeper::~Keeper() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Keeper::written() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(dirty_, true)) return;
  }
  changed_.notify_one();
}

void Keeper::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return dirty_ || stop_; });
    if (!std::exchange(dirty_, false)) return;
    lock.unlock();
    fdatasync(fd_);
    lock.lock();
  }
}

}  // namespace proxy::report
