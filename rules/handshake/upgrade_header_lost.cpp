#include "rules/handshake/upgrade_header_lost.hpp"

#include "rules/exchange.hpp"

namespace rules::handshake {

const Description UpgradeHeaderLost::kDescription{
    .id = "handshake/upgrade-header-lost",
    .severity = Severity::Error,
    .summary = "A websocket request arrived without its Upgrade header, and was refused.",
    .why =
        "A proxy on the way took the header off, as HTTP tells it to unless it is told otherwise: "
        "no WebSocket can be made, clients stay on polling, and those that allow websocket alone "
        "never connect.",
    .proof =
        "`transport=websocket` without `Upgrade`, answered with error 3 (\"Bad request\"), 400 or "
        "426. With a Sec-WebSocket-Key, which only WebSocket clients send and proxies pass on, "
        "certain; without one likely.",
    .silent = "The header is there, or the server granted the request.",
    .remedy =
        "Let every proxy between clients and sioscope pass the upgrade on: nginx "
        "`proxy_http_version "
        "1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection \"upgrade\";`, "
        "Apache mod_proxy_wstunnel.",
    .source = "socket.io, \"Behind a reverse proxy\"; socketio/socket.io#4343, #2333, #1942",
};

void UpgradeHeaderLost::observe(const core::session::Fact& fact) {
  if (refusal_of(*fact.exchange) != Refusal::UpgradeLost) return;
  const bool by_client = fact.exchange->request.websocket_key;
  const auto [finding, is_new] = tell_at_large(
      1, fact.at, by_client ? Confidence::Certain : Confidence::Likely, Fault::Network);
  if (is_new)
    finding.summary =
        "A websocket request came without its Upgrade header, and the server refused it: a proxy "
        "before sioscope does not pass the upgrade on.";
  add(finding, request_of(fact, by_client ? "a WebSocket's key, and no Upgrade header"
                                          : "no Upgrade header"));
  add(finding, response_of(fact, {}));
}

}  // namespace rules::handshake
