// Who a tunnel's client is: as a PROXY preamble says, and as the upstream is told.
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "core/address/proxy_protocol.hpp"
#include "proxy/net/surroundings.hpp"
#include "proxy/net/tunnel.hpp"

namespace proxy::net {

using core::address::Preamble;
using core::address::SocketEnd;
using core::address::text_of;

namespace {

/// As an endpoint of IPv6: `[::ffff:10.0.0.1]:4000`.
std::string ipv6_text_of(const SocketEnd& end) {
  return end.address.is_ipv4() ? "[::ffff:" + text_of(end.address) + "]:" + std::to_string(end.port)
                               : text_of(end);
}

}  // namespace

/// A trusted peer may begin with a preamble, which is for us. It is looked at where it lies in the
/// kernel and taken from there once it is whole; anything else stays, byte for byte.
void Tunnel::introduce() {
  const auto buffer = around_.buffer().first(core::address::kPreambleBytesMax);
  while (client_.readable) {
    const ssize_t count = recv(client_.stream.fd(), buffer.data(), buffer.size(), MSG_PEEK);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno != EAGAIN) return finish(Ending::Reset);
    const std::string_view come(buffer.data(), count < 0 ? 0 : static_cast<std::size_t>(count));
    const Preamble preamble = core::address::read_preamble(come);
    const bool more_may_come = count != 0 && client_.told == Told::Bytes;
    if (preamble.kind == Preamble::Kind::TooShort && more_may_come) {
      client_.readable = false;  // An edge tells of more.
      return;
    }
    if (preamble.kind == Preamble::Kind::Whole)
      (void)recv(client_.stream.fd(), buffer.data(), preamble.bytes, 0);
    return introduced(preamble);
  }
}

void Tunnel::introduced(const Preamble& preamble) {
  phase_ = Phase::Connecting;
  if (preamble.proxied) {
    opening_->client = preamble.proxied->source;
    opening_->reached = preamble.proxied->destination;
  }
  if (secures_clients()) {
    greet();
    // What came with the preamble has had its edge already.
    if (phase_ == Phase::Greeting) on_greeting(0);
    return;
  }
  opened();
  connect();
}

/// From here on there is something to see.
void Tunnel::opened() {
  const core::Instant at = around_.read_clock();
  if (around_.recorder != nullptr) record_open(at);
  tap_.open(opening_->client.address);
  opening_->way = around_.upstreams.begin(opening_->client.address);
  number_ = *around_.upstreams.balance().next(opening_->way, at);
  if (!around_.naming.any()) return;
  named_ = std::make_unique<Named>();
  if (around_.naming.send_proxy)
    named_->preamble = core::address::preamble_of(
        {opening_->client,
         opening_->reached ? *opening_->reached : local_address(client_.stream.fd()).socket_end()},
        *around_.naming.send_proxy);
  if (around_.naming.forward_for)
    named_->forwarded_for.emplace("X-Forwarded-For: " + text_of(opening_->client.address) + "\r\n");
}

/// The server's end is ours, whatever a preamble says of it: one listener is one server to whoever
/// reads the capture. Both ends are of one family there, as a connection's are.
void Tunnel::record_open(core::Instant at) {
  const SocketEnd& client = opening_->client;
  const SocketEnd own = local_address(client_.stream.fd()).socket_end();
  const bool alike = client.address.is_ipv4() == own.address.is_ipv4();
  around_.recorder->opened(id_, alike ? text_of(client) : ipv6_text_of(client),
                           alike ? text_of(own) : ipv6_text_of(own), at);
}

/// False: it was not taken whole. So soon there is room for it, or the upstream is no good.
bool Tunnel::send_preamble() {
  if (!named_ || named_->preamble.empty()) return true;
  const std::string preamble = std::exchange(named_->preamble, {});
  const bool sent = upstream_.stream.write(preamble).bytes == preamble.size();
  if (!named_->forwarded_for) named_.reset();
  return sent;
}

/// What goes to the upstream for what the client sent.
std::span<const char> Tunnel::named(std::span<char> bytes) {
  if (!named_ || !named_->forwarded_for) return bytes;
  const auto out = named_->forwarded_for->receive_from_client(bytes, around_.rewritten);
  stop_naming_when_over();
  return out;
}

/// The server's bytes go on as they are; they tell what became of an upgrade.
std::span<const char> Tunnel::heard(std::span<char> bytes) {
  if (named_->forwarded_for) {
    named_->forwarded_for->receive_from_server(bytes);
    stop_naming_when_over();
  }
  return bytes;
}

void Tunnel::stop_naming_when_over() {
  const core::http::HeaderAdder& adder = *named_->forwarded_for;
  if (!adder.over()) return;
  if (adder.error())
    if (const auto swallowed = around_.naming_complaint.happened(observe::now()))
      around_.log.warn(
          "a client's requests go on without X-Forwarded-For, from here on: {} ({} more since the "
          "last message)",
          core::http::reason_text(*adder.error()), *swallowed);
  named_.reset();
}

}  // namespace proxy::net
