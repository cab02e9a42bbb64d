#pragma once

#include <fcntl.h>
#include <sys/socket.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "proxy/net/descriptor.hpp"
#include "proxy/tls/connection.hpp"
#include "proxy/tls/context.hpp"
#include "proxy/tls/towards_clients.hpp"
#include "proxy/tls/towards_upstream.hpp"
#include "tests/proxy/tls/authority.hpp"

namespace tests::tls {

using proxy::net::Descriptor;
using proxy::net::Received;
using proxy::net::Sent;
using proxy::tls::Connection;
using proxy::tls::Sessions;
using proxy::tls::TowardsClients;
using proxy::tls::TowardsUpstream;
using Handshake = Connection::Handshake;

/// Two sockets that are connected with each other and block nobody.
struct Wire {
  Wire() {
    int fds[2];
    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds);
    a = Descriptor(fds[0]);
    b = Descriptor(fds[1]);
  }
  Descriptor a;
  Descriptor b;
};

/// Both ends of a TLS connection in one thread, so that the test decides who is next.
struct Pair {
  Wire wire;
  std::unique_ptr<Connection> server;  ///< on wire.a
  std::unique_ptr<Connection> client;  ///< on wire.b

  Pair(const TowardsClients& clients, const TowardsUpstream& upstream, Sessions& sessions)
      : server(clients.begin(wire.a.get())), client(upstream.begin(wire.b.get(), sessions)) {}
  /// With a client that is set up by hand.
  Pair(const TowardsClients& clients, Owned<SSL> ssl) : server(clients.begin(wire.a.get())) {
    SSL_set_connect_state(ssl.get());
    client = std::make_unique<Connection>(std::move(ssl), wire.b.get());
  }

  /// True: both are done. What the server has to say behind its handshake (tickets) was heard.
  [[nodiscard]] bool shake_hands() {
    client_result = server_result = Handshake::Again;
    for (int turn = 0; turn < 10; ++turn) {
      if (client_result == Handshake::Again) client_result = client->shake_hands();
      if (server_result == Handshake::Again) server_result = server->shake_hands();
    }
    if (client_result != Handshake::Done || server_result != Handshake::Done) return false;
    char none[1];
    (void)client->read(none, false);
    return true;
  }

  Handshake client_result = Handshake::Again;
  Handshake server_result = Handshake::Again;
};

/// All there is to read for now; `last` is what the last read came to.
inline std::string read_all(Connection& from, Received* last = nullptr, std::size_t piece = 65536) {
  std::string all, buffer(piece, '\0');
  Received got;
  do {
    got = from.read(buffer, false);
    all.append(buffer, 0, got.bytes);
  } while (got.next == Received::Next::More || got.next == Received::Next::Later);
  if (last != nullptr) *last = got;
  return all;
}

inline bool write_all(Connection& to, std::string_view bytes) {
  const Sent sent = to.write(bytes);
  return sent.bytes == bytes.size() && sent.error == 0;
}

/// A CA, the files of one certificate by it, and both sides that know it.
struct Trusting {
  Authority authority;
  Folder folder;
  std::string ca = folder.file("ca.pem", authority.certificate());
  std::string own = folder.file("own.pem", authority.issue().both());
  std::unique_ptr<TowardsClients> clients =
      std::move(TowardsClients::make({.certificates = {{own}}}).value());
  std::unique_ptr<TowardsUpstream> upstream =
      std::move(TowardsUpstream::make({.name = "app.example", .ca_file = ca}).value());
  Sessions sessions;
};

}  // namespace tests::tls
