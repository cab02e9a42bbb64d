#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace proxy::cli {

/// Tells systemd, or who else set NOTIFY_SOCKET, how we fare: a datagram of `KEY=value` lines. Says
/// nothing to nobody where that is not set, and nothing that goes wrong here matters to us.
///
/// With WATCHDOG_USEC it is told regularly that we are alive, and restarts us when it is not.
/// Source: sd_notify(3), sd_watchdog_enabled(3), systemd.service(5).
class ServiceManager {
 public:
  /// Of the environment, whose variables are taken out: they are not for children.
  ServiceManager();
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  /// READY=1: started, or done with reloading.
  void ready(std::string_view status);
  /// RELOADING=1; ready() ends it.
  void reloading();
  /// STOPPING=1, which will take `at_most`: more than it might grant by itself.
  void stopping(std::string_view status, std::chrono::milliseconds at_most);

  /// How often it wants to hear of us; nothing: never. Twice what it asks for.
  [[nodiscard]] std::optional<std::chrono::milliseconds> watchdog() const noexcept {
    return watchdog_;
  }
  /// WATCHDOG=1.
  void alive();

 private:
  void tell(const std::string& lines) const;

  std::string address_;  ///< as sockaddr_un holds it; empty: nobody asks
  int socket_ = -1;
  std::optional<std::chrono::milliseconds> watchdog_;
};

}  // namespace proxy::cli
