#pragma once

/// The Socket.IO client on a libuv loop, with TLS: proxy/client/driver.hpp is the manual.
#include "client.hpp"
#include "proxy/client/driver.hpp"
#include "proxy/client/stop_signals.hpp"

namespace sioscope {
using proxy::client::ClientDriver;
using proxy::client::LinkEnd;
using proxy::client::make_loop;
using proxy::client::parse_server_url;
using proxy::client::Remote;
using proxy::client::Security;
using proxy::client::StopSignals;
using proxy::client::TlsContext;
using proxy::client::TlsOptions;
}  // namespace sioscope
