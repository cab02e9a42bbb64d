#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace core::client {

/// One TCP connection, as the driver of a machine numbers it. A client numbers the links it asks
/// for; a server is told the numbers of those it accepted. Never used twice.
enum class LinkId : std::uint64_t { None = 0 };

/// Connect to the peer. The driver answers with opened() or closed().
struct OpenLink {
  LinkId link = LinkId::None;
};
struct SendBytes {
  LinkId link = LinkId::None;
  std::string bytes;
};
/// End the link once what was sent before has gone. The machine has forgotten it: nothing that
/// still arrives on it concerns anybody, and closed() need not be told.
struct CloseLink {
  LinkId link = LinkId::None;
};

/// What a machine asks of whoever owns the sockets, to be done in order.
using Action = std::variant<OpenLink, SendBytes, CloseLink>;
using Actions = std::vector<Action>;

}  // namespace core::client
