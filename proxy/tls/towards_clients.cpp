#include "proxy/tls/towards_clients.hpp"

#include <openssl/sha.h>

#include <array>
#include <string_view>
#include <utility>

#include "proxy/tls/alpn.hpp"
#include "proxy/tls/by_name.hpp"
#include "proxy/tls/context.hpp"
#include "proxy/tls/reason.hpp"

namespace proxy::tls {
namespace {

using net::StartError;

/// Sessions of clients that take no tickets, 5 minutes each at most (OpenSSL's own lifetime).
constexpr long kCachedSessionsMax = 20'000;
constexpr std::size_t kTicketKeyBytes = 80;

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned offered_length, void*) {
  unsigned char* match = nullptr;
  const int found =
      SSL_select_next_proto(&match, length, reinterpret_cast<const unsigned char*>(kAlpn.data()),
                            static_cast<unsigned>(kAlpn.size()), offered, offered_length);
  if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = match;
  return SSL_TLSEXT_ERR_OK;
}

/// A session says no more about certificates, so it counts only among those who would have judged
/// its client alike: `about` is the mode and the CAs.
void bind_sessions(SSL_CTX* context, ClientCertificate mode, const std::vector<Owned<X509>>& cas) {
  std::string about(1, static_cast<char>(mode));
  for (const Owned<X509>& ca : cas) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    unsigned length = 0;
    X509_digest(ca.get(), EVP_sha256(), digest.data(), &length);
    about.append(reinterpret_cast<const char*>(digest.data()), length);
  }
  std::array<unsigned char, SHA256_DIGEST_LENGTH> id{};
  SHA256(reinterpret_cast<const unsigned char*>(about.data()), about.size(), id.data());
  SSL_CTX_set_session_id_context(context, id.data(), id.size());
}

/// Tickets that `before` gave out open doors of `context`, too.
void take_over_tickets(SSL_CTX* context, SSL_CTX* before) {
  std::array<unsigned char, kTicketKeyBytes> keys{};
  if (SSL_CTX_get_tlsext_ticket_keys(before, keys.data(), keys.size()) == 1)
    SSL_CTX_set_tlsext_ticket_keys(context, keys.data(), keys.size());
  OPENSSL_cleanse(keys.data(), keys.size());
}

}  // namespace

tl::expected<std::unique_ptr<TowardsClients>, StartError> TowardsClients::make(
    TowardsClientsSettings settings) {
  std::unique_ptr<TowardsClients> made(new TowardsClients(std::move(settings)));
  if (auto loaded = made->reload(); !loaded) return tl::unexpected(loaded.error());
  return made;
}

tl::expected<void, StartError> TowardsClients::reload() {
  auto built = build();
  if (!built) return tl::unexpected(built.error());
  const std::lock_guard lock(mutex_);
  if (context_) take_over_tickets(built->get(), context_.get());
  context_ = std::move(*built);
  return {};
}

/// One context for each certificate; those of the same names with another type of key share one,
/// and the client's ciphers choose.
tl::expected<Owned<SSL_CTX>, StartError> TowardsClients::build() const {
  struct Made {
    std::vector<std::string> names;
    Owned<SSL_CTX> context;
  };
  std::vector<Made> all;
  for (const CredentialFiles& files : settings_.certificates) {
    const auto own = load_credentials(files);
    if (!own) return tl::unexpected(own.error());
    std::vector<std::string> names = names_of(own->certificate.get());
    bool shared = false;
    for (const Made& made : all)
      shared = shared || (made.names == names && show(made.context.get(), *own).has_value());
    if (shared) continue;
    auto context = new_context();
    if (!context) return context;
    if (auto shown = show(context->get(), *own); !shown)
      return tl::unexpected(StartError{"the certificate in '" + files.certificate +
                                       "' cannot be used: " + reason_of(shown.error()) +
                                       "; get one that OpenSSL accepts"});
    all.push_back({std::move(names), std::move(*context)});
  }
  auto by_name = std::make_unique<ByName>();
  for (const Made& made : all)
    by_name->add(made.names, &made == &all.front() ? nullptr : made.context.get());
  ByName::give_to(all.front().context.get(), std::move(by_name));
  return std::move(all.front().context);
}

tl::expected<Owned<SSL_CTX>, StartError> TowardsClients::new_context() const {
  Owned<SSL_CTX> context = make_context(Role::Server);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  SSL_CTX_sess_set_cache_size(context.get(), kCachedSessionsMax);
  if (settings_.key_log != nullptr) settings_.key_log->listen_to(context.get());
  std::vector<Owned<X509>> cas;
  if (settings_.client_certificate != ClientCertificate::NotAsked) {
    auto trusted = trust(context.get(), settings_.client_ca_file);
    if (!trusted) return tl::unexpected(trusted.error());
    cas = std::move(*trusted);
    for (const Owned<X509>& ca : cas) SSL_CTX_add_client_CA(context.get(), ca.get());
    const bool required = settings_.client_certificate == ClientCertificate::Required;
    SSL_CTX_set_verify(context.get(),
                       SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                       Connection::on_verified);
  }
  bind_sessions(context.get(), settings_.client_certificate, cas);
  return context;
}

Owned<SSL_CTX> TowardsClients::current() const {
  const std::lock_guard lock(mutex_);
  return share(context_.get());
}

std::unique_ptr<Connection> TowardsClients::begin(int fd) const {
  const Owned<SSL_CTX> context = current();
  Owned<SSL> ssl(SSL_new(context.get()));
  if (!ssl) {
    (void)take_error();
    return nullptr;
  }
  SSL_set_accept_state(ssl.get());
  return std::make_unique<Connection>(std::move(ssl), fd);
}

}  // namespace proxy::tls
