#include "proxy/cli/admin_options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "proxy/cli/judging_options.hpp"

namespace proxy::cli {
namespace {

/// A secret of 256 bits is 64 digits; signed ones are a few hundred letters.
constexpr std::size_t kTokenBytesMax = 4'096;

/// What may stand in a header behind `Bearer`.
bool is_token(const std::string& text) {
  return !text.empty() && text.size() <= kTokenBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

tl::expected<std::string, std::string> read_token_file(const std::string& path) {
  const std::string what = "--admin-token-file '" + path + "'";
  std::ifstream file(path, std::ios::binary);
  std::array<char, kTokenBytesMax + 2> buffer;  // And the end of its line.
  errno = 0;
  file.read(buffer.data(), buffer.size());
  if (!file.is_open() || file.bad() || (file.gcount() == 0 && errno != 0))
    return refuse(what + " cannot be read: " + std::strerror(errno == 0 ? EIO : errno) +
                  "; name a file that holds the token and nothing else");
  std::string token(buffer.data(), static_cast<std::size_t>(file.gcount()));
  while (!token.empty() && std::strchr(" \t\r\n", token.back()) != nullptr) token.pop_back();
  if (!is_token(token))
    return refuse(what +
                  " holds no token; write letters, digits and signs into it, without spaces, as "
                  "`openssl rand -hex 32` makes them");
  return token;
}

tl::expected<std::string, std::string> token_of(const WrittenAdmin& written) {
  if (!written.token_file.empty()) return read_token_file(written.token_file);
  const char* const variable = std::getenv(kAdminTokenVariable);
  std::string token = variable == nullptr ? "" : variable;
  if (!token.empty() && !is_token(token))
    return refuse(std::string(kAdminTokenVariable) +
                  " holds no token; it may have no spaces, and 4096 letters at most");
  return token;
}

}  // namespace

void add_admin_options(CLI::App& app, WrittenAdmin& written) {
  app.add_option("--admin", written.address,
                 "serve /healthz /readyz /metrics /api/findings /api/verdict there, and take POST "
                 "/marks /assert /reset")
      ->type_name("HOST:PORT");
  app.add_option("--admin-token-file", written.token_file,
                 "who asks needs the token of this file, or of $SIOSCOPE_ADMIN_TOKEN; a must "
                 "where --admin is not loopback")
      ->type_name("FILE");
  app.add_option("--admin-host", written.hosts,
                 "a further name that --admin is asked under, such as a service's (repeatable)")
      ->type_name("NAME")
      ->allow_extra_args(false);
}

tl::expected<std::optional<AdminOptions>, std::string> read_admin(const WrittenAdmin& written) {
  if (written.address.empty()) {
    if (!written.token_file.empty() || !written.hosts.empty())
      return refuse(
          std::string(written.token_file.empty() ? "--admin-host" : "--admin-token-file") +
          " says who may ask the admin server, and there is none; add --admin "
          "127.0.0.1:9100");
    return std::optional<AdminOptions>();
  }
  AdminOptions options;
  const auto address = net::parse_endpoint(written.address);
  if (!address) return refuse("--admin: " + address.error().sentence);
  options.address = *address;

  auto token = token_of(written);
  if (!token) return tl::unexpected(token.error());
  if (token->empty() && admin::others_can_reach(options.address))
    return refuse("--admin " + in_quotes(written.address) +
                  " can be reached by others, who would read findings and reset verdicts; give "
                  "them a token with --admin-token-file FILE or " +
                  kAdminTokenVariable + ", or serve 127.0.0.1");
  for (const std::string& host : written.hosts)
    if (host.empty() || host.find_first_of(":/ \t") != std::string::npos)
      return refuse("--admin-host " + in_quotes(host) +
                    " is no host name; write it without scheme and port, as in --admin-host "
                    "sioscope.prod.svc");
  options.access = {.token = std::move(*token), .hosts = written.hosts};
  return options;
}

}  // namespace proxy::cli
