// Several upstreams: which one a connection goes to, and what happens when one is not there.
#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/proxy/net/relay.hpp"

using namespace tests::net;
using proxy::net::BalancePolicy;

namespace {

/// Servers, and a relay that is given all of them.
struct Crowd {
  explicit Crowd(BalancePolicy balance, std::size_t size = 2) : servers(size) {
    Relay::Further further{.balance = balance};
    for (std::size_t i = 1; i < size; ++i) further.upstreams.push_back(servers[i].endpoint());
    relay.emplace(servers[0].endpoint(), std::move(further));
  }

  /// Connects, asks, and returns who was asked: the others are told nothing.
  std::size_t asked() {
    Peer client = relay->connect();
    client.send("hello");
    std::size_t who = servers.size();
    CHECK(eventually([&] {
      for (std::size_t i = 0; i < servers.size(); ++i)
        if (servers[i].has_waiting()) who = i;
      return who != servers.size();
    }));
    Peer upstream = servers[who].accept();
    CHECK(upstream.receive(5) == "hello");
    upstream.send("world");
    CHECK(client.receive(5) == "world");
    return who;
  }

  std::vector<Server> servers;
  std::optional<Relay> relay;
};

/// The events that the first loop published, as `upstream` or `upstream instead-of`.
std::vector<std::string> routed(Relay& relay) {
  std::vector<std::string> all;
  proxy::observe::EventRing& ring = *relay.rings[0];
  for (const core::Event* event; (event = ring.front()) != nullptr; ring.pop())
    if (event->kind == core::EventKind::Routed)
      all.push_back(std::to_string(event->routed.upstream) +
                    (event->routed.instead_of == 0
                         ? ""
                         : " instead of " + std::to_string(event->routed.instead_of)));
  return all;
}

}  // namespace

TEST_CASE("upstreams: round robin asks one after the other") {
  Crowd crowd(BalancePolicy::RoundRobin, 3);
  for (std::size_t turn = 0; turn < 6; ++turn) CHECK(crowd.asked() == turn % 3);
}

TEST_CASE("upstreams: sticky asks the same one for the same address") {
  Crowd crowd(BalancePolicy::Sticky, 3);
  const std::size_t first = crowd.asked();
  for (int again = 0; again < 4; ++again) CHECK(crowd.asked() == first);
}

TEST_CASE("upstreams: sticky goes by the address that a trusted preamble names") {
  Server one, other;
  Relay relay(one.endpoint(), {.upstreams = {other.endpoint()}, .trust = {"127.0.0.1"}});
  std::map<std::string, int> asked;
  for (int client = 1; client <= 20; ++client)
    for (int again = 0; again < 2; ++again) {
      Peer peer = relay.connect();
      peer.send("PROXY TCP4 203.0.113." + std::to_string(client) + " 127.0.0.1 4000 443\r\nhello");
      Server* who = nullptr;
      CHECK(eventually([&] {
        for (Server* const server : {&one, &other})
          if (server->has_waiting()) who = server;
        return who != nullptr;
      }));
      CHECK(who->accept().receive(5) == "hello");
      ++asked[std::to_string(client) + (who == &one ? " one" : " other")];
    }
  CHECK(asked.size() == 20);  // Each client went to one of them, both times.
}

TEST_CASE("upstreams: one that refuses is passed over, and its clients notice nothing") {
  Crowd crowd(BalancePolicy::RoundRobin);
  crowd.servers[0].close();
  for (int turn = 0; turn < 6; ++turn) CHECK(crowd.asked() == 1);
  CHECK(crowd.relay->forwarder->totals().upstream_failures == 0);
  const auto standings = crowd.relay->forwarder->standings();
  REQUIRE(standings.size() == 2);
  CHECK_FALSE(standings[0].up);
  CHECK(standings[0].failures == 1);
  CHECK(standings[1].connections == 6);
  const std::string log = crowd.relay->log_text();
  CHECK(log.find("upstream " + standings[0].name + " cannot be reached: connection refused") !=
        log.npos);
  CHECK(log.find("cannot be reached") == log.rfind("cannot be reached"));
}

TEST_CASE("upstreams: one that comes back is found, and that is said") {
  Crowd crowd(BalancePolicy::RoundRobin);
  const auto place = crowd.servers[0].endpoint();
  crowd.servers[0].close();
  CHECK(crowd.asked() == 1);
  crowd.servers[0] = Server(place);
  CHECK(eventually([&] { return crowd.asked() == 0; }));
  CHECK(crowd.relay->forwarder->standings()[0].up);
  CHECK(crowd.relay->log_text().find("upstream " + place.text() + " can be reached again") !=
        std::string::npos);
}

TEST_CASE("upstreams: where none can be reached clients get their 502, and each is tried") {
  Crowd crowd(BalancePolicy::RoundRobin);
  for (Server& server : crowd.servers) server.close();
  for (int client = 0; client < 2; ++client) {
    Peer peer = crowd.relay->connect();
    peer.send("GET / HTTP/1.1\r\n\r\n");
    CHECK(peer.receive_all().starts_with("HTTP/1.1 502 Bad Gateway\r\n"));
  }
  for (const auto& standing : crowd.relay->forwarder->standings()) CHECK(standing.failures == 2);
}

TEST_CASE("upstreams: events say which one a connection went to, and instead of which") {
  Crowd crowd(BalancePolicy::RoundRobin);
  const auto ask = [&](std::size_t who) {
    Peer client = crowd.relay->connect();
    client.send("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n");
    Peer upstream = crowd.servers[who].accept();
    CHECK(upstream.receive_some(100).starts_with("GET"));
  };
  ask(0);
  ask(1);
  crowd.servers[0].close();
  ask(1);
  CHECK(eventually([&] { return crowd.relay->active() == 0; }));
  CHECK(routed(*crowd.relay) == std::vector<std::string>{"1", "2", "2 instead of 1"});
}

TEST_CASE("upstreams: where there is one, no event names it") {
  Server server;
  Relay relay(server.endpoint());
  {
    Peer client = relay.connect();
    client.send("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n");
    Peer upstream = server.accept();
    CHECK(upstream.receive_some(100).starts_with("GET"));
  }
  CHECK(eventually([&] { return relay.active() == 0; }));
  CHECK(routed(relay).empty());
  CHECK(relay.forwarder->standings().empty());
}
