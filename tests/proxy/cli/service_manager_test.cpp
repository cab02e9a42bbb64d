#include "proxy/cli/service_manager.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

using namespace std::chrono_literals;
using proxy::cli::ServiceManager;

namespace {

/// systemd's end of the socket, under an abstract name or a path.
class Manager {
 public:
  explicit Manager(const std::string& name) : name_(name) {
    fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name.front() == '@') address.sun_path[0] = '\0';
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address),
                   static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size())) == 0);
    setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  ~Manager() {
    ::close(fd_);
    if (name_.front() != '@') ::unlink(name_.c_str());
  }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  /// The next datagram, or nothing.
  [[nodiscard]] std::string heard() const {
    std::array<char, 4096> buffer;
    const ssize_t count = ::recv(fd_, buffer.data(), buffer.size(), 0);
    return count < 0 ? "" : std::string(buffer.data(), static_cast<std::size_t>(count));
  }

 private:
  std::string name_;
  int fd_;
};

std::string own_name(const char* kind) {
  return std::string(kind) + "sioscope-notify-" + std::to_string(::getpid());
}

}  // namespace

TEST_CASE("service manager: it hears that we are ready, reload, live and stop") {
  for (const std::string& name : {own_name("@"), own_name("/tmp/")}) {
    const Manager systemd(name);
    ServiceManager manager;
    manager.ready("listening on\nhttp://127.0.0.1:3001");
    CHECK(systemd.heard() == "READY=1\nSTATUS=listening on http://127.0.0.1:3001\n");
    manager.reloading();
    CHECK(systemd.heard().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    manager.alive();
    CHECK(systemd.heard() == "WATCHDOG=1\n");
    manager.stopping("draining", 15s);
    CHECK(systemd.heard() == "STOPPING=1\nSTATUS=draining\nEXTEND_TIMEOUT_USEC=15000000\n");
    CHECK(systemd.heard() == "");
  }
}

TEST_CASE("service manager: the watchdog is ours when it names us, and fed twice as often") {
  const auto asked = [](const char* microseconds, const char* process) {
    const Manager systemd(own_name("@"));
    setenv("WATCHDOG_USEC", microseconds, 1);
    if (process != nullptr) setenv("WATCHDOG_PID", process, 1);
    return ServiceManager().watchdog();
  };
  CHECK(asked("30000000", nullptr) == 15s);
  CHECK(asked("30000000", std::to_string(::getpid()).c_str()) == 15s);
  CHECK_FALSE(asked("30000000", "1").has_value());
  CHECK_FALSE(asked("0", nullptr).has_value());
  CHECK_FALSE(asked("soon", nullptr).has_value());
}

TEST_CASE("service manager: its variables are not for children, and without them nobody is told") {
  {
    const Manager systemd(own_name("@"));
    setenv("WATCHDOG_USEC", "1000", 1);
    const ServiceManager manager;
  }
  CHECK(std::getenv("NOTIFY_SOCKET") == nullptr);
  CHECK(std::getenv("WATCHDOG_USEC") == nullptr);
  ServiceManager nobody;
  nobody.ready("");
  CHECK_FALSE(nobody.watchdog().has_value());
  setenv("NOTIFY_SOCKET", "/nonexistent/socket", 1);
  ServiceManager gone;
  gone.ready("");  // Comes back.
  setenv("NOTIFY_SOCKET", "vsock:2:1", 1);
  ServiceManager other;
  other.ready("");
}
