#include "proxy/cli/service_manager.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace proxy::cli {
namespace {

using namespace std::chrono_literals;

std::string taken_variable(const char* name) {
  const char* const value = std::getenv(name);
  std::string text = value == nullptr ? "" : value;
  unsetenv(name);
  return text;
}

std::optional<std::uint64_t> number_in(const std::string& text) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  if (text.empty() || std::from_chars(text.data(), end, value).ptr != end) return std::nullopt;
  return value;
}

/// One line: what would end it is left out.
std::string line(std::string_view key, std::string_view value) {
  std::string text = std::string(key) + "=" + std::string(value);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text + "\n";
}

template <class Duration>
std::string microseconds(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
}

}  // namespace

ServiceManager::ServiceManager() {
  address_ = taken_variable("NOTIFY_SOCKET");
  const auto asked = number_in(taken_variable("WATCHDOG_USEC"));
  const auto process = number_in(taken_variable("WATCHDOG_PID"));
  const bool is_path = address_.starts_with('/') || address_.starts_with('@');
  if (!is_path || address_.size() >= sizeof(sockaddr_un::sun_path)) address_.clear();
  if (address_.empty()) return;
  if (address_.front() == '@') address_.front() = '\0';  // An abstract one.

  socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) {
    address_.clear();
    return;
  }
  const timeval patience{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (asked && *asked > 0 && (!process || *process == static_cast<std::uint64_t>(getpid())))
    watchdog_ = std::max<std::chrono::milliseconds>(
        1ms, std::chrono::duration_cast<std::chrono::milliseconds>(
                 std::chrono::microseconds(*asked) / 2));
}

ServiceManager::~ServiceManager() {
  if (socket_ >= 0) ::close(socket_);
}

void ServiceManager::ready(std::string_view status) { tell("READY=1\n" + line("STATUS", status)); }

void ServiceManager::reloading() {
  tell("RELOADING=1\n" +
       line("MONOTONIC_USEC", microseconds(std::chrono::steady_clock::now().time_since_epoch())));
}

void ServiceManager::stopping(std::string_view status, std::chrono::milliseconds at_most) {
  tell("STOPPING=1\n" + line("STATUS", status) +
       line("EXTEND_TIMEOUT_USEC", microseconds(at_most)));
}

void ServiceManager::alive() { tell("WATCHDOG=1\n"); }

void ServiceManager::tell(const std::string& lines) const {
  if (address_.empty()) return;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address_.data(), address_.size());
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  static_cast<void>(sendto(socket_, lines.data(), lines.size(), MSG_NOSIGNAL,
                           reinterpret_cast<const sockaddr*>(&to), length));
}

}  // namespace proxy::cli
