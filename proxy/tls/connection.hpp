#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "proxy/net/transfer.hpp"
#include "proxy/tls/openssl.hpp"

namespace proxy::tls {

class Sessions;

/// One TLS connection over a non-blocking socket that has another owner: reads and writes as the
/// socket itself would, with what is inside of TLS. Belongs to one thread.
///
/// OpenSSL reads the socket through a BIO of ours. It is offered a whole record buffer at a time
/// (one call to the kernel for one or many small records), and a read that brings less than was
/// asked for spares the one that would say EAGAIN, as with a plain socket. What is read ahead stays
/// with OpenSSL, at most one record; an idle connection holds no buffer (SSL_MODE_RELEASE_BUFFERS).
///
/// Records that carry nothing (new keys, a handshake that is not granted) OpenSSL works off by
/// itself, as long as there are any, at a thousand times the cost of their bytes. So the BIO counts
/// what it took beyond what came out, and after a record buffer of it others come first.
class Connection {
 public:
  /// `ssl` has its role, and nobody has used it yet. With `sessions`, what the peer gives to come
  /// back with is kept there; it outlives this.
  Connection(Owned<SSL> ssl, int fd, Sessions* sessions = nullptr);
  /// Sends nothing: end() does.
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  enum class Handshake : std::uint8_t {
    Done,
    Again,   ///< an edge tells when there is more to do
    Failed,  ///< failure() says why
  };
  /// Begins the handshake or goes on with it. When it is done, there may be bytes to read already.
  /// `to_the_last`: as for read(); the peer's FIN may have been told of together with its bytes.
  [[nodiscard]] Handshake shake_hands(bool to_the_last = false) noexcept;

  /// As Stream::read(). `to_the_last`: a FIN or an urgent byte has come, so that a read of the
  /// socket that brings less than was asked for may not have been the last. End: close_notify, or a
  /// FIN without it (then truncated()). Broken with EPROTO: TLS itself broke, failure() says how.
  /// Later: much was read that carried little.
  [[nodiscard]] net::Received read(std::span<char> into, bool to_the_last) noexcept;
  /// As Stream::write(). What was not taken has to be offered again, the same bytes first: a part
  /// of them may be encrypted already.
  [[nodiscard]] net::Sent write(std::span<const char> bytes) noexcept;
  /// Says close_notify. False: the socket has no room for it; call again after an edge.
  [[nodiscard]] bool say_goodbye() noexcept;

  /// The peer's stream ended without close_notify: perhaps it was cut short by somebody else.
  [[nodiscard]] bool truncated() const noexcept { return ended_; }
  /// Whether the handshake took an earlier session up again.
  [[nodiscard]] bool resumed() const noexcept { return SSL_session_reused(ssl_.get()) == 1; }
  /// Nothing has come from the peer so far.
  [[nodiscard]] bool silent() const noexcept {
    return BIO_number_read(SSL_get_rbio(ssl_.get())) == 0;
  }
  /// It is broken, and not because the socket is.
  [[nodiscard]] bool protocol_broke() const noexcept { return broken_ && socket_error_ == 0; }
  /// Why the handshake or the connection failed, as words behind a colon; "it" is the peer.
  [[nodiscard]] std::string failure() const;
  [[nodiscard]] SSL* get() const noexcept { return ssl_.get(); }

  /// For OpenSSL: notes why the peer's certificate is not believed.
  static int on_verified(int believed, X509_STORE_CTX* verification);
  /// For OpenSSL: keeps a session. Returns 1 when it was taken.
  static int on_session(SSL* ssl, SSL_SESSION* session);

 private:
  static const BIO_METHOD* bio_method();
  static int bio_read(BIO* bio, char* into, int size);
  static int bio_write(BIO* bio, const char* from, int size);
  static long bio_control(BIO* bio, int command, long, void*);
  [[nodiscard]] net::Received read_records(std::span<char> into) noexcept;
  void broke() noexcept;
  [[nodiscard]] int error_of_socket() const noexcept;

  Owned<SSL> ssl_;
  Sessions* sessions_;
  std::string untrusted_;        ///< why_untrusted()
  unsigned long ssl_error_ = 0;  ///< OpenSSL's first, when TLS broke
  std::size_t idle_bytes_ = 0;   ///< taken from the socket in this read(), of which nothing came
  int fd_;
  int socket_error_ = 0;        ///< an errno, when the socket broke
  bool broken_ = false;         ///< nothing can be read or written any more
  bool drained_ = false;        ///< the socket has no more, as far as we know
  bool reading_ = false;        ///< in read(), where others may come first
  bool yields_ = false;         ///< ... and do
  bool to_the_last_ = false;    ///< a short read does not mean that
  bool ended_ = false;          ///< a FIN was read
  bool goodbye_waits_ = false;  ///< close_notify was made, and found no room
  bool more_follow_ = false;    ///< this write is not the last of its kind
};

}  // namespace proxy::tls
