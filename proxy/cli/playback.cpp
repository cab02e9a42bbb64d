#include "proxy/cli/playback.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "core/address/proxy_protocol.hpp"

namespace proxy::cli {
namespace {

using core::capture::Bytes;
using core::capture::Ended;
using core::capture::Missing;
using core::capture::Opened;

/// A record of type handshake, version 3.x. Source: RFC 8446, section 5.1.
bool begins_tls(std::span<const char> bytes) noexcept {
  return bytes.size() >= 2 && bytes[0] == 0x16 && bytes[1] == 0x03;
}

}  // namespace

Playback::Wanted Playback::play(const core::capture::Item& item) {
  latest_ = item.at;
  if (const auto* opened = std::get_if<Opened>(&item.what)) {
    if (!is_wanted(opened->server)) return Wanted::EndOnly;
    Connection& connection =
        connections_
            .try_emplace(item.connection, Connection{core::tap::Tap(settings_, item.connection),
                                                     std::string(opened->server)})
            .first->second;
    connection.tap.open(opened->client, item.at, events_);
    const auto client = core::address::socket_end_of(opened->client);
    connection.introduces =
        opened->from == Opened::From::Start && client && settings_.trust.hold(client->address);
    if (opened->from == Opened::From::WebSocket) connection.tap.joined(item.at, events_);
    hand_on(connection.server);
    return Wanted::More;
  }

  const auto found = connections_.find(item.connection);
  if (found == connections_.end()) return Wanted::EndOnly;
  Connection& connection = found->second;
  if (left_out_.contains(connection.server)) {
    connections_.erase(found);
    return Wanted::EndOnly;
  }
  if (const auto* bytes = std::get_if<Bytes>(&item.what)) {
    std::span<char> come = bytes->bytes;
    if (connection.introduces && bytes->direction == core::Direction::ToServer)
      come = behind_preamble(connection, come, item.at);
    if (!come.empty() && !std::exchange(connection.began, true) && begins_tls(come)) ++encrypted_;
    if (!connection.tap.off()) connection.tap.receive(bytes->direction, come, item.at, events_);
  } else if (const auto* missing = std::get_if<Missing>(&item.what)) {
    let_go(connection, item.at);
    connection.tap.missing(missing->direction, missing->bytes, item.at, events_);
  } else if (const auto* ended = std::get_if<Ended>(&item.what)) {
    let_go(connection, item.at);
    connection.tap.close(ended->direction, ended->end, item.at, events_);
    connection.ended[core::index_of(ended->direction)] = true;
  }
  hand_on(connection.server);
  const bool off = connection.tap.off();
  if (connection.ended[0] && connection.ended[1]) connections_.erase(found);
  return off ? Wanted::EndOnly : Wanted::More;
}

std::span<char> Playback::behind_preamble(Connection& connection, std::span<char> bytes,
                                          core::Instant at) {
  using core::address::Preamble;
  connection.held.append(bytes.begin(), bytes.end());
  const Preamble preamble = core::address::read_preamble(connection.held);
  if (preamble.kind == Preamble::Kind::TooShort) return {};
  connection.introduces = false;
  connection.held.erase(0, preamble.bytes);
  if (preamble.proxied)
    connection.tap.open(core::address::text_of(preamble.proxied->source), at, events_);
  return connection.held;
}

void Playback::let_go(Connection& connection, core::Instant at) {
  if (std::exchange(connection.introduces, false) && !connection.held.empty())
    connection.tap.receive(core::Direction::ToServer, connection.held, at, events_);
}

void Playback::advance(core::Instant now) {
  analysis_.advance(now);
  for (const rules::Record& record : analysis_.take_records()) sink_(record);
}

void Playback::finish(core::Instant at, core::Instant command_ended) {
  analysis_.finish({.at = std::max(at, latest_), .command_ended = command_ended});
  for (const rules::Record& record : analysis_.take_records()) sink_(record);
}

bool Playback::is_wanted(std::string_view server) const noexcept {
  if (left_out_.contains(server)) return false;
  if (server_.empty() || server == server_) return true;
  return server_.find(':') == std::string::npos && server.ends_with(":" + server_);
}

bool Playback::is_second_view(const core::EventView& event, const std::string& server) {
  if (event.event.kind != core::EventKind::Handshake) return false;
  const auto [entry, is_new] = handed_out_.try_emplace(std::string(event.text), server);
  if (is_new || entry->second == server) return false;
  if (left_out_.insert(server).second) fronts_.push_back({entry->second, server});
  return true;
}

void Playback::hand_on(const std::string& server) {
  if (events_.empty()) return;
  for (const core::EventView event : events_) {
    if (is_second_view(event, server)) break;
    analysis_.observe(event);
  }
  events_.clear();
  for (const rules::Record& record : analysis_.take_records()) sink_(record);
}

}  // namespace proxy::cli
