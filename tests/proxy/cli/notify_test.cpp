#include "proxy/cli/notify.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

/// A service manager's ear on a socket that is in no file system.
class Manager {
 public:
  Manager() : name_("sioscope-test-" + std::to_string(::getpid())) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name_.data(), name_.size());
    const auto bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name_.size());
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), bytes) == 0);
    ::setenv("NOTIFY_SOCKET", ("@" + name_).c_str(), 1);
  }
  ~Manager() {
    ::unsetenv("NOTIFY_SOCKET");
    ::close(fd_);
  }
  std::string heard() const {
    std::array<char, 64> buffer;
    const ssize_t bytes = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    return bytes < 0 ? "" : std::string(buffer.data(), static_cast<std::size_t>(bytes));
  }

 private:
  int fd_ = ::socket(AF_UNIX, SOCK_DGRAM, 0);
  std::string name_;
};

}  // namespace

TEST_CASE("notify_manager: the socket that NOTIFY_SOCKET names hears it, whole") {
  const Manager manager;
  proxy::cli::notify_manager("READY=1");
  CHECK(manager.heard() == "READY=1");
  CHECK(manager.heard().empty());
}

TEST_CASE("notify_manager: without a manager, or with a nonsensical one, nothing happens") {
  ::unsetenv("NOTIFY_SOCKET");
  proxy::cli::notify_manager("READY=1");
  for (const std::string& name : {std::string(), std::string("/nonexistent/socket"), std::string(300, 'x')}) {
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    proxy::cli::notify_manager("READY=1");
  }
  ::unsetenv("NOTIFY_SOCKET");
}
