#include <doctest/doctest.h>

#include <string>
#include <thread>

#include "proxy/net/limits.hpp"
#include "tests/proxy/net/relay.hpp"

using namespace tests::net;

TEST_CASE("tunnel: bytes pass unchanged in both directions") {
  Line line;
  CHECK(line.client.send("hello"));
  CHECK(line.upstream.receive(5) == "hello");
  CHECK(line.upstream.send("world!"));
  CHECK(line.client.receive(6) == "world!");
}

TEST_CASE("tunnel: a server that speaks first is heard") {
  Line line;
  CHECK(line.upstream.send("220 ready"));
  CHECK(line.client.receive(9) == "220 ready");
}

TEST_CASE("tunnel: a client's half-close passes on, and the answer still comes") {
  Line line;
  line.client.send("request");
  line.client.half_close();
  CHECK(line.upstream.receive_all() == "request");
  CHECK(line.upstream.end() == End::Fin);

  const std::string answer = pattern(3 << 20);
  std::thread sender([&] {
    line.upstream.send(answer);
    line.upstream.close();
  });
  CHECK(line.client.receive_all() == answer);
  CHECK(line.client.end() == End::Fin);
  sender.join();
  CHECK(line.gone());
}

TEST_CASE("tunnel: a server's half-close passes on, and the client can go on sending") {
  Line line;
  line.upstream.send("bye");
  line.upstream.half_close();
  CHECK(line.client.receive_all() == "bye");
  CHECK(line.client.end() == End::Fin);

  const std::string more = pattern(3 << 20);
  std::thread sender([&] {
    line.client.send(more);
    line.client.close();
  });
  CHECK(line.upstream.receive_all() == more);
  CHECK(line.upstream.end() == End::Fin);
  sender.join();
  CHECK(line.gone());
}

TEST_CASE("tunnel: a client's reset resets the server's side") {
  Line line;
  line.client.send("x");
  line.upstream.receive(1);
  line.client.reset();
  CHECK(line.upstream.end_unread() == End::Reset);
  CHECK(line.gone());
}

TEST_CASE("tunnel: a server's reset resets the client's side") {
  Line line;
  line.client.send("x");
  line.upstream.receive(1);
  line.upstream.reset();
  CHECK(line.client.end_unread() == End::Reset);
  CHECK(line.gone());
}

TEST_CASE("tunnel: bytes sent just before a reset still arrive") {
  for (int round = 0; round < 50; ++round) {
    Line line;
    line.upstream.send("last words");
    line.upstream.reset();
    const std::string heard = line.client.receive_all();
    CHECK(line.client.end() == End::Reset);
    // A reset may overtake bytes that the relay's kernel has not handed over; it never cuts them
    // otherwise.
    CHECK((heard == "last words" || heard.empty()));
  }
}

TEST_CASE("tunnel: a reader that stops bounds what is held, and pauses the sender") {
  Line line;
  const std::size_t sent = line.client.send_until_blocked(kFlood);
  REQUIRE(sent < kFlood);
  const auto totals = line.relay.forwarder->totals();
  CHECK(totals.stalls >= 1);
  CHECK(totals.pending_bytes_peak > 0);
  CHECK(totals.pending_bytes_peak <= proxy::net::limits::kPendingBytesMax);

  line.client.half_close();
  std::size_t heard = 0;
  for (std::string some; !(some = line.upstream.receive_some(1 << 20)).empty();)
    heard += some.size();
  CHECK(heard == sent);
  CHECK(line.upstream.end() == End::Fin);
}

TEST_CASE("tunnel: a flood towards the client is bounded alike, and arrives whole") {
  Line line;
  const std::size_t sent = line.upstream.send_until_blocked(kFlood);
  REQUIRE(sent < kFlood);
  line.upstream.close();
  std::size_t heard = 0;
  for (std::string some; !(some = line.client.receive_some(1 << 20)).empty();) heard += some.size();
  CHECK(heard == sent);
  CHECK(line.client.end() == End::Fin);
  CHECK(line.relay.forwarder->totals().pending_bytes_peak <= proxy::net::limits::kPendingBytesMax);
}

TEST_CASE("tunnel: a FIN stays behind the bytes that wait for a slow reader") {
  Line line;
  REQUIRE(line.client.send_until_blocked(kFlood) < kFlood);
  line.client.half_close();
  // The other direction proves that the relay has been round its loop since.
  for (int i = 0; i < 100; ++i) {
    line.upstream.send("ping");
    REQUIRE(line.client.receive(4) == "ping");
  }
  CHECK_FALSE(line.upstream.ended_now());
}

TEST_CASE("tunnel: a client that resets while its reading is paused is seen at once") {
  Line line;
  REQUIRE(line.client.send_until_blocked(kFlood) < kFlood);
  line.client.reset();
  CHECK(line.upstream.end_unread() == End::Reset);  // The server has not read a byte.
  CHECK(line.gone());
}

TEST_CASE("tunnel: a server that resets while its reading is paused is seen at once") {
  Line line;
  REQUIRE(line.upstream.send_until_blocked(kFlood) < kFlood);
  line.upstream.reset();
  CHECK(line.client.end_unread() == End::Reset);
  CHECK(line.gone());
}

TEST_CASE("tunnel: a reset after a FIN is seen, paused or not") {
  SUBCASE("paused") {
    Line line;
    REQUIRE(line.client.send_until_blocked(kFlood) < kFlood);
    line.client.half_close();
    line.upstream.send("ping");
    REQUIRE(line.client.receive(4) == "ping");
    line.client.reset();
    CHECK(line.upstream.end_unread() == End::Reset);
    CHECK(line.gone());
  }
  SUBCASE("not paused") {
    Line line;
    line.client.half_close();
    CHECK(line.upstream.receive_all().empty());
    REQUIRE(line.upstream.end() == End::Fin);
    line.client.reset();
    // Our end has the FIN already, so poll() shows the reset as an error condition.
    CHECK(eventually([&] {
      pollfd wait{line.upstream.fd(), POLLOUT, 0};
      poll(&wait, 1, 0);
      return (wait.revents & POLLERR) != 0;
    }));
    CHECK(line.gone());
  }
}

TEST_CASE("tunnel: a reader that resets a flood resets the sender, whose reading is paused") {
  Line line;
  REQUIRE(line.client.send_until_blocked(kFlood) < kFlood);
  line.upstream.reset();
  CHECK(line.client.end_unread() == End::Reset);
  CHECK(line.gone());
}

TEST_CASE("tunnel: an idle connection half-closed both ways while paused does not spin") {
  Line line;
  REQUIRE(line.client.send_until_blocked(kFlood) < kFlood);
  line.upstream.half_close();
  CHECK(line.client.receive_all().empty());
  line.client.half_close();  // Its FIN waits; the relay has sent its own: the kernel reports a
                             // lasting HUP.

  timespec before{};
  timespec after{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
  const long spent_ms =
      (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1'000'000;
  CHECK(spent_ms < 100);

  std::size_t heard = 0;
  for (std::string some; !(some = line.upstream.receive_some(1 << 20)).empty();)
    heard += some.size();
  CHECK(heard > 0);
  CHECK(line.upstream.end() == End::Fin);
  CHECK(line.gone());
}

TEST_CASE("tunnel: urgent data on a paused side neither spins nor hurts") {
  Line line;
  REQUIRE(line.client.send_until_blocked(kFlood) < kFlood);
  line.upstream.send("ping");
  REQUIRE(line.client.receive(4) == "ping");
  ::send(line.client.fd(), "!", 1, MSG_OOB | MSG_DONTWAIT);
  line.upstream.send("pong");
  CHECK(line.client.receive(4) == "pong");
  line.upstream.reset();
  CHECK(line.client.end_unread() == End::Reset);
}

TEST_CASE("tunnel: an urgent byte keeps its place in the stream") {
  Line line;
  for (Peer* from : {&line.client, &line.upstream}) {
    from->send("a");
    ::send(from->fd(), "!", 1, MSG_OOB);
    from->send("b");
    CHECK((from == &line.client ? line.upstream : line.client).receive(3) == "a!b");
  }
}

TEST_CASE("tunnel: what is said at once, its end and an urgent byte with it, arrives whole") {
  // Mostly one edge tells of all of it: the client has said it before it is accepted.
  Server server;
  Relay relay(server.endpoint());
  for (int round = 0; round < 200; ++round) {
    CAPTURE(round);
    Peer client = relay.connect();
    client.send("a");
    if (round % 2 == 0) ::send(client.fd(), "!", 1, MSG_OOB);
    client.send("b");
    client.half_close();
    Peer upstream = server.accept();
    if (round % 4 < 2) ::send(upstream.fd(), "?", 1, MSG_OOB);
    upstream.send("answer");
    upstream.half_close();
    REQUIRE(upstream.receive_all() == (round % 2 == 0 ? "a!b" : "ab"));
    REQUIRE(upstream.end() == End::Fin);
    REQUIRE(client.receive_all() == (round % 4 < 2 ? "?answer" : "answer"));
    REQUIRE(client.end() == End::Fin);
  }
  CHECK(eventually([&] { return relay.active() == 0; }));
}

TEST_CASE("tunnel: megabytes both ways at once arrive whole") {
  Line line;
  const std::string up = pattern(20 << 20);
  const std::string down = pattern((20 << 20) + 1);
  std::thread client_sends([&] {
    line.client.send(up);
    line.client.half_close();
  });
  std::thread server_sends([&] {
    line.upstream.send(down);
    line.upstream.half_close();
  });
  std::string heard_by_client;
  std::thread client_hears([&] { heard_by_client = line.client.receive_all(); });
  const std::string heard_by_server = line.upstream.receive_all();
  client_hears.join();
  client_sends.join();
  server_sends.join();
  CHECK(heard_by_server == up);
  CHECK(heard_by_client == down);
  CHECK(line.gone());
}

TEST_CASE("tunnel: many short connections come and go") {
  Server server;
  Relay relay(server.endpoint(), {"127.0.0.1", 0}, 2);
  constexpr int kConnections = 2'000;
  std::thread serving([&] {
    for (int i = 0; i < kConnections; ++i) {
      Peer peer = server.accept();
      peer.send(peer.receive_some(100));
    }
  });
  int echoed = 0;
  for (int i = 0; i < kConnections; ++i) {
    Peer client = relay.connect();
    client.send("hello");
    if (client.receive_all() == "hello" && client.end() == End::Fin) ++echoed;
  }
  serving.join();
  CHECK(echoed == kConnections);
  CHECK(eventually([&] { return relay.active() == 0; }));
  CHECK(relay.forwarder->totals().accepted == kConnections);
  CHECK(relay.forwarder->totals().bytes_to_server == 5 * kConnections);
}
