// The TLS handshakes of a tunnel, and what is said when TLS fails.
#include <sys/epoll.h>

#include <cerrno>
#include <utility>

#include "proxy/net/surroundings.hpp"
#include "proxy/net/tunnel.hpp"
#include "proxy/tls/connection.hpp"

namespace proxy::net {
namespace {

using Handshake = tls::Connection::Handshake;

void count(HandshakeCounters& counters, const tls::Connection& done) {
  (done.resumed() ? counters.resumed : counters.full).add(1);
}

}  // namespace

bool Tunnel::secures_clients() const noexcept {
  return around_.encryption && around_.encryption->clients != nullptr;
}

bool Tunnel::secures_upstreams() const noexcept {
  return around_.encryption && around_.encryption->upstream != nullptr;
}

// --- With the client ---

void Tunnel::greet() {
  auto connection = around_.encryption->clients->begin(client_.stream.fd());
  if (!connection) return finish(Ending::Reset);
  client_.stream.secure(std::move(connection));
  phase_ = Phase::Greeting;
  opening_->handshake = around_.encryption->handshakes.enter(*this, observe::now());
}

void Tunnel::on_greeting(std::uint32_t) {
  tls::Connection& secured = *client_.stream.secured();
  switch (secured.shake_hands(client_.told != Told::Bytes)) {
    case Handshake::Again:
      return;
    case Handshake::Failed:
      // Whoever only looks whether somebody listens (a load balancer) is nothing to complain of.
      return secured.silent() ? finish(Ending::InOrder) : turn_away(secured.failure());
    case Handshake::Done:
      break;
  }
  leave_handshake();
  count(around_.counters.client_handshakes, secured);
  phase_ = Phase::Connecting;
  client_.readable = true;  // Its first bytes may have been read with the end of its handshake.
  opened();
  connect();
}

void Tunnel::turn_away(const std::string& reason) {
  around_.counters.client_handshakes.failed.add(1);
  if (const auto swallowed = around_.encryption->client_complaint.happened(observe::now()))
    around_.log.warn(
        "TLS with the client {} failed, {}; its connection is closed ({} more since the last "
        "message)",
        text_of(opening_->client), reason, *swallowed);
  finish(Ending::InOrder);
}

// --- With the upstream ---

void Tunnel::secure_upstream() {
  Encryption& encryption = *around_.encryption;
  auto connection = encryption.upstream->begin(upstream_.stream.fd(), encryption.sessions[number_],
                                               upstream().endpoint().host);
  if (!connection) return finish(Ending::Reset);
  upstream_.stream.secure(std::move(connection));
  phase_ = Phase::Securing;
  opening_->handshake = encryption.handshakes.enter(*this, observe::now());
  go_on_securing();
}

void Tunnel::go_on_securing() {
  tls::Connection& secured = *upstream_.stream.secured();
  switch (secured.shake_hands(upstream_.told != Told::Bytes)) {
    case Handshake::Again:
      return;
    case Handshake::Failed:
      around_.counters.upstream_handshakes.failed.add(1);
      opening_->connect_error = EPROTO;
      return refuse();
    case Handshake::Done:
      break;
  }
  leave_handshake();
  count(around_.counters.upstream_handshakes, secured);
  relay();
  if (client_.readable) receive(client_);
  // What came with the end of the handshake has had its edge already.
  upstream_.readable = true;
  if (phase_ == Phase::Relaying) receive(upstream_);
}

// --- Both ---

void Tunnel::handshake_overdue() {
  if (phase_ == Phase::Greeting) return turn_away("its handshake took too long");
  around_.counters.upstream_handshakes.failed.add(1);
  opening_->connect_error = ETIMEDOUT;
  refuse();
}

void Tunnel::leave_handshake() {
  if (phase_ == Phase::Greeting || phase_ == Phase::Securing)
    around_.encryption->handshakes.leave(opening_->handshake);
}

/// When a side was lost for TLS's own sake, somebody should hear why.
void Tunnel::complain_of_broken_tls(const Side& side) {
  const tls::Connection* const secured = side.stream.secured();
  if (secured == nullptr || !secured->protocol_broke()) return;
  const bool is_client = &side == &client_;
  Complaint& complaint =
      is_client ? around_.encryption->client_complaint : around_.encryption->upstream_complaint;
  if (const auto swallowed = complaint.happened(observe::now()))
    around_.log.warn(
        "TLS with {} broke, {}; the connection is reset ({} more since the last message)",
        is_client ? "the client " + text_of(opening_->client)
                  : "the upstream " + upstream().endpoint().text(),
        secured->failure(), *swallowed);
}

}  // namespace proxy::net
