#include "proxy/cli/tls_options.hpp"

#include <CLI/CLI.hpp>
#include <utility>

#include "proxy/cli/judging_options.hpp"

namespace proxy::cli {
namespace {

using tls::ClientCertificate;
using tls::CredentialFiles;

std::string times(std::size_t count) {
  return count == 1 ? "once" : std::to_string(count) + " times";
}

tl::expected<ClientCertificate, std::string> client_certificate_of(const WrittenTls& written) {
  if (written.client_ca.empty()) {
    if (written.client_auth.empty()) return ClientCertificate::NotAsked;
    return refuse(
        "--tls-client-auth needs --tls-client-ca FILE, which says whose certificates count");
  }
  if (written.client_auth.empty() || written.client_auth == "required")
    return ClientCertificate::Required;
  if (written.client_auth == "optional") return ClientCertificate::Optional;
  return refuse("--tls-client-auth " + in_quotes(written.client_auth) +
                " is unknown; there are: optional, required");
}

tl::expected<std::optional<tls::TowardsClientsSettings>, std::string> read_clients(
    const WrittenTls& written) {
  const auto mode = client_certificate_of(written);
  if (!mode) return tl::unexpected(mode.error());
  const std::size_t certificates = written.certificates.size(), keys = written.keys.size();
  if (certificates == 0) {
    const char* const needless = keys > 0                     ? "--tls-key"
                                 : !written.client_ca.empty() ? "--tls-client-ca"
                                                              : nullptr;
    if (needless == nullptr) return std::optional<tls::TowardsClientsSettings>();
    return refuse(std::string(needless) +
                  " needs --tls-cert FILE, the certificate that clients are shown");
  }
  if (keys != 0 && keys != certificates)
    return refuse("--tls-cert is given " + times(certificates) + " and --tls-key " + times(keys) +
                  "; give one key for each certificate, in the same order, or none where each file "
                  "holds both");
  tls::TowardsClientsSettings settings{
      .certificates = {}, .client_certificate = *mode, .client_ca_file = written.client_ca};
  for (std::size_t i = 0; i < certificates; ++i)
    settings.certificates.push_back(
        {written.certificates[i], keys == 0 ? std::string() : written.keys[i]});
  return settings;
}

/// An option for TLS towards the upstream that was given; null: none was.
const char* upstream_option(const WrittenTls& written) {
  if (!written.upstream_ca.empty()) return "--upstream-ca";
  if (!written.upstream_certificate.empty()) return "--upstream-cert";
  if (!written.upstream_key.empty()) return "--upstream-key";
  if (!written.upstream_name.empty()) return "--upstream-name";
  return written.upstream_insecure ? "--upstream-insecure" : nullptr;
}

/// Empty: each of several upstreams has its own.
std::string name_of(const WrittenTls& written, const UpstreamOptions& upstreams) {
  if (!written.upstream_name.empty() || upstreams.endpoints.size() > 1)
    return written.upstream_name;
  return upstreams.endpoints.front().host;
}

tl::expected<std::optional<tls::TowardsUpstreamSettings>, std::string> read_upstream(
    const WrittenTls& written, const UpstreamOptions& upstreams) {
  if (upstreams.scheme == net::HttpUrl::Scheme::Http) {
    const char* const needless = upstream_option(written);
    if (needless == nullptr) return std::optional<tls::TowardsUpstreamSettings>();
    return refuse(std::string(needless) +
                  " is for a server that speaks TLS; name it as --upstream https://HOST:PORT, or "
                  "leave the option out");
  }
  if (written.upstream_insecure && !written.upstream_ca.empty())
    return refuse(
        "--upstream-insecure believes anybody and --upstream-ca does not; leave one of them out");
  if (!written.upstream_key.empty() && written.upstream_certificate.empty())
    return refuse("--upstream-key needs --upstream-cert FILE, the certificate it belongs to");
  tls::TowardsUpstreamSettings settings{
      .name = name_of(written, upstreams),
      .verify = written.upstream_insecure ? tls::Verify::Nothing : tls::Verify::Peer,
      .ca_file = written.upstream_ca};
  if (!written.upstream_certificate.empty())
    settings.own = CredentialFiles{written.upstream_certificate, written.upstream_key};
  return settings;
}

}  // namespace

void add_tls_options(CLI::App& app, WrittenTls& written) {
  const auto file = [&](const char* name, std::string& value, const char* text) {
    app.add_option(name, value, text)->type_name("FILE.pem");
  };
  app.add_option("--tls-cert", written.certificates,
                 "speak TLS with clients, who are shown this certificate and its chain; several: "
                 "the name they ask for (SNI) chooses, and the first is for all others "
                 "(repeatable)")
      ->type_name("FILE.pem")
      ->allow_extra_args(false);
  app.add_option("--tls-key", written.keys,
                 "its private key, where that is in another file (repeatable, in the same order)")
      ->type_name("FILE.pem")
      ->allow_extra_args(false);
  file("--tls-client-ca", written.client_ca,
       "ask clients for a certificate that one of these vouches for");
  app.add_option("--tls-client-auth", written.client_auth,
                 "required, or optional for clients that have none")
      ->type_name("required|optional");
  file("--upstream-ca", written.upstream_ca,
       "whom to trust about an https upstream; default: whom the system trusts");
  file("--upstream-cert", written.upstream_certificate,
       "a certificate to show the upstream when it asks for one");
  file("--upstream-key", written.upstream_key, "its private key, where that is in another file");
  app.add_option("--upstream-name", written.upstream_name,
                 "the name to ask the upstream for (SNI) and to verify; default: its host")
      ->type_name("NAME");
  app.add_flag("--upstream-insecure", written.upstream_insecure,
               "do not verify the upstream's certificate");
}

tl::expected<TlsOptions, std::string> read_tls(const WrittenTls& written,
                                               const UpstreamOptions& upstreams) {
  auto clients = read_clients(written);
  if (!clients) return tl::unexpected(clients.error());
  auto towards_upstream = read_upstream(written, upstreams);
  if (!towards_upstream) return tl::unexpected(towards_upstream.error());
  return TlsOptions{std::move(*clients), std::move(*towards_upstream)};
}

}  // namespace proxy::cli
