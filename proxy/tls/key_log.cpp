#include "proxy/tls/key_log.hpp"

#include <fcntl.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>

namespace proxy::tls {

tl::expected<KeyLog, int> KeyLog::open(const std::string& path) {
  net::Descriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return tl::unexpected(errno);
  return KeyLog(std::move(file));
}

void KeyLog::write(std::string_view line) const noexcept {
  char end = '\n';
  const std::array<iovec, 2> parts{iovec{const_cast<char*>(line.data()), line.size()},
                                   iovec{&end, 1}};
  // One call, so that lines of several threads and programs do not mix.
  if (writev(file_.get(), parts.data(), static_cast<int>(parts.size())) < 0) return;
}

void KeyLog::listen_to(SSL_CTX* context) const {
  SSL_CTX_set_app_data(context, const_cast<KeyLog*>(this));
  SSL_CTX_set_keylog_callback(context, [](const SSL* ssl, const char* line) {
    static_cast<const KeyLog*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)))->write(line);
  });
}

}  // namespace proxy::tls
