#include "proxy/net/forwarder.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/proxy/net/relay.hpp"

using namespace tests::net;

namespace {

/// A port on which nothing listens, for as long as nobody takes it.
proxy::net::Endpoint closed_port() {
  Server server;
  return server.endpoint();
}

/// Whether nobody listens there any more. A probe that got in leaves by a reset, so that nothing of
/// it stays.
bool refuses(const proxy::net::SocketAddress& address) {
  Peer probe = Peer::fresh();
  const bool accepted = probe.connect(address);
  probe.reset();
  return !accepted;
}

/// While it lives this process can open no descriptor more.
class NoDescriptorsLeft {
 public:
  NoDescriptorsLeft() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int lowest_free = dup(0);
    close(lowest_free);
    const rlimit now{static_cast<rlim_t>(lowest_free), before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &now);
  }
  ~NoDescriptorsLeft() { setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptorsLeft(const NoDescriptorsLeft&) = delete;
  NoDescriptorsLeft& operator=(const NoDescriptorsLeft&) = delete;

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE(
    "forwarder: an upstream that refuses gives a 502 in words, and the next client is served") {
  const auto upstream = closed_port();
  Relay relay(upstream);
  for (int i = 0; i < 3; ++i) {
    Peer client = relay.connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const std::string answer = client.receive_all();
    CHECK(answer.starts_with("HTTP/1.1 502 Bad Gateway\r\n"));
    CHECK(answer.find("\r\nConnection: close\r\n") != answer.npos);
    CHECK(answer.find("could not connect to the upstream server at " + upstream.text() +
                      ": connection refused") != answer.npos);
    CHECK(client.end() == End::Fin);
  }
  Server server(upstream);  // Now it is there.
  Peer client = relay.connect();
  client.send("hello");
  CHECK(server.accept().receive(5) == "hello");
  CHECK(relay.forwarder->totals().upstream_failures == 3);
  CHECK(occurrences(relay.log_text(), "cannot be reached") == 1);
}

TEST_CASE("forwarder: a 502 to HEAD has no body, and waits until the client has asked") {
  Relay relay(closed_port());
  Peer client = relay.connect();
  CHECK(eventually([&] { return relay.forwarder->totals().upstream_failures == 1; }));
  CHECK_FALSE(client.ended_now());
  client.send("HEAD / HTTP/1.1\r\n\r\n");
  CHECK(client.receive_all().ends_with("\r\n\r\n"));
  client.close();
  CHECK(eventually([&] { return relay.active() == 0; }));
}

TEST_CASE("forwarder: every address of the upstream's name is tried") {
  // `localhost` is ::1 and 127.0.0.1 on most machines; where it is only one of them this still has
  // to work.
  Server server;
  Relay relay({"localhost", server.endpoint().port});
  Peer client = relay.connect();
  client.send("hello");
  CHECK(server.accept().receive(5) == "hello");
}

TEST_CASE("forwarder: an upstream that nobody knows is a sentence at start") {
  Relay relay({"no-such-host.invalid", 80});
  CHECK(relay.forwarder == nullptr);
  CHECK(relay.refusal.starts_with("cannot find the upstream no-such-host.invalid:80: "));
}

TEST_CASE("forwarder: a port in use is found, although loops share theirs") {
  Server server;
  Relay first(server.endpoint(), {"127.0.0.1", 0}, 2);
  const auto taken = first.forwarder->bound();
  Relay second(server.endpoint(), taken, 2);
  CHECK(second.forwarder == nullptr);
  CHECK(second.refusal ==
        "cannot listen on " + taken.text() +
            ": the port is in use; stop the program that has it, or choose another port (0 "
            "picks a free one)");
}

TEST_CASE("forwarder: a port whose last connections linger can be used again") {
  Server server;
  proxy::net::Endpoint bound;
  {
    Line line;
    bound = line.relay.forwarder->bound();
    line.upstream.close();  // Our side sends the first FIN to the client, so TIME_WAIT is ours.
    CHECK(line.client.receive_all().empty());
    line.client.close();
    CHECK(line.gone());
  }
  Relay again(server.endpoint(), bound);
  CHECK(again.refusal == "");
}

TEST_CASE("forwarder: IPv6, and IPv4 clients of an IPv6 listener") {
  if (Peer::fresh(AF_INET6).fd() < 0 || Server({"::1", 0}).endpoint().port == 0)
    return;  // No IPv6 here.
  Server server({"::1", 0});
  Relay relay(server.endpoint(), {"::", 0});
  REQUIRE(relay.refusal == "");
  const std::uint16_t port = relay.forwarder->bound().port;
  for (const char* host : {"::1", "127.0.0.1"}) {
    Peer client = Peer::connect({host, port});
    client.send("six");
    CHECK(server.accept().receive(3) == "six");
  }
}

TEST_CASE(
    "forwarder: out of descriptors it waits, says so once, and recovers without losing a client") {
  Server server;
  Relay relay(server.endpoint());
  const auto address = *proxy::net::resolve(relay.forwarder->bound());
  std::vector<Peer> clients;
  for (int i = 0; i < 5; ++i) clients.push_back(Peer::fresh());
  {
    const NoDescriptorsLeft none;
    for (Peer& client : clients) {
      REQUIRE(client.connect(address.front()));
      client.send("hello");
    }
    CHECK(eventually([&] { return relay.forwarder->totals().accept_pauses >= 3; }));
    CHECK(relay.active() == 0);
  }
  for (std::size_t i = 0; i < clients.size(); ++i) {
    Peer upstream = server.accept();
    CHECK(upstream.receive(5) == "hello");
  }
  const std::string log = relay.log_text();
  CHECK(occurrences(log, "cannot accept connections: too many open files") == 1);
  CHECK(occurrences(log, "accepting connections again") == 1);
}

TEST_CASE("forwarder: drain returns at once when nobody is there, and waits for who is") {
  SUBCASE("nobody") {
    Server server;
    Relay relay(server.endpoint(), {"127.0.0.1", 0}, 2);
    CHECK(relay.forwarder->drain(std::chrono::steady_clock::now() + kPatience) == 0);
  }
  SUBCASE("somebody") {
    Line line;
    const auto address = proxy::net::resolve(line.relay.forwarder->bound())->front();
    line.client.send("slow");
    line.upstream.receive(4);
    std::thread finishing([&] {
      CHECK(eventually([&] { return refuses(address); }));
      line.upstream.send("done");  // Nobody new is let in, and the old one is served to its end.
      line.upstream.close();
      CHECK(line.client.receive_all() == "done");
      CHECK(line.client.end() == End::Fin);
      line.client.close();
    });
    CHECK(line.relay.forwarder->drain(std::chrono::steady_clock::now() + kPatience) == 0);
    finishing.join();
  }
}

TEST_CASE("forwarder: at the deadline the rest is reset, with nothing injected") {
  Line line;
  line.client.send("hello");
  line.upstream.receive(5);
  CHECK(line.relay.forwarder->drain(std::chrono::steady_clock::now()) == 1);
  CHECK(line.client.receive_all().empty());
  CHECK(line.client.end() == End::Reset);
  CHECK(line.upstream.receive_all().empty());
  CHECK(line.upstream.end() == End::Reset);
  CHECK(line.relay.active() == 0);
}

TEST_CASE("forwarder: stop_accepting lets connections go on") {
  Line line;
  const auto address = proxy::net::resolve(line.relay.forwarder->bound())->front();
  line.relay.forwarder->stop_accepting();
  CHECK(eventually([&] { return refuses(address); }));
  line.client.send("still here");
  CHECK(line.upstream.receive(10) == "still here");
}

TEST_CASE("forwarder: what a connection showed comes out of its ring in order, up to its end") {
  Line line;
  line.client.send("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n");
  line.upstream.receive(10);
  line.upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  line.client.receive(20);
  line.client.half_close();
  line.upstream.receive_all();
  line.upstream.close();
  REQUIRE(line.gone());

  proxy::observe::EventRing& ring = *line.relay.rings.front();
  std::vector<core::EventKind> kinds;
  core::Instant last{};
  while (const core::Event* event = ring.front()) {
    CHECK(event->at >= last);
    CHECK(static_cast<std::uint64_t>(event->connection) == 1);
    last = event->at;
    kinds.push_back(event->kind);
    ring.pop();
  }
  REQUIRE(kinds.size() >= 4);
  CHECK(kinds.front() == core::EventKind::Request);
  CHECK(kinds[kinds.size() - 2] == core::EventKind::StreamEnded);
  CHECK(kinds.back() == core::EventKind::StreamEnded);
}
