#pragma once

#include <cstdint>
#include <unordered_map>

#include "core/session/fact.hpp"
#include "rules/book.hpp"
#include "rules/registry.hpp"

namespace rules::protocol {

/// protocol/malformed-packet: the receiver's official parser throws at a packet. One finding a
/// session and direction; `count` says how often.
class MalformedPacket {
 public:
  static const Description kDescription;

  explicit MalformedPacket(Book& book) : book_(book) {}
  /// Fact kind Malformed.
  void observe(const core::session::Fact& fact);
  /// The session is forgotten or closed: its findings grow no more.
  void closed(core::SessionId session);

 private:
  Book& book_;
  std::unordered_map<std::uint64_t, std::uint32_t> findings_;  ///< by session and direction
};

}  // namespace rules::protocol
