#include "proxy/net/listener.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "proxy/net/limits.hpp"

namespace proxy::net {
namespace {

void switch_on(int fd, int level, int option) {
  const int on = 1;
  setsockopt(fd, level, option, &on, sizeof on);
}

Descriptor new_socket(int family) {
  return Descriptor(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

StartError explain(const Endpoint& endpoint, int error) {
  const std::string where = "cannot listen on " + endpoint.text() + ": ";
  switch (error) {
    case EADDRINUSE:
      return {where +
              "the port is in use; stop the program that has it, or choose another port (0 picks a "
              "free one)"};
    case EACCES:
      return {where +
              "no permission; ports below 1024 need root or CAP_NET_BIND_SERVICE, or choose a "
              "higher port"};
    case EADDRNOTAVAIL:
      return {where + "this machine has no such address; use one of its own, or 0.0.0.0 for all"};
    case EMFILE:
    case ENFILE:
      return {where + "out of file descriptors; raise the limit (ulimit -n)"};
    default:
      return {where + std::strerror(error) + "; check the address"};
  }
}

/// Takes the address for itself alone, then opens it to the sockets that share it. It never
/// listens.
///
/// The first try is exclusive. It is also refused while connections of an earlier run linger in
/// TIME_WAIT; SO_REUSEADDR looks past those, and still refuses an address on which somebody
/// listens.
tl::expected<Descriptor, int> reserve(const SocketAddress& address) {
  Descriptor probe = new_socket(address.family());
  if (!probe) return tl::unexpected(errno);
  if (bind(probe.get(), address.get(), address.length) != 0) {
    if (errno != EADDRINUSE) return tl::unexpected(errno);
    switch_on(probe.get(), SOL_SOCKET, SO_REUSEADDR);
    if (bind(probe.get(), address.get(), address.length) != 0) return tl::unexpected(errno);
  }
  switch_on(probe.get(), SOL_SOCKET, SO_REUSEADDR);
  switch_on(probe.get(), SOL_SOCKET, SO_REUSEPORT);
  return probe;
}

tl::expected<Descriptor, int> listen_at(const SocketAddress& address) {
  Descriptor socket = new_socket(address.family());
  if (!socket) return tl::unexpected(errno);
  switch_on(socket.get(), SOL_SOCKET, SO_REUSEADDR);
  switch_on(socket.get(), SOL_SOCKET, SO_REUSEPORT);
  switch_on(socket.get(), IPPROTO_TCP, TCP_NODELAY);
  switch_on(socket.get(), SOL_SOCKET,
            SO_OOBINLINE);  // Else an urgent byte would be missing from the stream.
  if (bind(socket.get(), address.get(), address.length) != 0 ||
      listen(socket.get(), limits::kListenBacklog) != 0)
    return tl::unexpected(errno);
  return socket;
}

}  // namespace

tl::expected<Listeners, StartError> listen_on(const Endpoint& endpoint, std::size_t count) {
  const auto addresses = resolve(endpoint);
  if (!addresses)
    return tl::unexpected(StartError{"cannot listen on " + endpoint.text() + ": " +
                                     gai_strerror(addresses.error()) + "; check the host name"});
  const auto four = std::find_if(addresses->begin(), addresses->end(),
                                 [](const SocketAddress& a) { return a.family() == AF_INET; });
  const SocketAddress& wanted = four != addresses->end() ? *four : addresses->front();

  const auto probe = reserve(wanted);
  if (!probe) return tl::unexpected(explain(endpoint, probe.error()));
  const SocketAddress address = local_address(probe->get());
  Listeners listeners;
  listeners.bound = address.endpoint();
  for (std::size_t i = 0; i < count; ++i) {
    auto socket = listen_at(address);
    if (!socket) return tl::unexpected(explain(endpoint, socket.error()));
    listeners.sockets.push_back(std::move(*socket));
  }
  return listeners;
}

}  // namespace proxy::net
