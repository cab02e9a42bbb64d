#pragma once

#include <fcntl.h>
#include <poll.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "proxy/tls/connection.hpp"
#include "tests/proxy/net/peer.hpp"

namespace tests::net {

/// A Peer that may speak TLS: waits as that one does.
class TlsPeer {
 public:
  using Connection = proxy::tls::Connection;

  /// Speaks plain.
  explicit TlsPeer(Peer peer) : peer_(std::move(peer)) {}
  /// `begin` makes a connection over a descriptor; the handshake is done here.
  template <class Begin>
  TlsPeer(Peer peer, Begin begin) : peer_(std::move(peer)) {
    fcntl(fd(), F_SETFL, O_NONBLOCK);
    tls_ = begin(fd());
    using Handshake = Connection::Handshake;
    Handshake result;
    while ((result = tls_->shake_hands()) == Handshake::Again && wait(POLLIN)) {
    }
    ready_ = result == Handshake::Done;
  }

  /// The handshake succeeded, or there was none.
  [[nodiscard]] bool ready() const { return ready_; }
  [[nodiscard]] Connection& tls() { return *tls_; }

  bool send(std::string_view bytes) {
    if (!tls_) return peer_.send(bytes);
    while (!bytes.empty()) {
      const auto sent = tls_->write(bytes);
      if (sent.error != 0) return false;
      bytes.remove_prefix(sent.bytes);
      if (!bytes.empty() && !wait(POLLOUT)) return false;
    }
    return true;
  }
  /// As Peer: until nothing was taken for a while. A record may be under way then, of which
  /// half_close() sends the rest.
  std::size_t send_until_blocked(std::size_t bytes_max) {
    if (!tls_) return peer_.send_until_blocked(bytes_max);
    const std::string block(64 << 10, 'b');
    std::size_t total = 0;
    while (total < bytes_max) {
      // In step with the block, so that what is offered again is the same.
      owed_ = block.substr(total % block.size());
      const auto sent = tls_->write(owed_);
      if (sent.error != 0) break;
      total += sent.bytes;
      pollfd room{fd(), POLLOUT, 0};
      if (sent.bytes == 0 && poll(&room, 1, 300) == 0) break;
    }
    return total;
  }
  std::string receive_some(std::size_t bytes_max) {
    if (!tls_) {
      std::string bytes = peer_.receive_some(bytes_max);
      end_ = peer_.end();
      return bytes;
    }
    std::string bytes(bytes_max, '\0');
    while (true) {
      const auto got = tls_->read(bytes, true);
      using Next = proxy::net::Received::Next;
      bytes.resize(got.bytes);
      if (got.bytes > 0) return bytes;
      end_ = got.next == Next::End ? End::Fin : got.next == Next::Broken ? End::Reset : End::None;
      if (end_ != End::None || !wait(POLLIN)) return {};
      bytes.resize(bytes_max);
    }
  }
  std::string receive(std::size_t bytes) {
    std::string all;
    while (all.size() < bytes) {
      const std::string some = receive_some(bytes - all.size());
      if (some.empty()) break;
      all += some;
    }
    return all;
  }
  std::string receive_all() {
    std::string all;
    for (std::string some; !(some = receive_some(64 << 10)).empty();) all += some;
    return all;
  }
  [[nodiscard]] End end() const { return end_; }
  /// The stream ended without a goodbye, where there should have been one.
  [[nodiscard]] bool truncated() const { return tls_ && tls_->truncated(); }

  void half_close() {
    if (!owed_.empty()) send(owed_);
    owed_.clear();
    while (tls_ && !tls_->say_goodbye() && wait(POLLOUT)) {
    }
    peer_.half_close();
  }
  void close() {
    half_close();
    peer_.close();
  }
  /// A FIN without a goodbye.
  void cut_off() { peer_.half_close(); }
  [[nodiscard]] Peer& socket() { return peer_; }
  [[nodiscard]] int fd() const { return peer_.fd(); }

 private:
  bool wait(short events) {
    pollfd wait{fd(), events, 0};
    return poll(&wait, 1, static_cast<int>(std::chrono::milliseconds(kPatience).count())) > 0;
  }

  Peer peer_;
  std::unique_ptr<Connection> tls_;
  std::string owed_;
  bool ready_ = true;
  End end_ = End::None;
};

}  // namespace tests::net
