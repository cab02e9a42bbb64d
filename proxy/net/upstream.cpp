#include "proxy/net/upstream.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cerrno>
#include <memory>
#include <utility>

#include "proxy/net/limits.hpp"

namespace proxy::net {

Upstream::Upstream(uv_loop_t* loop, Endpoint endpoint, std::vector<SocketAddress> addresses)
    : loop_(loop), endpoint_(std::move(endpoint)), addresses_(std::move(addresses)) {}

Upstream::~Upstream() {
  if (look_up_ == nullptr) return;
  look_up_->upstream = nullptr;
  uv_cancel(reinterpret_cast<uv_req_t*>(&look_up_->request));
}

void Upstream::look_up_again() {
  in6_addr numeric;
  if (look_up_ != nullptr || inet_pton(AF_INET, endpoint_.host.c_str(), &numeric) == 1 ||
      inet_pton(AF_INET6, endpoint_.host.c_str(), &numeric) == 1)
    return;

  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  auto look_up = std::make_unique<LookUp>();
  look_up->upstream = this;
  look_up->request.data = look_up.get();
  const int error = uv_getaddrinfo(
      loop_, &look_up->request,
      [](uv_getaddrinfo_t* request, int status, addrinfo* list) {
        const std::unique_ptr<LookUp> done(static_cast<LookUp*>(request->data));
        if (done->upstream != nullptr) {
          done->upstream->look_up_ = nullptr;
          if (status == 0 && list != nullptr) done->upstream->addresses_ = addresses_of(list);
        }
        uv_freeaddrinfo(list);
      },
      endpoint_.host.c_str(), std::to_string(endpoint_.port).c_str(), &hints);
  if (error == 0) look_up_ = look_up.release();
}

tl::expected<Descriptor, int> open_upstream_socket(int family) {
  Descriptor socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return tl::unexpected(errno);
  const int on = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(socket.get(), SOL_SOCKET, SO_OOBINLINE, &on,
             sizeof on);  // No urgent byte may go missing.
  return socket;
}

void expect_bytes(int fd) noexcept {
  const int seconds = 1;  // Linux looks only whether there are any; it waits 200 ms at most.
  setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds);
}

void bound_connecting(int fd) noexcept {
  setsockopt(fd, IPPROTO_TCP, TCP_SYNCNT, &limits::kConnectSynRetries,
             sizeof limits::kConnectSynRetries);
}

}  // namespace proxy::net
