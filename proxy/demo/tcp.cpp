#include "proxy/demo/tcp.hpp"

#include <unistd.h>

#include <chrono>
#include <utility>
#include <vector>

#include "proxy/net/listener.hpp"
#include "proxy/observe/clock.hpp"

namespace proxy::demo {
namespace {

/// How long an ended link waits for the peer's FIN, so that no reset overtakes our last bytes.
constexpr auto kFarewell = std::chrono::seconds(1);
constexpr std::uint64_t kSweepMs = 250;

template <class Handle>
uv_stream_t* stream(Handle* handle) noexcept {
  return reinterpret_cast<uv_stream_t*>(handle);
}

/// A write owns its bytes until it is through.
struct Write {
  uv_write_t request{};
  std::string bytes;
};

}  // namespace

Tcp::Tcp(uv_loop_t& loop, Handlers handlers) : loop_(loop), handlers_(std::move(handlers)) {
  sweeper_.reset(new uv_timer_t);
  uv_timer_init(&loop_, sweeper_.get());
  sweeper_->data = this;
  uv_timer_start(
      sweeper_.get(),
      [](uv_timer_t* timer) {
        if (timer->data) static_cast<Tcp*>(timer->data)->sweep();
      },
      kSweepMs, kSweepMs);
}

Tcp::~Tcp() = default;

// --- Making links ---

Tcp::Connection& Tcp::add(LinkId link) {
  auto connection = std::make_unique<Connection>(Connection{*this, link, {}});
  connection->handle.reset(new uv_tcp_t);
  uv_tcp_init(&loop_, connection->handle.get());
  uv_tcp_nodelay(connection->handle.get(), 1);
  connection->handle->data = connection.get();
  return *connections_.insert_or_assign(link, std::move(connection)).first->second;
}

tl::expected<net::Endpoint, net::StartError> Tcp::listen(const net::Endpoint& endpoint) {
  auto listeners = net::listen_on(endpoint, 1);
  if (!listeners) return tl::unexpected(listeners.error());
  listener_.reset(new uv_tcp_t);
  uv_tcp_init(&loop_, listener_.get());
  listener_->data = this;
  const int fd = dup(listeners->sockets.front().get());  // libuv closes what it opens.
  if (fd < 0 || uv_tcp_open(listener_.get(), fd) != 0 ||
      uv_listen(stream(listener_.get()), SOMAXCONN, [](uv_stream_t* server, int status) {
        if (status == 0 && server->data) static_cast<Tcp*>(server->data)->accept();
      }) != 0)
    return tl::unexpected(net::StartError{"cannot listen on " + listeners->bound.text() +
                                          "; close other programs or raise their limits"});
  return listeners->bound;
}

void Tcp::accept() {
  const auto link = static_cast<LinkId>(++last_accepted_);
  Connection& connection = add(link);
  if (uv_accept(stream(listener_.get()), stream(connection.handle.get())) != 0) {
    connections_.erase(link);
    return;
  }
  connection.open = true;
  handlers_.opened(link);
  read(connection);
}

void Tcp::connect(LinkId link, const net::SocketAddress& peer) {
  Connection& connection = add(link);
  auto* request = new uv_connect_t;
  const int started = uv_tcp_connect(request, connection.handle.get(), peer.get(),
                                     [](uv_connect_t* done, int status) {
                                       const std::unique_ptr<uv_connect_t> owned(done);
                                       if (!done->handle->data)
                                         return;  // The link was given up meanwhile.
                                       auto& self = *static_cast<Connection*>(done->handle->data);
                                       if (status != 0) return self.owner.lost(self.link);
                                       self.open = true;
                                       self.owner.read(self);
                                       self.owner.handlers_.opened(self.link);
                                     });
  if (started == 0) return;
  delete request;
  lost(link);
}

// --- Using them ---

void Tcp::carry_out(const core::client::Actions& actions, const net::SocketAddress& peer) {
  for (const auto& action : actions) {
    if (const auto* open = std::get_if<core::client::OpenLink>(&action)) connect(open->link, peer);
    if (const auto* bytes = std::get_if<core::client::SendBytes>(&action))
      send(bytes->link, bytes->bytes);
    if (const auto* close = std::get_if<core::client::CloseLink>(&action)) end(close->link);
  }
}

void Tcp::read(Connection& connection) {
  uv_read_start(
      stream(connection.handle.get()),
      [](uv_handle_t* handle, std::size_t, uv_buf_t* into) {
        if (!handle->data) return;
        auto& buffer = static_cast<Connection*>(handle->data)->owner.buffer_;
        *into = uv_buf_init(buffer.data(), static_cast<unsigned>(buffer.size()));
      },
      [](uv_stream_t* handle, ssize_t count, const uv_buf_t* from) {
        if (!handle->data || count == 0) return;
        auto& self = *static_cast<Connection*>(handle->data);
        if (count < 0) return self.owner.lost(self.link);
        if (self.ending) return;
        self.owner.handlers_.received(self.link, {from->base, static_cast<std::size_t>(count)});
      });
}

void Tcp::send(LinkId link, const std::string& bytes) {
  const auto found = connections_.find(link);
  if (found == connections_.end() || !found->second->open || found->second->ending) return;
  auto write = std::make_unique<Write>();
  write->bytes = bytes;
  write->request.data = write.get();
  const uv_buf_t buffer =
      uv_buf_init(write->bytes.data(), static_cast<unsigned>(write->bytes.size()));
  const int started =
      uv_write(&write->request, stream(found->second->handle.get()), &buffer, 1,
               [](uv_write_t* done, int) { delete static_cast<Write*>(done->data); });
  if (started == 0) static_cast<void>(write.release());  // A failure shows when reading.
}

void Tcp::end(LinkId link) {
  const auto found = connections_.find(link);
  if (found == connections_.end()) return;
  Connection& connection = *found->second;
  if (!connection.open) {
    connections_.erase(found);
    return;
  }
  connection.ending = true;
  connection.ending_since = observe::now();
  auto* request = new uv_shutdown_t;
  if (uv_shutdown(request, stream(connection.handle.get()),
                  [](uv_shutdown_t* done, int) { delete done; }) == 0)
    return;
  delete request;
  connections_.erase(found);
}

void Tcp::lost(LinkId link) {
  const auto found = connections_.find(link);
  if (found == connections_.end()) return;
  const bool expected = found->second->ending;
  connections_.erase(found);
  if (!expected) handlers_.closed(link);
}

void Tcp::sweep() {
  const core::Instant now = observe::now();
  std::erase_if(connections_, [now](const auto& entry) {
    return entry.second->ending && now - entry.second->ending_since > kFarewell;
  });
}

}  // namespace proxy::demo
