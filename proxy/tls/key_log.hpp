#pragma once

#include <openssl/ssl.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "proxy/net/descriptor.hpp"

namespace proxy::tls {

/// The file of SSLKEYLOGFILE: the secrets of each connection, with which Wireshark reads it. May be
/// shared with other programs, and is used by all threads.
/// Source: NSS Key Log Format (draft-ietf-tls-keylogfile).
class KeyLog {
 public:
  /// Appends to `path`; a new file is for its owner's eyes only. The error is an errno.
  [[nodiscard]] static tl::expected<KeyLog, int> open(const std::string& path);

  /// One line, without its end. A line that the disk does not take is lost: no traffic waits for
  /// it.
  void write(std::string_view line) const noexcept;
  /// Writes what the connections of `context` agree on. Outlives them.
  void listen_to(SSL_CTX* context) const;

 private:
  explicit KeyLog(net::Descriptor file) : file_(std::move(file)) {}

  net::Descriptor file_;
};

}  // namespace proxy::tls
