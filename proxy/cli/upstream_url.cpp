#include "proxy/cli/upstream_url.hpp"

#include <algorithm>
#include <cctype>
#include <string>

namespace proxy::cli {

tl::expected<HostPort, UpstreamErrc> parse_upstream_url(std::string_view text) {
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return tl::unexpected(UpstreamErrc::NoScheme);

  std::string scheme(text.substr(0, scheme_end));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (scheme == "https" || scheme == "wss") return tl::unexpected(UpstreamErrc::Https);
  if (scheme != "http" && scheme != "ws") return tl::unexpected(UpstreamErrc::OtherScheme);

  std::string_view authority = text.substr(scheme_end + 3);
  const std::size_t path_at = authority.find_first_of("/?#");
  if (path_at != std::string_view::npos && authority.substr(path_at) != "/")
    return tl::unexpected(UpstreamErrc::HasPath);
  authority = authority.substr(0, path_at);

  auto address = parse_host_port(authority);
  if (!address && address.error() == HostPortErrc::NoPort && !authority.ends_with(':'))
    address = parse_host_port(std::string(authority) + ":80");
  if (!address || address->port == 0) return tl::unexpected(UpstreamErrc::BadAddress);
  return *address;
}

}  // namespace proxy::cli
