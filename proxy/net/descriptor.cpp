#include "proxy/net/descriptor.hpp"

#include <sys/socket.h>

namespace proxy::net {

void Descriptor::reset() noexcept {
  if (fd_ < 0) return;
  const linger at_once{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

}  // namespace proxy::net
