#include "proxy/cli/tls_options.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "proxy/cli/options.hpp"
#include "tests/proxy/cli/known_rules.hpp"

using namespace proxy::cli;
using proxy::tls::ClientCertificate;
using proxy::tls::Verify;
using tests::kKnown;

namespace {

using Words = std::vector<std::string>;
constexpr std::chrono::sys_days kToday{std::chrono::year(2026) / 5 / 17};

tl::expected<WatchOptions, Stop> with(const std::string& upstream, const Words& more) {
  Words words{"--listen", "127.0.0.1:0", "--upstream", upstream};
  words.insert(words.end(), more.begin(), more.end());
  return parse_proxy(words, kKnown, kToday);
}

TlsOptions accepted(const std::string& upstream, const Words& more) {
  const auto options = with(upstream, more);
  REQUIRE_MESSAGE(options.has_value(), (options ? "" : options.error().text));
  return options->tls;
}

std::string refused(const std::string& upstream, const Words& more) {
  const auto options = with(upstream, more);
  REQUIRE_FALSE(options.has_value());
  CHECK(options.error().exit_code == 2);
  return options.error().text;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

const std::string kPlain = "http://app:3000";
const std::string kSecure = "https://app:3000";

}  // namespace

TEST_CASE("tls options: without any there is no TLS") {
  const TlsOptions tls = accepted(kPlain, {});
  CHECK_FALSE(tls.clients.has_value());
  CHECK_FALSE(tls.upstream.has_value());
}

TEST_CASE("tls options: certificates with their keys, or with the keys inside") {
  const TlsOptions tls = accepted(kPlain, {"--tls-cert", "a.pem", "--tls-key", "a.key",
                                           "--tls-cert", "b.pem", "--tls-key", "b.key"});
  REQUIRE(tls.clients.has_value());
  REQUIRE(tls.clients->certificates.size() == 2);
  CHECK(tls.clients->certificates[0].certificate == "a.pem");
  CHECK(tls.clients->certificates[0].key == "a.key");
  CHECK(tls.clients->certificates[1].certificate == "b.pem");
  CHECK(tls.clients->certificates[1].key == "b.key");
  CHECK(tls.clients->client_certificate == ClientCertificate::NotAsked);

  const TlsOptions both = accepted(kPlain, {"--tls-cert", "a.pem", "--tls-cert", "b.pem"});
  CHECK(both.clients->certificates[1].certificate == "b.pem");
  CHECK(both.clients->certificates[1].key.empty());

  CHECK(contains(refused(kPlain, {"--tls-cert", "a", "--tls-cert", "b", "--tls-key", "a"}),
                 "--tls-cert is given 2 times and --tls-key once; give one key for each"));
  CHECK(contains(refused(kPlain, {"--tls-key", "a"}), "--tls-key needs --tls-cert FILE"));
}

TEST_CASE("tls options: a CA for clients demands certificates, unless they are optional") {
  const Words own{"--tls-cert", "a.pem", "--tls-client-ca", "ca.pem"};
  const auto mode = [&](Words more) {
    more.insert(more.begin(), own.begin(), own.end());
    return accepted(kPlain, more).clients->client_certificate;
  };
  CHECK(mode({}) == ClientCertificate::Required);
  CHECK(mode({"--tls-client-auth", "required"}) == ClientCertificate::Required);
  CHECK(mode({"--tls-client-auth", "optional"}) == ClientCertificate::Optional);
  CHECK(accepted(kPlain, own).clients->client_ca_file == "ca.pem");
  CHECK(contains(
      refused(kPlain, {"--tls-cert", "a", "--tls-client-ca", "b", "--tls-client-auth", "maybe"}),
      "--tls-client-auth 'maybe' is unknown; there are: optional, required"));
  CHECK(contains(refused(kPlain, {"--tls-cert", "a", "--tls-client-auth", "optional"}),
                 "--tls-client-auth needs --tls-client-ca FILE"));
  CHECK(contains(refused(kPlain, {"--tls-client-ca", "b"}), "--tls-client-ca needs --tls-cert"));
}

TEST_CASE("tls options: an https upstream is verified by its own name, and by the system's CAs") {
  const auto options = with("https://app", {});
  REQUIRE(options.has_value());
  CHECK(options->upstreams.endpoints.at(0).text() == "app:443");
  const auto& upstream = options->tls.upstream;
  REQUIRE(upstream.has_value());
  CHECK(upstream->name == "app");
  CHECK(upstream->verify == Verify::Peer);
  CHECK(upstream->ca_file.empty());
  CHECK_FALSE(upstream->own.has_value());
}

TEST_CASE("tls options: what is to be different towards the upstream arrives") {
  const auto upstream =
      *accepted(kSecure, {"--upstream-ca", "ca.pem", "--upstream-cert", "own.pem", "--upstream-key",
                          "own.key", "--upstream-name", "inner.example"})
           .upstream;
  CHECK(upstream.ca_file == "ca.pem");
  CHECK(upstream.own->certificate == "own.pem");
  CHECK(upstream.own->key == "own.key");
  CHECK(upstream.name == "inner.example");
  CHECK(accepted(kSecure, {"--upstream-insecure"}).upstream->verify == Verify::Nothing);
}

TEST_CASE("tls options: what cannot be meant towards the upstream is refused") {
  for (const Words& needless : {Words{"--upstream-ca", "a"},
                                {"--upstream-cert", "a"},
                                {"--upstream-key", "a"},
                                {"--upstream-name", "a"},
                                {"--upstream-insecure"}})
    CHECK(contains(refused(kPlain, needless), needless[0] + " is for a server that speaks TLS"));
  CHECK(
      contains(refused(kSecure, {"--upstream-key", "a"}), "--upstream-key needs --upstream-cert"));
  CHECK(contains(refused(kSecure, {"--upstream-insecure", "--upstream-ca", "a"}),
                 "leave one of them out"));
}
