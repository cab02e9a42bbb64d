#pragma once

#include <cstddef>
#include <tl/expected.hpp>
#include <vector>

#include "proxy/net/address.hpp"
#include "proxy/net/descriptor.hpp"
#include "proxy/net/start_error.hpp"

namespace proxy::net {

/// Several sockets that listen on one address: the kernel spreads the connections among them.
struct Listeners {
  std::vector<Descriptor>
      sockets;     ///< one for each loop; non-blocking, TCP_NODELAY and SO_OOBINLINE (inherited)
  Endpoint bound;  ///< numeric, with the port that was picked
};

/// Binds `count` sockets with SO_REUSEPORT. Since that would also share a port with another process
/// of the same user, a plain bind comes first and finds a port in use. A name that has several
/// addresses is bound at its first IPv4 one, where clients on either family find it.
[[nodiscard]] tl::expected<Listeners, StartError> listen_on(const Endpoint& endpoint,
                                                            std::size_t count);

}  // namespace proxy::net
