#include "rules/traffic.hpp"

namespace rules {
namespace {

using core::session::CloseCause;
using core::session::Fact;
using core::session::FactKind;
using core::session::Session;

Traffic::Outcome outcome_of(const Session& session) noexcept {
  switch (session.cause) {
    case CloseCause::ClientClose:
      return Traffic::Outcome::ClientClose;
    case CloseCause::ClientGone:
      return Traffic::Outcome::ClientGone;
    case CloseCause::ServerClose:
    case CloseCause::ServerGone:
      if (session.given_up(session.closed)) return Traffic::Outcome::HeartbeatTimeout;
      return session.cause == CloseCause::ServerClose ? Traffic::Outcome::ServerClose
                                                      : Traffic::Outcome::ServerGone;
    case CloseCause::UnknownToServer:
      return Traffic::Outcome::UnknownToServer;
    case CloseCause::Silence:
      return Traffic::Outcome::Silence;
  }
  return Traffic::Outcome::ServerGone;
}

template <class Enum, std::size_t kSize>
void add_one(std::array<std::uint64_t, kSize>& counts, Enum which) noexcept {
  ++counts[static_cast<std::size_t>(which)];
}

}  // namespace

void Traffic::observe_rare(const Fact& fact) noexcept {
  switch (fact.kind) {
    case FactKind::Connecting:
    case FactKind::Connected:
      return count(Packet::Connect, fact);
    case FactKind::Disconnecting:
      return count(Packet::Disconnect, fact);
    case FactKind::Refused:
      return count(Packet::ConnectError, fact);
    case FactKind::Ping:
      return count(Packet::Ping, fact);
    case FactKind::Pong:
      return count(Packet::Pong, fact);
    case FactKind::Malformed:
      return count(Packet::Malformed, fact);
    case FactKind::Upgraded:
      add_one(upgrades, Upgrade::Completed);
      return count(Packet::Upgrade, fact);
    case FactKind::Closed: {
      const Session& session = *fact.session;
      sessions[static_cast<std::size_t>(outcome_of(session))]
              [session.transport == core::TransportName::WebSocket ? 1 : 0]
                  .add(session.closed - session.opened, kDurations);
      return;
    }
    case FactKind::Answered:
    case FactKind::NoHandshake:
    case FactKind::Unanswered:
      return refused(fact);
    default:
      return;
  }
}

void Traffic::refused(const Fact& fact) noexcept {
  const core::session::ExchangeFact& exchange = *fact.exchange;
  if (fact.kind == FactKind::NoHandshake) return add_one(refusals, Refusal::NoHandshake);
  if (fact.kind == FactKind::Unanswered) {
    if (exchange.asks_new) add_one(refusals, Refusal::Unanswered);
    return;
  }
  constexpr std::int8_t kLastCode = 5;
  const std::int8_t code = exchange.response.engine_error;
  if (code > kLastCode)
    add_one(refusals, Refusal::OtherCode);
  else if (code >= 0)
    add_one(refusals, static_cast<Refusal>(code));
  else if (exchange.asks_new && exchange.response.status >= 400)
    add_one(refusals, Refusal::Http);
  if (fact.session != nullptr && !exchange.raw && exchange.request.asks_upgrade &&
      exchange.response.status != 101)
    add_one(upgrades, Upgrade::Refused);
}

std::string_view name(Traffic::Packet packet) noexcept {
  switch (packet) {
    case Traffic::Packet::Connect:
      return "connect";
    case Traffic::Packet::Disconnect:
      return "disconnect";
    case Traffic::Packet::Event:
      return "event";
    case Traffic::Packet::Ack:
      return "ack";
    case Traffic::Packet::ConnectError:
      return "connect_error";
    case Traffic::Packet::Ping:
      return "ping";
    case Traffic::Packet::Pong:
      return "pong";
    case Traffic::Packet::Upgrade:
      return "upgrade";
    case Traffic::Packet::Malformed:
      return "malformed";
  }
  return "";
}

std::string_view name(Traffic::Outcome outcome) noexcept {
  switch (outcome) {
    case Traffic::Outcome::ClientClose:
      return "client_close";
    case Traffic::Outcome::ClientGone:
      return "client_gone";
    case Traffic::Outcome::ServerClose:
      return "server_close";
    case Traffic::Outcome::ServerGone:
      return "server_gone";
    case Traffic::Outcome::HeartbeatTimeout:
      return "heartbeat_timeout";
    case Traffic::Outcome::UnknownToServer:
      return "unknown_to_server";
    case Traffic::Outcome::Silence:
      return "silence";
  }
  return "";
}

std::string_view name(Traffic::Refusal refusal) noexcept {
  switch (refusal) {
    case Traffic::Refusal::Code0:
      return "0";
    case Traffic::Refusal::Code1:
      return "1";
    case Traffic::Refusal::Code2:
      return "2";
    case Traffic::Refusal::Code3:
      return "3";
    case Traffic::Refusal::Code4:
      return "4";
    case Traffic::Refusal::Code5:
      return "5";
    case Traffic::Refusal::OtherCode:
      return "other";
    case Traffic::Refusal::Http:
      return "http";
    case Traffic::Refusal::NoHandshake:
      return "no_handshake";
    case Traffic::Refusal::Unanswered:
      return "unanswered";
  }
  return "";
}

std::string_view name(Traffic::Upgrade upgrade) noexcept {
  switch (upgrade) {
    case Traffic::Upgrade::Completed:
      return "completed";
    case Traffic::Upgrade::Abandoned:
      return "abandoned";
    case Traffic::Upgrade::Refused:
      return "refused";
  }
  return "";
}

}  // namespace rules
