// Who clients are, and which of several servers they reach, as options say it.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "proxy/cli/options.hpp"
#include "tests/proxy/cli/known_rules.hpp"

using namespace proxy::cli;
using core::address::ip_address_of;
using core::address::PreambleVersion;
using proxy::net::BalancePolicy;
using tests::kKnown;

namespace {

using Words = std::vector<std::string>;

tl::expected<WatchOptions, Stop> proxy_with(Words more) {
  Words words{"--listen", "127.0.0.1:0", "--upstream", "http://127.0.0.1:3000"};
  words.insert(words.end(), more.begin(), more.end());
  return parse_proxy(words, kKnown, std::chrono::year(2026) / 5 / 17);
}

/// The one sentence of a refusal.
std::string refusal(Words more) {
  const auto options = proxy_with(std::move(more));
  REQUIRE_FALSE(options);
  CHECK(options.error().exit_code == 2);
  CHECK(options.error().text.find('\n') == std::string::npos);
  return options.error().text;
}

tl::expected<WatchOptions, Stop> configured(const std::string& text) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("sioscope-identity-" + std::to_string(::getpid()) + ".toml");
  std::ofstream(path) << text;
  auto options = proxy_with({"--config", path.string()});
  std::filesystem::remove(path);
  return options;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("--trust: nobody by default, and as many networks as are named") {
  CHECK(proxy_with({})->tap.trust.empty());
  const auto options = proxy_with({"--trust", "10.0.0.0/8", "--trust", "fd00::/8"});
  REQUIRE(options);
  CHECK(options->tap.trust.hold(*ip_address_of("10.1.2.3")));
  CHECK(options->tap.trust.hold(*ip_address_of("fd00::1")));
  CHECK_FALSE(options->tap.trust.hold(*ip_address_of("192.0.2.1")));
}

TEST_CASE("--trust: what is no network is refused") {
  for (const char* text : {"10.0.0.0/33", "localhost", "", "10.0.0.1:80"})
    CHECK(contains(refusal({"--trust", text}),
                   "--trust '" + std::string(text) + "' is no network; write it as"));
}

TEST_CASE("--forward-for and --send-proxy: upstreams are told nothing by default") {
  CHECK_FALSE(proxy_with({})->naming.any());
  CHECK(proxy_with({"--forward-for"})->naming.forward_for);
  CHECK(proxy_with({"--send-proxy"})->naming.send_proxy == PreambleVersion::V1);
  CHECK(proxy_with({"--send-proxy", "v1"})->naming.send_proxy == PreambleVersion::V1);
  CHECK(proxy_with({"--send-proxy", "v2"})->naming.send_proxy == PreambleVersion::V2);
  CHECK(proxy_with({"--send-proxy", "--quiet"})->naming.send_proxy == PreambleVersion::V1);
  CHECK(
      contains(refusal({"--send-proxy", "v3"}), "--send-proxy 'v3' is unknown; there are: v1, v2"));
}

TEST_CASE("--upstream: several are kept in order, and each needs to be another") {
  const auto options = proxy_with({"--upstream", "http://b:1", "--upstream", "http://[::1]:2"});
  REQUIRE(options);
  CHECK(options->upstreams.names() == Words{"127.0.0.1:3000", "b:1", "[::1]:2"});
  CHECK(options->upstreams.balance == BalancePolicy::Sticky);
  CHECK(contains(refusal({"--upstream", "http://127.0.0.1:3000/"}), "is given twice"));
  Words many;
  for (int i = 0; i < 64; ++i)
    many.insert(many.end(), {"--upstream", "http://a:" + std::to_string(i + 1)});
  CHECK(contains(refusal(many), "65 times; 64 are the most"));
}

TEST_CASE("--upstream: one has no name in reports") {
  CHECK(proxy_with({})->upstreams.names().empty());
}

TEST_CASE("--upstream: several https servers are each verified by their own name") {
  const Words one{"--listen", "127.0.0.1:0", "--upstream", "https://a:1"};
  Words two = one;
  two.insert(two.end(), {"--upstream", "wss://b:1"});
  const auto options = parse_proxy(two, kKnown, std::chrono::year(2026) / 5 / 17);
  REQUIRE(options);
  CHECK(options->upstreams.names() == Words{"a:1", "b:1"});
  REQUIRE(options->tls.upstream);
  CHECK(options->tls.upstream->name.empty());
  CHECK(contains(refusal({"--upstream", "https://b:1"}), "not all http or all https"));
}

TEST_CASE("--balance: the policies by name, where there is something to choose from") {
  const auto policy = [](const char* name) {
    return proxy_with({"--upstream", "http://b:1", "--balance", name})->upstreams.balance;
  };
  CHECK(policy("sticky") == BalancePolicy::Sticky);
  CHECK(policy("round-robin") == BalancePolicy::RoundRobin);
  CHECK(policy("random") == BalancePolicy::Random);
  CHECK(contains(refusal({"--upstream", "http://b:1", "--balance", "best"}),
                 "--balance 'best' is unknown; there are: sticky, round-robin, random"));
  CHECK(contains(refusal({"--balance", "random"}), "nothing to choose from"));
}

TEST_CASE("config: the file has them under the same names") {
  const auto options = configured(
      "trust = [\"10.0.0.0/8\", \"127.0.0.1\"]\nforward-for = true\nsend-proxy = \"v2\"\n");
  REQUIRE(options);
  CHECK(options->tap.trust.hold(*ip_address_of("127.0.0.1")));
  CHECK(options->naming.forward_for);
  CHECK(options->naming.send_proxy == PreambleVersion::V2);
  CHECK(configured("send-proxy = true\n")->naming.send_proxy == PreambleVersion::V1);
  CHECK_FALSE(configured("send-proxy = false\n")->naming.send_proxy);
}
