#include "proxy/tls/towards_upstream.hpp"

#include "proxy/tls/alpn.hpp"
#include "proxy/tls/context.hpp"
#include "proxy/tls/peer_name.hpp"
#include "proxy/tls/reason.hpp"

namespace proxy::tls {

using net::StartError;

tl::expected<std::unique_ptr<TowardsUpstream>, StartError> TowardsUpstream::make(
    TowardsUpstreamSettings settings) {
  std::unique_ptr<TowardsUpstream> made(new TowardsUpstream(std::move(settings)));
  if (auto loaded = made->reload(); !loaded) return tl::unexpected(loaded.error());
  return made;
}

tl::expected<void, StartError> TowardsUpstream::reload() {
  auto built = build();
  if (!built) return tl::unexpected(built.error());
  const std::lock_guard lock(mutex_);
  context_ = std::move(*built);
  return {};
}

tl::expected<Owned<SSL_CTX>, StartError> TowardsUpstream::build() const {
  Owned<SSL_CTX> context = make_context(Role::Client);
  if (settings_.verify == Verify::Peer)
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, Connection::on_verified);
  if (settings_.ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context.get());
  } else if (auto trusted = trust(context.get(), settings_.ca_file); !trusted) {
    return tl::unexpected(trusted.error());
  }
  if (settings_.own) {
    const auto own = load_credentials(*settings_.own);
    if (!own) return tl::unexpected(own.error());
    if (auto shown = show(context.get(), *own); !shown)
      return tl::unexpected(StartError{"the certificate in '" + settings_.own->certificate +
                                       "' cannot be used: " + reason_of(shown.error())});
  }
  SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>(kAlpn.data()),
                          static_cast<unsigned>(kAlpn.size()));
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context.get(), Connection::on_session);
  if (settings_.key_log != nullptr) settings_.key_log->listen_to(context.get());
  return context;
}

Owned<SSL_CTX> TowardsUpstream::current() const {
  const std::lock_guard lock(mutex_);
  return share(context_.get());
}

std::unique_ptr<Connection> TowardsUpstream::begin(int fd, Sessions& sessions,
                                                   const std::string& host) const {
  const Owned<SSL_CTX> context = current();
  Owned<SSL> ssl(SSL_new(context.get()));
  if (!ssl) {
    (void)take_error();
    return nullptr;
  }
  SSL_set_connect_state(ssl.get());
  expect_peer(ssl.get(), settings_.name.empty() ? host : settings_.name);
  sessions.begin(context.get());
  sessions.offer_to(ssl.get());
  return std::make_unique<Connection>(std::move(ssl), fd, &sessions);
}

}  // namespace proxy::tls
