#include "proxy/cli/identity_options.hpp"

#include <CLI/CLI.hpp>

namespace proxy::cli {

using core::address::PreambleVersion;

void add_trust_option(CLI::App& app, std::vector<std::string>& written) {
  app.add_option("--trust", written,
                 "a load balancer, as 10.0.0.0/8 or an address, whose PROXY preamble and "
                 "X-Forwarded-For are believed (repeatable)")
      ->type_name("CIDR")
      ->allow_extra_args(false);
}

tl::expected<core::address::Networks, std::string> read_trust(
    const std::vector<std::string>& written) {
  core::address::Networks trust;
  for (const std::string& text : written) {
    const auto network = core::address::network_of(text);
    if (!network)
      return tl::unexpected("--trust '" + text +
                            "' is no network; write it as 10.0.0.0/8, 2001:db8::/32 or an address");
    trust.add(*network);
  }
  return trust;
}

void add_naming_options(CLI::App& app, WrittenNaming& written) {
  app.add_flag("--forward-for", written.forward_for,
               "tell the server who its client is: add the client's address to each request's "
               "X-Forwarded-For");
  app.add_option("--send-proxy", written.send_proxy,
                 "... with a PROXY preamble, v1 or v2, ahead of each connection [v1]")
      ->type_name("VERSION")
      ->expected(0, 1);
}

tl::expected<net::Naming, std::string> read_naming(const WrittenNaming& written) {
  net::Naming naming{.forward_for = written.forward_for};
  if (written.send_proxy.empty()) return naming;
  // Without a value, the command line has nothing here and a configuration file `true`.
  const std::string& version = written.send_proxy.front();
  if (version == "v2")
    naming.send_proxy = PreambleVersion::V2;
  else if (version.empty() || version == "v1" || version == "true")
    naming.send_proxy = PreambleVersion::V1;
  else if (version != "false")
    return tl::unexpected("--send-proxy '" + version + "' is unknown; there are: v1, v2");
  return naming;
}

}  // namespace proxy::cli
