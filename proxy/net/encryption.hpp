#pragma once

#include <vector>

#include "proxy/net/complaint.hpp"
#include "proxy/net/handshakes.hpp"
#include "proxy/tls/sessions.hpp"
#include "proxy/tls/towards_clients.hpp"
#include "proxy/tls/towards_upstream.hpp"

namespace proxy::net {

/// What the tunnels of one loop share for TLS. Belongs to the loop; used on its thread only.
struct Encryption {
  const tls::TowardsClients* clients;    ///< null: clients speak plain
  const tls::TowardsUpstream* upstream;  ///< null: the upstream speaks plain
  Handshakes handshakes;
  std::vector<tls::Sessions> sessions;  ///< with each upstream
  Complaint client_complaint = {};
  Complaint upstream_complaint = {};
};

}  // namespace proxy::net
