#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "proxy/net/descriptor.hpp"

namespace tests::transparency {

/// The proxy under test, as a child process.
class Program {
 public:
  /// Starts `path proxy --listen 127.0.0.1:0 --upstream UPSTREAM MORE...` and waits until it
  /// listens. Null port() when it never does.
  Program(const std::string& path, const std::string& upstream,
          const std::vector<std::string>& more = {});
  /// Ends it with SIGTERM.
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Asks it to end, and says how it did: its exit code, or nothing when a signal ended it. Call it
  /// once.
  [[nodiscard]] std::optional<int> finish();

 private:
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
  proxy::net::Descriptor errors_;
  std::thread echo_;  ///< passes its stderr on
};

}  // namespace tests::transparency
