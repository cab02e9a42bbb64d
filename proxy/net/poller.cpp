#include "proxy/net/poller.hpp"

#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "proxy/net/limits.hpp"

namespace proxy::net {

tl::expected<Poller, int> Poller::open() {
  Descriptor epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return tl::unexpected(errno);
  return Poller(std::move(epoll));
}

int Poller::watch_socket(int fd, Watcher& watcher) noexcept {
  return add(fd, watcher, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET);
}

int Poller::watch_input(int fd, Watcher& watcher) noexcept { return add(fd, watcher, EPOLLIN); }

void Poller::forget(int fd) noexcept { epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr); }

int Poller::add(int fd, Watcher& watcher, std::uint32_t events) noexcept {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &watcher;
  return epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : errno;
}

void Poller::turn(Wait wait) {
  std::array<epoll_event, limits::kReadyPerTurn> ready;
  // Not epoll_wait(), for the reason that socket_calls.hpp has.
  const long count = syscall(SYS_epoll_pwait, epoll_.get(), ready.data(), ready.size(),
                             wait == Wait::None ? 0 : -1, nullptr, 0);
  for (long i = 0; i < count; ++i) {
    const epoll_event& one = ready[static_cast<std::size_t>(i)];
    static_cast<Watcher*>(one.data.ptr)->ready(one.events);
  }
}

}  // namespace proxy::net
