#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/net/address.hpp"

namespace proxy::admin {

/// Who may ask the admin server.
struct Access {
  std::string token = {};               ///< empty: none is asked for
  std::vector<std::string> hosts = {};  ///< names it may be asked under, beside its own
};

/// Stands before every request to the admin server.
///
/// **Host.** A page of a stranger can have its own name point at our address (DNS rebinding), and
/// then its script may read our answers. Its requests carry that name as Host. So the name must be
/// one of ours: `localhost`, what `--admin` and `--admin-host` name, or any IP address, which
/// nobody can rebind: kubelet probes a pod by its address. A request without a Host is no
/// browser's.
///
/// **Origin.** A page of a stranger may also post to our address, unable to read what comes back.
/// Browsers say whose page it is; it has to be ours.
///
/// **Token.** `Authorization: Bearer TOKEN`, where there is one. Probes need none: what they read
/// discloses nothing.
class Guard {
 public:
  /// @param asked_for What `--admin` says, be it a name or an address.
  Guard(Access access, const net::Endpoint& asked_for);

  enum class Answer : std::uint8_t { Pass, UnknownHost, ForeignPage, NoToken };
  struct Request {
    std::string_view path;
    std::vector<std::string_view> hosts;  ///< every Host that it brings
    std::string_view origin;
    std::string_view authorization;
  };
  [[nodiscard]] Answer judge(const Request& request) const;

 private:
  [[nodiscard]] bool knows(std::string_view host) const;
  [[nodiscard]] bool has_token(std::string_view authorization) const;

  Access access_;
};

/// Whether others than this machine can connect there: unless all that its host stands for is
/// loopback. A name that is not known can be reached by nobody.
[[nodiscard]] bool others_can_reach(const net::Endpoint& endpoint);

/// Whether the two are equal. How long it takes tells nothing but the length of `given`.
[[nodiscard]] bool equal_in_constant_time(std::string_view given, std::string_view secret) noexcept;

}  // namespace proxy::admin
