#include "proxy/cli/upstream_options.hpp"

#include <CLI/CLI.hpp>

#include "proxy/net/limits.hpp"

namespace proxy::cli {
namespace {

tl::unexpected<std::string> refuse(std::string sentence) {
  return tl::unexpected<std::string>(std::move(sentence));
}

tl::expected<net::HttpUrl, std::string> upstream_of(const std::string& url) {
  return net::parse_http_url(url).map_error(
      [](const net::StartError& error) { return "--upstream: " + error.sentence; });
}

tl::expected<net::BalancePolicy, std::string> policy_of(const std::string& text) {
  if (text.empty() || text == "sticky") return net::BalancePolicy::Sticky;
  if (text == "round-robin") return net::BalancePolicy::RoundRobin;
  if (text == "random") return net::BalancePolicy::Random;
  return refuse("--balance '" + text + "' is unknown; there are: sticky, round-robin, random");
}

}  // namespace

std::vector<std::string> UpstreamOptions::names() const {
  std::vector<std::string> names;
  for (const net::Endpoint& each : endpoints)
    if (endpoints.size() > 1) names.push_back(each.text());
  return names;
}

void add_upstream_options(CLI::App& app, WrittenUpstreams& written) {
  app.add_option("--upstream", written.urls,
                 "the Socket.IO server, http://HOST:PORT or https://HOST:PORT; several "
                 "(repeatable) are told apart and "
                 "balanced, to see what that does to sessions")
      ->type_name("URL")
      ->allow_extra_args(false);
  app.add_option("--balance", written.balance,
                 "how each connection is given one of several upstreams: sticky (by the client's "
                 "address), round-robin or random [sticky]")
      ->type_name("POLICY");
}

tl::expected<UpstreamOptions, std::string> read_upstreams(const WrittenUpstreams& written) {
  UpstreamOptions options;
  if (written.urls.empty())
    return refuse(
        "--upstream is missing; name the Socket.IO server, as in --upstream http://127.0.0.1:3000");
  if (written.urls.size() > net::limits::kUpstreamsMax)
    return refuse("--upstream is given " + std::to_string(written.urls.size()) + " times; " +
                  std::to_string(net::limits::kUpstreamsMax) + " are the most; leave some out");
  for (const std::string& url : written.urls) {
    auto upstream = upstream_of(url);
    if (!upstream) return tl::unexpected(upstream.error());
    for (const net::Endpoint& other : options.endpoints)
      if (other.text() == upstream->endpoint.text())
        return refuse("--upstream '" + url + "' is given twice; leave one out");
    if (!options.endpoints.empty() && upstream->scheme != options.scheme)
      return refuse(
          "--upstream '" + url +
          "' and those before it are not all http or all https; name servers of one kind");
    options.scheme = upstream->scheme;
    options.endpoints.push_back(std::move(upstream->endpoint));
  }
  const auto policy = policy_of(written.balance);
  if (!policy) return tl::unexpected(policy.error());
  options.balance = *policy;
  if (!written.balance.empty() && options.endpoints.size() == 1)
    return refuse("--balance has nothing to choose from; name another --upstream, or leave it out");
  return options;
}

}  // namespace proxy::cli
