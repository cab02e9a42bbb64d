#pragma once

#include <optional>
#include <string>

#include "core/address/proxy_protocol.hpp"
#include "core/http/header_adder.hpp"

namespace proxy::net {

/// How upstreams are told who a client is. By default they are not: bytes pass as they are.
struct Naming {
  bool forward_for = false;  ///< its address is added to X-Forwarded-For of each of its requests
  /// A PROXY preamble comes before anything else of its upstream connection.
  std::optional<core::address::PreambleVersion> send_proxy = {};

  [[nodiscard]] bool any() const noexcept { return forward_for || send_proxy; }
};

/// What the upstream of one connection is yet to be told.
struct Named {
  std::string preamble;  ///< empty: none, or it was sent
  std::optional<core::http::HeaderAdder> forwarded_for;
};

}  // namespace proxy::net
