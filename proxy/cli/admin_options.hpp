#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "proxy/admin/guard.hpp"
#include "proxy/net/address.hpp"

namespace CLI {
class App;
}

namespace proxy::cli {

/// The variable that `--admin-token-file` can do without, and in which `check` tells its command.
inline constexpr const char* kAdminTokenVariable = "SIOSCOPE_ADMIN_TOKEN";

/// `--admin` and what goes with it, as written.
struct WrittenAdmin {
  std::string address;
  std::string token_file;
  std::vector<std::string> hosts;
};

/// The same, checked.
struct AdminOptions {
  net::Endpoint address;
  admin::Access access;
};

void add_admin_options(CLI::App& app, WrittenAdmin& written);
/// Nothing: there is to be no admin server. Reads the token from its file, else from the variable.
/// Errors: a sentence; an address that others can reach needs a token.
[[nodiscard]] tl::expected<std::optional<AdminOptions>, std::string> read_admin(
    const WrittenAdmin& written);

}  // namespace proxy::cli
