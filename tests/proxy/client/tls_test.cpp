// Both ends of TLS in one memory: the client's is ours, the server's is OpenSSL alone.
#include "proxy/client/tls.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/proxy/tls/authority.hpp"

namespace {

using proxy::client::TlsContext;
using proxy::client::TlsOptions;
using proxy::client::TlsSession;
using State = TlsSession::State;
using tests::tls::SelfSigned;

class Server {
 public:
  explicit Server(const SelfSigned& identity) : context_(SSL_CTX_new(TLS_server_method())) {
    SSL_CTX_use_certificate_file(context_, identity.certificate.c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context_, identity.key.c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_set_session_id_context(context_, reinterpret_cast<const unsigned char*>("t"), 1);
  }
  ~Server() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void accept() {
    SSL_free(ssl_);
    ssl_ = SSL_new(context_);
    SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(ssl_);
  }
  /// Lets both ends talk until neither has anything to say.
  void talk(TlsSession& client) {
    client.receive({}, received);
    for (std::string out = client.take_bytes(); !out.empty(); out = client.take_bytes()) {
      BIO_write(SSL_get_rbio(ssl_), out.data(), static_cast<int>(out.size()));
      char buffer[4096];
      for (int n = SSL_read(ssl_, buffer, sizeof buffer); n > 0;
           n = SSL_read(ssl_, buffer, sizeof buffer))
        heard.append(buffer, static_cast<std::size_t>(n));
      std::string back(BIO_ctrl_pending(SSL_get_wbio(ssl_)), '\0');
      if (!back.empty()) BIO_read(SSL_get_wbio(ssl_), back.data(), static_cast<int>(back.size()));
      client.receive(back, received);
    }
  }
  void say(TlsSession& client, const std::string& text) {
    SSL_write(ssl_, text.data(), static_cast<int>(text.size()));
    std::string bytes(BIO_ctrl_pending(SSL_get_wbio(ssl_)), '\0');
    BIO_read(SSL_get_wbio(ssl_), bytes.data(), static_cast<int>(bytes.size()));
    for (const char byte : bytes) client.receive({&byte, 1}, received);  // In the worst pieces.
  }
  [[nodiscard]] SSL* ssl() const noexcept { return ssl_; }

  std::string heard, received;

 private:
  SSL_CTX* context_;
  SSL* ssl_ = nullptr;
};

TlsContext context(TlsOptions options) {
  auto made = TlsContext::make(options);
  REQUIRE(made);
  return std::move(*made);
}

}  // namespace

TEST_CASE("tls: a trusted peer of the right name is spoken to, and asked for by it") {
  const SelfSigned identity({.names = "DNS:app.example,IP:127.0.0.1"});
  Server server(identity);
  const TlsContext trusting = context({.ca_file = identity.certificate});
  for (const char* host : {"app.example", "127.0.0.1"}) {
    server.accept();
    TlsSession client(trusting, host);
    server.talk(client);
    REQUIRE(client.state() == State::Open);
    const char* const asked = SSL_get_servername(server.ssl(), TLSEXT_NAMETYPE_host_name);
    CHECK(std::string(asked == nullptr ? "" : asked) ==
          (std::string(host) == "app.example" ? "app.example" : ""));
    client.send("hello");
    server.heard.clear();
    server.talk(client);
    CHECK(server.heard == "hello");
    server.received.clear();
    server.say(client, std::string(40'000, 'x'));
    CHECK(server.received == std::string(40'000, 'x'));
  }
}

TEST_CASE("tls: nobody else is, unless that was wished for") {
  const SelfSigned identity({.names = "DNS:app.example"}), other({.names = "DNS:app.example"});
  const SelfSigned expired({.names = "DNS:app.example", .valid_from = -7200});
  const auto failure = [](const SelfSigned& served, const TlsOptions& options, const char* host) {
    Server server(served);
    server.accept();
    const TlsContext made = context(options);
    TlsSession client(made, host);
    server.talk(client);
    CHECK((client.state() == State::Failed) == !client.failure().empty());
    return client.failure();
  };
  CHECK(failure(identity, {.ca_file = identity.certificate}, "app.example").empty());
  CHECK(failure(identity, {.ca_file = identity.certificate}, "other.example")
            .find("ostname mismatch") != std::string::npos);
  CHECK(failure(identity, {.ca_file = identity.certificate}, "127.0.0.1")
            .find("IP address mismatch") != std::string::npos);
  CHECK(failure(identity, {.ca_file = other.certificate}, "app.example")
            .find("certificate verify failed") != std::string::npos);
  CHECK(failure(identity, {}, "app.example").find("self-signed") != std::string::npos);
  CHECK(failure(expired, {.ca_file = expired.certificate}, "app.example").find("expired") !=
        std::string::npos);
  CHECK(failure(expired, {.verify = TlsOptions::Verify::Nothing}, "wrong.example").empty());
}

TEST_CASE("tls: the next link takes the session up again") {
  const SelfSigned identity({.names = "DNS:app.example"});
  Server server(identity);
  const TlsContext trusting = context({.ca_file = identity.certificate});
  for (const int resumed : {0, 1, 1}) {
    server.accept();
    TlsSession client(trusting, "app.example");
    server.talk(client);
    CHECK(client.state() == State::Open);
    CHECK(SSL_session_reused(server.ssl()) == resumed);
    client.close();
    server.talk(client);
    CHECK((SSL_get_shutdown(server.ssl()) & SSL_RECEIVED_SHUTDOWN) != 0);
  }
}

TEST_CASE("tls: a goodbye ends it, and what is no TLS is told") {
  const SelfSigned identity({.names = "DNS:app.example"});
  Server server(identity);
  const TlsContext trusting = context({.ca_file = identity.certificate});
  server.accept();
  TlsSession client(trusting, "app.example");
  server.talk(client);
  SSL_shutdown(server.ssl());
  server.say(client, "");
  CHECK(client.state() == State::Ended);

  TlsSession plain(trusting, "app.example");
  std::string none;
  plain.receive({}, none);
  plain.receive("HTTP/1.1 400 Bad Request\r\n\r\n", none);
  CHECK(plain.state() == State::Failed);
  CHECK(plain.failure().find("wrong version number") != std::string::npos);
}

TEST_CASE("tls: a CA file that is none is a sentence") {
  const auto missing = TlsContext::make({.ca_file = "/nonexistent.pem"});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().find("'/nonexistent.pem'") != std::string::npos);
}
