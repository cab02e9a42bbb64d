// Both ends over one socket pair, so nothing waits and every step is the test's.
#include "proxy/tls/connection.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <random>
#include <string>

#include "tests/proxy/tls/pair.hpp"

using namespace tests::tls;
using Next = Received::Next;

namespace {

/// A pair that has shaken hands.
struct Open : Trusting {
  Open() { REQUIRE(pair.shake_hands()); }
  Pair pair{*clients, *upstream, sessions};
};

/// Bytes that tell where they belong.
std::string pattern(std::size_t bytes) {
  std::string text(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) text[i] = static_cast<char>(i * 31 + i / 251);
  return text;
}

/// What `ssl` sends for `count` changes of its keys, each of which its peer has to follow, and
/// `text` behind them: in one piece, as from somebody who means it.
std::string many_key_updates(SSL* ssl, int count, std::string_view text) {
  BIO* const made = BIO_new(BIO_s_mem());
  SSL_set0_wbio(ssl, made);
  for (int i = 0; i < count; ++i) {
    REQUIRE(SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1);
    REQUIRE(SSL_do_handshake(ssl) == 1);
  }
  REQUIRE(SSL_write(ssl, text.data(), static_cast<int>(text.size())) > 0);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(made, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

void send_raw(const Descriptor& socket, std::string_view bytes) {
  REQUIRE(::send(socket.get(), bytes.data(), bytes.size(), 0) ==
          static_cast<ssize_t>(bytes.size()));
}

}  // namespace

TEST_CASE("tls connection: what one end writes the other reads, both ways") {
  Open open;
  CHECK(read_all(*open.pair.server).empty());
  for (const std::size_t bytes : {1, 60, 1000, 16384, 16385, 70'000}) {
    const std::string text = pattern(bytes);
    Received last;
    REQUIRE(write_all(*open.pair.client, text));
    CHECK(read_all(*open.pair.server, &last) == text);
    CHECK(last.next == Next::Edge);
    REQUIRE(write_all(*open.pair.server, text));
    CHECK(read_all(*open.pair.client) == text);
  }
}

TEST_CASE("tls connection: one read takes every record that is there") {
  Open open;
  std::string all;
  for (int i = 0; i < 50; ++i) {
    const std::string one = std::to_string(i) + ";";
    REQUIRE(write_all(*open.pair.client, one));
    all += one;
  }
  std::string buffer(65536, '\0');
  const Received got = open.pair.server->read(buffer, false);
  CHECK(buffer.substr(0, got.bytes) == all);
  CHECK(got.next == Next::Edge);
}

TEST_CASE(
    "tls connection: a reader with little room gets all of it, and is told that there is more") {
  Open open;
  const std::string text = pattern(50'000);
  REQUIRE(write_all(*open.pair.client, text));
  Received last;
  CHECK(read_all(*open.pair.server, &last, 7) == text);
  CHECK(last.next == Next::Edge);
}

TEST_CASE("tls connection: a full socket takes a part, and the rest follows in order") {
  Open open;
  const std::string text = pattern(3'000'000);
  std::mt19937 random(7);
  std::string heard;
  std::size_t sent = 0, stalls = 0;
  while (heard.size() < text.size()) {
    // As the tunnel does: what was not taken is offered again, from another place in memory.
    while (sent < text.size()) {
      const std::string rest = text.substr(sent, 65536);
      const Sent taken = open.pair.client->write(rest);
      REQUIRE(taken.error == 0);
      sent += taken.bytes;
      if (taken.bytes < rest.size()) {
        ++stalls;
        break;
      }
    }
    std::string buffer(1 + random() % 40'000, '\0');
    const Received got = open.pair.server->read(buffer, false);
    REQUIRE(got.next != Next::Broken);
    heard.append(buffer, 0, got.bytes);
  }
  CHECK(heard == text);
  CHECK(stalls > 10);
}

TEST_CASE("tls connection: a goodbye ends one direction, and the other goes on") {
  Open open;
  REQUIRE(write_all(*open.pair.client, "last words"));
  CHECK(open.pair.client->say_goodbye());
  ::shutdown(open.pair.wire.b.get(), SHUT_WR);
  Received last;
  CHECK(read_all(*open.pair.server, &last) == "last words");
  CHECK(last.next == Next::End);
  CHECK_FALSE(open.pair.server->truncated());
  REQUIRE(write_all(*open.pair.server, "and an answer"));
  CHECK(open.pair.server->say_goodbye());
  CHECK(read_all(*open.pair.client, &last) == "and an answer");
  CHECK(last.next == Next::End);
}

TEST_CASE("tls connection: a goodbye that finds no room is said later") {
  Open open;
  const std::string block(65536, 'b');
  // Until the socket takes no more; then the record that waits in OpenSSL has to go first.
  std::size_t sent = 0;
  Sent taken;
  while ((taken = open.pair.client->write(block)).bytes == block.size()) sent += taken.bytes;
  sent += taken.bytes;
  std::size_t heard = 0;
  std::string rest = block.substr(taken.bytes);
  while (!rest.empty()) {
    heard += read_all(*open.pair.server).size();
    taken = open.pair.client->write(rest);
    rest.erase(0, taken.bytes);
    sent += taken.bytes;
  }
  // A raw flood fills the socket to the last byte; the peer would not understand it, so it is read
  // away before.
  heard += read_all(*open.pair.server).size();
  CHECK(heard == sent);
  std::size_t raw = 0;
  for (std::size_t piece : {65536, 1024, 1}) {
    const std::string junk(piece, 'j');
    for (ssize_t n; (n = ::send(open.pair.wire.b.get(), junk.data(), piece, MSG_DONTWAIT)) > 0;)
      raw += static_cast<std::size_t>(n);
  }
  CHECK_FALSE(open.pair.client->say_goodbye());
  std::string sink(65536, '\0');
  while (raw > 0) {
    const ssize_t n = ::recv(open.pair.wire.a.get(), sink.data(), std::min(raw, sink.size()), 0);
    REQUIRE(n > 0);
    raw -= static_cast<std::size_t>(n);
  }
  CHECK(open.pair.client->say_goodbye());
  Received last;
  CHECK(read_all(*open.pair.server, &last).empty());
  CHECK(last.next == Next::End);
  CHECK_FALSE(open.pair.server->truncated());
}

TEST_CASE("tls connection: a FIN without goodbye is an end that looks cut") {
  Open open;
  REQUIRE(write_all(*open.pair.client, "first"));
  ::shutdown(open.pair.wire.b.get(), SHUT_WR);
  Received last;
  CHECK(read_all(*open.pair.server, &last) == "first");
  // The FIN is an edge of its own, so a second look may be needed.
  CHECK(read_all(*open.pair.server, &last).empty());
  CHECK(last.next == Next::End);
  CHECK(open.pair.server->truncated());
  REQUIRE(write_all(*open.pair.server, "still talking"));
  CHECK(read_all(*open.pair.client) == "still talking");
}

TEST_CASE("tls connection: told that a FIN has come, it reads up to it") {
  Open open;
  REQUIRE(write_all(*open.pair.client, "first"));
  ::shutdown(open.pair.wire.b.get(), SHUT_WR);
  std::string buffer(1000, '\0');
  Received got = open.pair.server->read(buffer, true);
  CHECK(got.bytes == 5);
  CHECK(got.next == Next::More);
  CHECK(open.pair.server->read(buffer, true).next == Next::End);
}

TEST_CASE("tls connection: a peer that resets is broken, with the socket's own word for it") {
  Open open;
  REQUIRE(write_all(*open.pair.server, "nobody reads this"));
  open.pair.client.reset();
  open.pair.wire.b.close();
  Received last;
  read_all(*open.pair.server, &last);
  CHECK(last.next == Next::Broken);
  CHECK(last.error == ECONNRESET);
  CHECK(open.pair.server->failure() == "Connection reset by peer");
  CHECK(open.pair.server->write(std::string_view("more")).error == ECONNRESET);
}

TEST_CASE("tls connection: bytes before damage go first, then it is broken") {
  Open open;
  REQUIRE(write_all(*open.pair.client, "whole"));
  send_raw(open.pair.wire.b, std::string("\x17\x03\x03\x00\x30", 5) + std::string(48, 'x'));
  Received last;
  CHECK(read_all(*open.pair.server, &last) == "whole");
  CHECK(last.next == Next::Broken);
  CHECK(last.error == EPROTO);
  CHECK(open.pair.server->failure() == "decryption failed or bad record mac");
  CHECK(open.pair.server->write(std::string_view("more")).error == EPROTO);
}

TEST_CASE("tls connection: another connection's trouble is not ours") {
  Open broken, healthy;
  send_raw(broken.pair.wire.b, std::string("\x17\x03\x03\x00\x30", 5) + std::string(48, 'x'));
  Received last;
  read_all(*broken.pair.server, &last);
  REQUIRE(last.next == Next::Broken);
  CHECK(read_all(*healthy.pair.server, &last).empty());
  CHECK(last.next == Next::Edge);
}

TEST_CASE("tls connection: who speaks no TLS is told apart") {
  const auto failure = [](std::string_view said) {
    Trusting trusting;
    Wire wire;
    const auto server = trusting.clients->begin(wire.a.get());
    CHECK(server->shake_hands() == Handshake::Again);
    if (!said.empty()) send_raw(wire.b, said);
    if (said.empty()) wire.b.close();
    CHECK(server->shake_hands() == Handshake::Failed);
    CHECK(server->shake_hands() == Handshake::Failed);
    return server->failure();
  };
  CHECK(failure("GET /socket.io/ HTTP/1.1\r\n\r\n") == "it speaks plain HTTP");
  CHECK(failure("OPTIONS * HTTP/1.1\r\n\r\n") == "it does not speak TLS");
  CHECK(failure(std::string(100, '\0')) == "it does not speak TLS");
  CHECK(failure(std::string("\x16\x03\x01\x00\x05\x02ello", 10)) == "it does not speak TLS");
  CHECK(failure("") == "it hung up");
}

TEST_CASE("tls connection: who sends only what carries nothing lets others come first") {
  Open open;
  const std::string sent = many_key_updates(open.pair.client->get(), 3000, "a word at last");
  send_raw(open.pair.wire.b, sent);
  std::string buffer(65536, '\0');
  std::size_t turns = 0;
  Received got;
  while ((got = open.pair.server->read(buffer, false)).next == Next::Later && got.bytes == 0)
    ++turns;
  CHECK(turns >= sent.size() / 40'000);
  CHECK(buffer.substr(0, got.bytes) == "a word at last");
  CHECK(open.pair.server->read(buffer, false).next == Next::Edge);
}

TEST_CASE("tls connection: small records are read on, as far as they carry something") {
  Open open;
  const std::string text = pattern(1000);
  std::string all;
  for (int i = 0; i < 60; ++i) {
    REQUIRE(write_all(*open.pair.client, text));
    all += text;
  }
  std::string buffer(65536, '\0');
  const Received got = open.pair.server->read(buffer, false);
  CHECK(got.next == Next::Edge);
  CHECK(buffer.substr(0, got.bytes) == all);
}

TEST_CASE("tls connection: told that a FIN has come with a part of a handshake, it fails at once") {
  Trusting trusting;
  Wire wire;
  const auto server = trusting.clients->begin(wire.a.get());
  send_raw(wire.b, std::string_view("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));
  shutdown(wire.b.get(), SHUT_WR);
  CHECK(server->shake_hands(true) == Handshake::Failed);
}

TEST_CASE("tls connection: a handshake that comes byte by byte comes") {
  Trusting trusting;
  Wire wire;
  const auto server = trusting.clients->begin(wire.a.get());
  // The client's end is on a wire of its own, and the test carries bytes between the two.
  Wire far;
  Sessions sessions;
  const auto client = trusting.upstream->begin(far.a.get(), sessions);
  Handshake client_result = Handshake::Again, server_result = Handshake::Again;
  for (int turn = 0; turn < 10; ++turn) {
    if (client_result == Handshake::Again) client_result = client->shake_hands();
    for (char byte; ::recv(far.b.get(), &byte, 1, 0) == 1;) {
      send_raw(wire.b, {&byte, 1});
      if (server_result == Handshake::Again) server_result = server->shake_hands();
    }
    char answer[8192];
    const ssize_t count = ::recv(wire.b.get(), answer, sizeof answer, 0);
    if (count > 0) send_raw(far.b, {answer, static_cast<std::size_t>(count)});
  }
  CHECK(client_result == Handshake::Done);
  CHECK(server_result == Handshake::Done);
}
