#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

namespace proxy::report {

/// Sees to it that what was written to a file is on its disk, soon after, on a thread of its own: a
/// slow disk must not hold up who writes. (That the process is killed loses nothing anyway; this is
/// for machines that go down.) What comes while it syncs goes with the next sync.
class Keeper {
 public:
  /// `fd` is borrowed and outlives it. Anything but a regular file needs no keeping.
  explicit Keeper(int fd);
  /// Syncs what is left.
  ~Keeper();
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  /// Something was written.
  void written();

 private:
  void run();

  int fd_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool dirty_ = false;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace proxy::report
