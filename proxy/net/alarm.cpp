#include "proxy/net/alarm.hpp"

#include <sys/timerfd.h>

#include <cerrno>
#include <utility>

namespace proxy::net {
namespace {

timespec spec_of(std::chrono::milliseconds duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  return {.tv_sec = seconds.count(),
          .tv_nsec = std::chrono::nanoseconds(duration - seconds).count()};
}

}  // namespace

tl::expected<std::unique_ptr<Alarm>, int> Alarm::open(Poller& poller, std::function<void()> rings) {
  Descriptor timer(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (!timer) return tl::unexpected(errno);
  std::unique_ptr<Alarm> alarm(new Alarm(poller, std::move(timer), std::move(rings)));
  const int error = poller.watch_input(alarm->timer_.get(), *alarm);
  if (error != 0) return tl::unexpected(error);
  return alarm;
}

void Alarm::ring_in(std::chrono::milliseconds delay) noexcept { set(delay, {}); }

void Alarm::ring_every(std::chrono::milliseconds interval) noexcept { set(interval, interval); }

void Alarm::set(std::chrono::milliseconds first, std::chrono::milliseconds interval) noexcept {
  const itimerspec when{.it_interval = spec_of(interval), .it_value = spec_of(first)};
  timerfd_settime(timer_.get(), 0, &when, nullptr);
}

void Alarm::ready(std::uint32_t) {
  std::uint64_t times = 0;
  if (read(timer_.get(), &times, sizeof times) == sizeof times) rings_();
}

}  // namespace proxy::net
