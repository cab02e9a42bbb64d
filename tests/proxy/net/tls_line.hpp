#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "tests/proxy/net/relay.hpp"
#include "tests/proxy/net/tls_peer.hpp"
#include "tests/proxy/tls/authority.hpp"

/// Relays with TLS on the client's side, the upstream's, or both; and connections through them.
namespace tests::net {

using proxy::tls::Sessions;
using proxy::tls::TowardsClients;
using proxy::tls::TowardsClientsSettings;
using proxy::tls::TowardsUpstream;
using proxy::tls::TowardsUpstreamSettings;

/// One certificate, and everybody who believes it: the relay's two sides and the tests' two ends.
struct World {
  tests::tls::Authority authority;
  tests::tls::Folder folder;
  std::string ca = folder.file("ca.pem", authority.certificate());
  std::string own = folder.file("own.pem", authority.issue().both());
  std::unique_ptr<TowardsClients> as_server = server({.certificates = {{own}}});
  std::unique_ptr<TowardsUpstream> as_client = client({.name = "app.example", .ca_file = ca});
  Sessions sessions;  ///< of the tests' clients

  static std::unique_ptr<TowardsClients> server(TowardsClientsSettings settings) {
    return std::move(TowardsClients::make(std::move(settings)).value());
  }
  static std::unique_ptr<TowardsUpstream> client(TowardsUpstreamSettings settings) {
    return std::move(TowardsUpstream::make(std::move(settings)).value());
  }
  [[nodiscard]] TlsPeer connect(const Relay& relay) {
    return TlsPeer(relay.connect(), [this](int fd) { return as_client->begin(fd, sessions); });
  }
  [[nodiscard]] TlsPeer accept(Server& on) const {
    return TlsPeer(on.accept(), [this](int fd) { return as_server->begin(fd); });
  }
};

struct Sides {
  bool client = true;
  bool upstream = true;
};
inline constexpr Sides kAllSides[] = {{true, false}, {false, true}, {true, true}};

/// A server, the relay before it, and one connection through both.
struct TlsLine {
  explicit TlsLine(Sides sides)
      : relay(server.endpoint(), {"127.0.0.1", 0}, 1,
              {.clients = sides.client ? world.as_server.get() : nullptr,
               .upstream = sides.upstream ? world.as_client.get() : nullptr}) {
    // Both ends shake hands with the relay, one after the other, so each needs a thread.
    std::thread accepting([&] {
      upstream = std::make_unique<TlsPeer>(sides.upstream ? world.accept(server)
                                                          : TlsPeer(server.accept()));
    });
    client =
        std::make_unique<TlsPeer>(sides.client ? world.connect(relay) : TlsPeer(relay.connect()));
    accepting.join();
    REQUIRE(client->ready());
    REQUIRE(upstream->ready());
  }
  [[nodiscard]] bool gone() const {
    return eventually([this] { return relay.active() == 0; });
  }

  World world;
  Server server;
  Relay relay;
  std::unique_ptr<TlsPeer> client;
  std::unique_ptr<TlsPeer> upstream;
};

/// Runs a claim on each combination of sides.
template <class Claim>
void on_all_sides(Claim claim) {
  for (const Sides sides : kAllSides) {
    CAPTURE(sides.client);
    CAPTURE(sides.upstream);
    TlsLine line(sides);
    claim(line, *line.client, *line.upstream);
  }
}

}  // namespace tests::net
