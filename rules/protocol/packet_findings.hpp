#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "core/session/fact.hpp"
#include "rules/book.hpp"
#include "rules/registry.hpp"

namespace rules::protocol {

/// The findings of a rule about single packets: one a session and direction, `count` says how
/// often, and the packets are its evidence. What is seen is certain: the packet itself is the
/// proof.
class PacketFindings {
 public:
  PacketFindings(Book& book, const Description& rule) : book_(book), rule_(rule) {}

  /// A packet is at fault. `summary` is that of the first one.
  void add(const core::session::Fact& fact, std::string summary);
  /// The session is over: its findings grow no more.
  void closed(core::SessionId session);

 private:
  Book& book_;
  const Description& rule_;
  std::unordered_map<std::uint64_t, std::uint32_t> findings_;  ///< by session and direction
};

}  // namespace rules::protocol
