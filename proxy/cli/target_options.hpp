#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/client/request.hpp"
#include "proxy/client/tls.hpp"

namespace CLI {
class App;
}

namespace proxy::cli {

/// What `connect` and `replay` say to a server beside events, as written.
struct WrittenTarget {
  std::vector<std::string> auth;
  std::vector<std::string> headers;
  std::vector<std::string> query;
  std::string ca_file;
  bool insecure = false;
};

/// `written` outlives the app.
void add_target_options(CLI::App& app, WrittenTarget& written);
/// Adds headers and query to `target`, and the members of `--auth` to `auth`, a JSON object or
/// empty. Returns what is wrong, a sentence.
[[nodiscard]] std::optional<std::string> read_target_options(const WrittenTarget& written,
                                                             core::client::Target& target,
                                                             std::string& auth);
[[nodiscard]] client::TlsOptions tls_of(const WrittenTarget& written);

}  // namespace proxy::cli
