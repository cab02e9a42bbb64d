#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/client/client.hpp"
#include "core/server/server.hpp"

namespace core::test {

using namespace std::chrono_literals;

/// A server and clients in one memory and one virtual time: what one end sends arrives at the other
/// after `latency`, in order, in pieces of `chunk_bytes`. Nothing sleeps.
class World {
 public:
  explicit World(server::Options options = fast_pings()) : server(std::move(options), 7) {}

  static server::Options fast_pings() {
    server::Options options;
    options.engine.ping_interval = 300ms;
    options.engine.ping_timeout = 200ms;
    options.namespaces = {"/", "/chat"};
    return options;
  }

  struct Peer {
    Peer(client::Options options, std::uint64_t seed) : client(std::move(options), seed) {}
    client::Client client;
    std::vector<client::Happening> happened;
    /// The happenings of one kind.
    template <class Kind>
    [[nodiscard]] std::vector<Kind> all() const {
      std::vector<Kind> found;
      for (const auto& happening : happened)
        if (const auto* it = std::get_if<Kind>(&happening)) found.push_back(*it);
      return found;
    }
  };

  static client::Options client_options(client::Transports transports) {
    client::Options options;
    options.engine.target.host = "test";
    options.engine.transports = transports;
    options.engine.connect_timeout = 1s;
    options.back_off.min = 100ms;
    options.back_off.max = 500ms;
    return options;
  }

  Peer& add(client::Options options) {
    peers_.push_back(std::make_unique<Peer>(std::move(options), 40 + peers_.size()));
    return *peers_.back();
  }
  Peer& add(client::Transports transports) { return add(client_options(transports)); }

  // --- Doing something, and letting what comes of it go its way ---

  void client_does(Peer& peer, const std::function<void(client::Client&, client::Output&)>& step) {
    client::Output out;
    step(peer.client, out);
    carry_out(peer, out);
  }
  void server_does(const std::function<void(server::Server&, server::Output&)>& step) {
    server::Output out;
    step(server, out);
    carry_out(out);
  }
  void connect(Peer& peer) {
    client_does(peer,
                [this](client::Client& client, client::Output& out) { client.connect(now, out); });
  }

  /// Answers as the tests' server application does: what asks is acknowledged with its arguments,
  /// the rest comes back.
  void serve() {
    for (std::size_t i = 0; i < server_happened.size(); ++i) {
      const auto* received = std::get_if<server::Received>(&server_happened[i]);
      if (!received) continue;
      const server::Received event = *received;
      server_does([&](server::Server& s, server::Output& out) {
        if (event.id)
          s.acknowledge(event.socket, *event.id, event.arguments, now, out, event.attachments);
        else
          s.emit(event.socket, event.name, event.arguments, now, out, event.attachments);
      });
    }
    server_happened.clear();
  }

  /// Lets time pass, everything in its order. `always` is asked after each step.
  void run(Duration span, const std::function<void()>& always = {}) {
    const Instant end = now + span;
    for (std::size_t steps = 0; steps < 200'000; ++steps) {
      Instant next = end + 1ns;
      if (!deliveries_.empty()) next = std::min(next, deliveries_.front().at);
      if (const auto due = server.deadline()) next = std::min(next, *due);
      for (const auto& peer : peers_)
        if (const auto due = peer->client.deadline()) next = std::min(next, *due);
      if (next > end) break;
      now = std::max(now, next);

      if (!deliveries_.empty() && deliveries_.front().at <= now) {
        const Delivery delivery = std::move(deliveries_.front());
        deliveries_.pop_front();
        deliver(delivery);
      } else {
        for (const auto& peer : peers_)
          if (const auto due = peer->client.deadline(); due && *due <= now)
            client_does(*peer,
                        [this](client::Client& c, client::Output& out) { c.advance(now, out); });
        if (const auto due = server.deadline(); due && *due <= now)
          server_does([this](server::Server& s, server::Output& out) { s.advance(now, out); });
      }
      if (always) always();
    }
    now = std::max(now, end);
  }

  /// Links break, as with a pulled plug that both ends notice.
  void break_links(Peer& peer) {
    for (auto wire = wires_.begin(); wire != wires_.end();) {
      if (wire->peer != &peer) {
        ++wire;
        continue;
      }
      const Wire broken = *wire;
      wire = wires_.erase(wire);
      client_does(
          peer, [&](client::Client& c, client::Output& out) { c.closed(broken.client, now, out); });
      server_does(
          [&](server::Server& s, server::Output& out) { s.closed(broken.server, now, out); });
      wire = wires_.begin();
    }
  }

  /// Links that neither end has closed.
  [[nodiscard]] std::size_t link_count() const noexcept { return wires_.size(); }

  Instant now{Duration(1s)};
  server::Server server;
  std::vector<server::Happening> server_happened;
  Duration latency = 1ms;
  std::size_t chunk_bytes = 0;    ///< 0: whole
  bool black_hole = false;        ///< what is sent never arrives
  std::vector<std::string> sent;  ///< by clients, as it went out
  std::string set_cookie;         ///< what a load balancer would add to each response

 private:
  struct Wire {
    Peer* peer;
    client::LinkId client;
    client::LinkId server;
  };
  struct Delivery {
    enum class What { Open, Bytes, Close };
    Instant at;
    What what;
    bool to_server;
    client::LinkId server_link;
    std::string bytes;
  };

  void carry_out(Peer& peer, client::Output& out) {
    for (auto& happening : out.happenings) peer.happened.push_back(std::move(happening));
    for (const auto& action : out.actions) {
      if (const auto* open = std::get_if<client::OpenLink>(&action)) {
        wires_.push_back({&peer, open->link, static_cast<client::LinkId>(++last_link_)});
        post(Delivery::What::Open, true, wires_.back().server, {});
        continue;
      }
      const auto* bytes = std::get_if<client::SendBytes>(&action);
      const client::LinkId link = bytes ? bytes->link : std::get<client::CloseLink>(action).link;
      if (bytes) sent.push_back(bytes->bytes);
      for (const Wire& wire : wires_)
        if (wire.peer == &peer && wire.client == link)
          post(bytes ? Delivery::What::Bytes : Delivery::What::Close, true, wire.server,
               bytes ? bytes->bytes : std::string());
    }
  }
  void carry_out(server::Output& out) {
    for (auto& happening : out.happenings) server_happened.push_back(std::move(happening));
    for (const auto& action : out.actions) {
      if (const auto* bytes = std::get_if<client::SendBytes>(&action))
        post(Delivery::What::Bytes, false, bytes->link, with_cookie(bytes->bytes));
      else
        post(Delivery::What::Close, false, std::get<client::CloseLink>(action).link, {});
    }
  }
  [[nodiscard]] std::string with_cookie(std::string bytes) const {
    if (!set_cookie.empty() && bytes.starts_with("HTTP/1.1 "))
      bytes.insert(bytes.find("\r\n"), "\r\nSet-Cookie: " + set_cookie);
    return bytes;
  }
  void post(Delivery::What what, bool to_server, client::LinkId link, std::string bytes) {
    if (black_hole) return;
    if (what != Delivery::What::Bytes || chunk_bytes == 0) {
      deliveries_.push_back({now + latency, what, to_server, link, std::move(bytes)});
      return;
    }
    for (std::size_t at = 0; at < bytes.size(); at += chunk_bytes)
      deliveries_.push_back({now + latency, what, to_server, link, bytes.substr(at, chunk_bytes)});
  }
  void deliver(const Delivery& delivery) {
    for (std::size_t i = 0; i < wires_.size(); ++i) {
      if (wires_[i].server != delivery.server_link) continue;
      const Wire wire = wires_[i];
      if (delivery.what == Delivery::What::Close)
        wires_.erase(wires_.begin() + static_cast<std::ptrdiff_t>(i));
      if (delivery.to_server)
        server_does([&](server::Server& s, server::Output& out) {
          if (delivery.what == Delivery::What::Open) s.opened(wire.server, now, out);
          if (delivery.what == Delivery::What::Bytes)
            s.receive(wire.server, delivery.bytes, now, out);
          if (delivery.what == Delivery::What::Close) s.closed(wire.server, now, out);
        });
      else
        client_does(*wire.peer, [&](client::Client& c, client::Output& out) {
          if (delivery.what == Delivery::What::Bytes)
            c.receive(wire.client, delivery.bytes, now, out);
          if (delivery.what == Delivery::What::Close) c.closed(wire.client, now, out);
        });
      if (delivery.what == Delivery::What::Open)
        client_does(*wire.peer, [&](client::Client& c, client::Output& out) {
          c.opened(wire.client, now, out);
        });
      return;
    }
  }

  std::vector<std::unique_ptr<Peer>> peers_;
  std::vector<Wire> wires_;
  std::deque<Delivery> deliveries_;  ///< in order, since the latency is the same for all
  std::uint64_t last_link_ = 0;
};

}  // namespace core::test
