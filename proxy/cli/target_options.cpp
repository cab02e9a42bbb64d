#include "proxy/cli/target_options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>

#include "core/client/socketio_packet.hpp"
#include "core/json/json.hpp"

namespace proxy::cli {
namespace {

using core::client::Target;
namespace json = core::json;
using Sentence = std::optional<std::string>;  ///< what is wrong, if anything

Sentence read_auth(const std::vector<std::string>& parts, std::string& auth) {
  for (const std::string& part : parts) {
    std::string members;
    if (part.starts_with('{')) {
      const auto shape = json::inspect(part);
      if (!shape || shape->kind != json::Kind::Object)
        return "--auth '" + part + "' is no JSON object";
      members = core::client::array_inside(part);
    } else {
      const auto equals = part.find('=');
      if (equals == std::string::npos || equals == 0)
        return "--auth '" + part + "' is neither a JSON object nor NAME=VALUE";
      members = core::client::json_string(part.substr(0, equals)) + ':' +
                core::client::json_string(part.substr(equals + 1));
    }
    if (!members.empty()) auth += (auth.empty() ? "" : ",") + members;
  }
  if (!parts.empty()) auth = '{' + auth + '}';
  return std::nullopt;
}

Sentence read_headers(const std::vector<std::string>& lines, Target& target) {
  for (const std::string& line : lines) {
    const auto colon = line.find(':');
    const auto is_token = [](char c) {
      return c > ' ' && c < '\x7f' &&
             std::string_view("\"(),/:;<=>?@[\\]{}").find(c) == std::string_view::npos;
    };
    if (colon == std::string::npos || colon == 0 ||
        !std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), is_token) ||
        line.find_first_of("\r\n") != std::string::npos)
      return "--header '" + line + "' is none; write 'Name: value'";
    const auto value = line.find_first_not_of(" \t", colon + 1);
    target.headers.emplace_back(line.substr(0, colon),
                                value == std::string::npos ? "" : line.substr(value));
  }
  return std::nullopt;
}

Sentence read_query(const std::vector<std::string>& parts, std::string& query) {
  for (const std::string& part : parts) {
    if (part.empty() || part.find_first_of(" \t\r\n#") != std::string::npos)
      return "--query '" + part + "' cannot stand in a URL; encode it, as in 'name=a%20b'";
    query += (query.empty() ? "" : "&") + part;
  }
  return std::nullopt;
}

}  // namespace

void add_target_options(CLI::App& app, WrittenTarget& written) {
  app.add_option("-a,--auth", written.auth, "JSON object, or NAME=VALUE (repeatable)")
      ->allow_extra_args(false);
  app.add_option("-H,--header", written.headers, "'Name: value' for each request (repeatable)")
      ->allow_extra_args(false);
  app.add_option("-q,--query", written.query, "NAME=VALUE for each request (repeatable)")
      ->allow_extra_args(false);
  app.add_flag("-k,--insecure", written.insecure, "do not verify the server's certificate");
  app.add_option("--cacert", written.ca_file, "PEM file of certificates to trust")
      ->type_name("FILE");
}

std::optional<std::string> read_target_options(const WrittenTarget& written, Target& target,
                                               std::string& auth) {
  if (auto wrong = read_auth(written.auth, auth)) return wrong;
  if (auto wrong = read_headers(written.headers, target)) return wrong;
  return read_query(written.query, target.query);
}

client::TlsOptions tls_of(const WrittenTarget& written) {
  return {written.insecure ? client::TlsOptions::Verify::Nothing : client::TlsOptions::Verify::Peer,
          written.ca_file};
}

}  // namespace proxy::cli
