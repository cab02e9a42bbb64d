#include "proxy/tls/connection.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

#include "proxy/net/socket_calls.hpp"
#include "proxy/tls/reason.hpp"
#include "proxy/tls/sessions.hpp"

namespace proxy::tls {
namespace {

using net::Received;
using net::Sent;

/// How much of the socket one read() may use up without giving out as much. Less than the longest
/// record, which is no harm: what was taken stays, and the next read() takes more.
constexpr std::size_t kIdleBytesMax = SSL3_RT_MAX_PLAIN_LENGTH;

Connection* owner_of(const SSL* ssl) { return static_cast<Connection*>(SSL_get_app_data(ssl)); }

}  // namespace

// OpenSSL's queue of errors is empty whenever none of this runs, so that SSL_get_error() cannot
// take another connection's error for ours; take_error() sees to that.

Connection::Connection(Owned<SSL> ssl, int fd, Sessions* sessions)
    : ssl_(std::move(ssl)), sessions_(sessions), fd_(fd) {
  BIO* const bio = BIO_new(bio_method());
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_app_data(ssl_.get(), this);
}

Connection::~Connection() {
  // An SSL that goes without a goodbye takes its session for tainted, and nobody could resume it.
  if (!broken_) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

Connection::Handshake Connection::shake_hands(bool to_the_last) noexcept {
  if (broken_) return Handshake::Failed;
  drained_ = false;
  to_the_last_ = to_the_last;
  const int done = SSL_do_handshake(ssl_.get());
  if (done == 1) return Handshake::Done;
  switch (SSL_get_error(ssl_.get(), done)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return Handshake::Again;
    default:
      broke();
      return Handshake::Failed;
  }
}

Received Connection::read(std::span<char> into, bool to_the_last) noexcept {
  using Next = Received::Next;
  if (broken_) return {0, error_of_socket(), Next::Broken};
  drained_ = false;
  to_the_last_ = to_the_last;
  reading_ = true;
  yields_ = false;
  idle_bytes_ = 0;
  const Received got = read_records(into);
  reading_ = false;
  return got;
}

Received Connection::read_records(std::span<char> into) noexcept {
  using Next = Received::Next;
  std::size_t total = 0;
  while (total < into.size()) {
    std::size_t count = 0;
    if (SSL_read_ex(ssl_.get(), into.data() + total, into.size() - total, &count) == 1) [[likely]] {
      total += count;
      idle_bytes_ -= std::min(idle_bytes_, count);
      if (drained_ && SSL_has_pending(ssl_.get()) == 0) return {total, 0, Next::Edge};
      continue;
    }
    switch (SSL_get_error(ssl_.get(), 0)) {
      case SSL_ERROR_WANT_READ:
      case SSL_ERROR_WANT_WRITE:
        return {total, 0, yields_ ? Next::Later : Next::Edge};
      case SSL_ERROR_ZERO_RETURN:
        return total > 0 ? Received{total, 0, Next::More} : Received{0, 0, Next::End};
      default:
        broke();
        // What came before the break is whole: it goes first.
        return total > 0 ? Received{total, 0, Next::More}
                         : Received{0, error_of_socket(), Next::Broken};
    }
  }
  return {total, 0, Next::More};
}

Sent Connection::write(std::span<const char> bytes) noexcept {
  if (broken_) return {0, error_of_socket()};
  std::size_t total = 0;
  while (total < bytes.size()) {
    const std::span<const char> rest = bytes.subspan(total);
    more_follow_ = rest.size() > SSL3_RT_MAX_PLAIN_LENGTH;
    std::size_t count = 0;
    if (SSL_write_ex(ssl_.get(), rest.data(), rest.size(), &count) == 1) [[likely]] {
      total += count;
      continue;
    }
    const int error = SSL_get_error(ssl_.get(), 0);
    if (error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ) break;
    broke();
    return {total, error_of_socket()};
  }
  return {total, 0};
}

bool Connection::say_goodbye() noexcept {
  more_follow_ = false;
  if (broken_ || SSL_is_init_finished(ssl_.get()) != 1) return true;
  // OpenSSL calls it sent as soon as it is to be sent.
  const bool begun = (SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) != 0;
  if (begun && !goodbye_waits_) return true;
  const int said = SSL_shutdown(ssl_.get());
  goodbye_waits_ = said < 0 && SSL_get_error(ssl_.get(), said) == SSL_ERROR_WANT_WRITE;
  if (goodbye_waits_) return false;
  if (said < 0) broke();
  return true;
}

std::string Connection::failure() const {
  if (!untrusted_.empty()) return untrusted_;
  if (socket_error_ != 0) return std::strerror(socket_error_);
  return reason_of(ended_ ? 0 : ssl_error_);
}

int Connection::on_verified(int believed, X509_STORE_CTX* verification) {
  if (believed == 1) return 1;
  const auto* const ssl = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx()));
  owner_of(ssl)->untrusted_ = why_untrusted(verification);
  return 0;
}

int Connection::on_session(SSL* ssl, SSL_SESSION* session) {
  Sessions* const sessions = owner_of(ssl)->sessions_;
  if (sessions == nullptr) return 0;
  return sessions->keep(SSL_get_SSL_CTX(ssl), session) ? 1 : 0;
}

void Connection::broke() noexcept {
  broken_ = true;
  const unsigned long first = take_error();
  if (ssl_error_ == 0) ssl_error_ = first;
}

int Connection::error_of_socket() const noexcept {
  return socket_error_ != 0 ? socket_error_ : EPROTO;
}

// --- The socket, as OpenSSL sees it ---

const BIO_METHOD* Connection::bio_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "stream");
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  return method;
}

int Connection::bio_read(BIO* bio, char* into, int size) {
  Connection& self = *static_cast<Connection*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (self.reading_ && self.idle_bytes_ >= kIdleBytesMax) {
    self.yields_ = true;
    BIO_set_retry_read(bio);
    return -1;
  }
  while (!self.drained_) {
    const ssize_t count = net::receive_from(self.fd_, {into, static_cast<std::size_t>(size)});
    if (count > 0) {
      self.drained_ = count < size && !self.to_the_last_;
      self.idle_bytes_ += static_cast<std::size_t>(count);
      return static_cast<int>(count);
    }
    if (count == 0) {
      self.ended_ = true;
      return 0;
    }
    if (errno == EAGAIN) break;
    if (errno == EINTR) continue;
    self.socket_error_ = errno;
    return -1;
  }
  self.drained_ = true;
  BIO_set_retry_read(bio);
  return -1;
}

int Connection::bio_write(BIO* bio, const char* from, int size) {
  Connection& self = *static_cast<Connection*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const ssize_t count = net::send_to(self.fd_, {from, static_cast<std::size_t>(size)},
                                     self.more_follow_ ? int{MSG_MORE} : 0);
  if (count >= 0) return static_cast<int>(count);
  if (errno == EAGAIN || errno == EINTR)
    BIO_set_retry_write(bio);
  else
    self.socket_error_ = errno;
  return -1;
}

long Connection::bio_control(BIO* bio, int command, long, void*) {
  switch (command) {
    case BIO_CTRL_FLUSH:
    case BIO_CTRL_DUP:
      return 1;
    case BIO_CTRL_EOF:
      return static_cast<Connection*>(BIO_get_data(bio))->ended_ ? 1 : 0;
    default:
      return 0;
  }
}

}  // namespace proxy::tls
