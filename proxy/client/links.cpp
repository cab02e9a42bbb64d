#include "proxy/client/links.hpp"

#include <netdb.h>

#include <chrono>
#include <cstring>
#include <utility>

#include "proxy/observe/clock.hpp"

namespace proxy::client {
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

Links::Links(uv_loop_t& loop, Handlers handlers) : loop_(loop), handlers_(std::move(handlers)) {
  sweeper_.reset(new uv_timer_t);
  uv_timer_init(&loop_, sweeper_.get());
  sweeper_->data = this;
  uv_timer_start(
      sweeper_.get(),
      [](uv_timer_t* timer) {
        if (timer->data) static_cast<Links*>(timer->data)->sweep();
      },
      kSweepMs, kSweepMs);
}

Links::~Links() {
  if (look_up_ == nullptr) return;
  look_up_->owner = nullptr;
  uv_cancel(reinterpret_cast<uv_req_t*>(&look_up_->request));
}

void Links::set_remote(Remote remote, const TlsContext* tls) {
  remote_ = std::move(remote);
  tls_ = tls;
  addresses_.clear();
}

Links::Connection* Links::find(LinkId link) noexcept {
  const auto found = connections_.find(link);
  return found == connections_.end() ? nullptr : found->second.get();
}

// --- Making links ---

void Links::open(LinkId link) {
  auto connection = std::make_unique<Connection>(Connection{*this, link});
  Connection& made = *connection;
  connections_.insert_or_assign(link, std::move(connection));
  if (addresses_.empty()) return look_up();
  connect(made);
}

/// A number needs no look-up, and so no thread.
void Links::look_up() {
  if (look_up_ != nullptr) return;
  Address number;
  const char* const host = remote_.host.c_str();
  if (uv_ip4_addr(host, remote_.port, reinterpret_cast<sockaddr_in*>(&number.storage)) == 0 ||
      uv_ip6_addr(host, remote_.port, reinterpret_cast<sockaddr_in6*>(&number.storage)) == 0) {
    addresses_.push_back(number);
    return looked_up(0, nullptr);
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  auto look_up = std::make_unique<LookUp>();
  look_up->owner = this;
  look_up->request.data = look_up.get();
  const int error = uv_getaddrinfo(
      &loop_, &look_up->request,
      [](uv_getaddrinfo_t* request, int status, addrinfo* list) {
        const std::unique_ptr<LookUp> done(static_cast<LookUp*>(request->data));
        if (done->owner != nullptr) {
          done->owner->look_up_ = nullptr;
          done->owner->looked_up(status, list);
        }
        uv_freeaddrinfo(list);
      },
      host, std::to_string(remote_.port).c_str(), &hints);
  if (error != 0) return looked_up(error, nullptr);
  look_up_ = look_up.release();
}

void Links::looked_up(int status, const addrinfo* list) {
  for (; status == 0 && list != nullptr; list = list->ai_next)
    std::memcpy(&addresses_.emplace_back().storage, list->ai_addr, list->ai_addrlen);
  std::vector<LinkId> waiting;
  for (const auto& [link, connection] : connections_)
    if (connection->state == State::LookingUp) waiting.push_back(link);
  for (const LinkId link : waiting) {
    Connection* const connection = find(link);
    if (connection == nullptr) continue;  // Given up, on hearing of another's end.
    if (addresses_.empty())
      lost(link, {LinkEnd::What::NoSuchHost, status == 0 ? "no address" : uv_strerror(status)});
    else
      connect(*connection);
  }
}

void Links::new_handle(Connection& connection) {
  connection.handle.reset(new uv_tcp_t);
  uv_tcp_init(&loop_, connection.handle.get());
  uv_tcp_nodelay(connection.handle.get(), 1);
  connection.handle->data = &connection;
}

void Links::connect(Connection& connection) {
  connection.state = State::Connecting;
  new_handle(connection);
  auto* request = new uv_connect_t;
  const auto& address = addresses_[connection.address].storage;
  const int started =
      uv_tcp_connect(request, connection.handle.get(), reinterpret_cast<const sockaddr*>(&address),
                     [](uv_connect_t* done, int status) {
                       const std::unique_ptr<uv_connect_t> owned(done);
                       if (!done->handle->data) return;  // The link was given up meanwhile.
                       auto& self = *static_cast<Connection*>(done->handle->data);
                       self.owner.connected(self, status);
                     });
  if (started == 0) return;
  delete request;
  connected(connection, started);
}

void Links::connected(Connection& connection, int status) {
  const LinkId link = connection.link;
  if (status != 0) {
    if (++connection.address < addresses_.size()) return connect(connection);
    addresses_.clear();  // The name may have moved.
    return lost(link, {LinkEnd::What::CannotConnect, uv_strerror(status)});
  }
  read(connection);
  if (remote_.security == Security::Tls && tls_ != nullptr) {
    connection.state = State::Securing;
    connection.tls.emplace(*tls_, remote_.host);
    return received_tls(link, {});
  }
  connection.state = State::Open;
  handlers_.opened(link);
}

void Links::accept(uv_stream_t* listener) {
  const auto link = static_cast<LinkId>(++last_accepted_);
  auto connection = std::make_unique<Connection>(Connection{*this, link});
  new_handle(*connection);
  if (uv_accept(listener, stream(connection->handle.get())) != 0) return;
  connection->state = State::Open;
  Connection& made = *connection;
  connections_.insert_or_assign(link, std::move(connection));
  read(made);
  handlers_.opened(link);
}

// --- Using them ---

void Links::carry_out(const core::client::Actions& actions) {
  for (const auto& action : actions) {
    if (const auto* it = std::get_if<core::client::OpenLink>(&action)) open(it->link);
    if (const auto* it = std::get_if<core::client::SendBytes>(&action)) send(it->link, it->bytes);
    if (const auto* it = std::get_if<core::client::CloseLink>(&action)) end(it->link);
  }
}

void Links::read(Connection& connection) {
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
        if (count > 0)
          return self.owner.received(self, {from->base, static_cast<std::size_t>(count)});
        const bool securing = self.state == State::Securing;
        self.owner.lost(self.link,
                        securing
                            ? LinkEnd{LinkEnd::What::Tls, "the peer broke the handshake off"}
                            : LinkEnd{LinkEnd::What::Closed, uv_strerror(static_cast<int>(count))});
      });
}

void Links::received(Connection& connection, std::string_view bytes) {
  if (connection.state == State::Ending) return;
  if (connection.tls) return received_tls(connection.link, bytes);
  handlers_.received(connection.link, bytes);
}

/// Each handler may end the link: it is looked for again after each.
void Links::received_tls(LinkId link, std::string_view bytes) {
  Connection* self = find(link);
  std::string plain;
  self->tls->receive(bytes, plain);
  write(*self, self->tls->take_bytes());
  if (self->tls->state() == TlsSession::State::Failed)
    return lost(link, {LinkEnd::What::Tls, self->tls->failure()});
  if (self->state == State::Securing && self->tls->state() != TlsSession::State::Handshake) {
    self->state = State::Open;
    handlers_.opened(link);
    self = find(link);
  }
  if (self != nullptr && self->state == State::Open && !plain.empty()) {
    handlers_.received(link, plain);
    self = find(link);
  }
  if (self != nullptr && self->tls->state() == TlsSession::State::Ended)
    lost(link, {LinkEnd::What::Closed, "end of file"});
}

void Links::send(LinkId link, const std::string& bytes) {
  Connection* const connection = find(link);
  if (connection == nullptr || connection->state != State::Open) return;
  if (!connection->tls) return write(*connection, bytes);
  connection->tls->send(bytes);
  write(*connection, connection->tls->take_bytes());
}

void Links::write(Connection& connection, std::string bytes) {
  if (bytes.empty()) return;
  auto write = std::make_unique<Write>();
  write->bytes = std::move(bytes);
  write->request.data = write.get();
  const uv_buf_t buffer =
      uv_buf_init(write->bytes.data(), static_cast<unsigned>(write->bytes.size()));
  const int started =
      uv_write(&write->request, stream(connection.handle.get()), &buffer, 1,
               [](uv_write_t* done, int) { delete static_cast<Write*>(done->data); });
  if (started == 0) static_cast<void>(write.release());  // A failure shows when reading.
}

void Links::end(LinkId link) {
  Connection* const connection = find(link);
  if (connection == nullptr) return;
  if (connection->state != State::Open) {
    connections_.erase(link);
    return;
  }
  if (connection->tls) {
    connection->tls->close();
    write(*connection, connection->tls->take_bytes());
  }
  connection->state = State::Ending;
  connection->ending_since = observe::now();
  auto* request = new uv_shutdown_t;
  if (uv_shutdown(request, stream(connection->handle.get()),
                  [](uv_shutdown_t* done, int) { delete done; }) == 0)
    return;
  delete request;
  connections_.erase(link);
}

void Links::lost(LinkId link, const LinkEnd& why) {
  const Connection* const connection = find(link);
  if (connection == nullptr) return;
  const bool expected = connection->state == State::Ending;
  connections_.erase(link);
  if (!expected) handlers_.closed(link, why);
}

void Links::sweep() {
  const core::Instant now = observe::now();
  std::erase_if(connections_, [now](const auto& entry) {
    return entry.second->state == State::Ending && now - entry.second->ending_since > kFarewell;
  });
}

}  // namespace proxy::client
