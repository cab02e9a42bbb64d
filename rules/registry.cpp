#include "rules/registry.hpp"

#include <array>

#include "rules/duplicate/over_orphan.hpp"
#include "rules/leak/orphan_after_parse_error.hpp"
#include "rules/protocol/crashing_packet.hpp"
#include "rules/protocol/malformed_packet.hpp"

namespace rules {

std::span<const Description> registry() noexcept {
  static const std::array rules{
      leak::OrphanAfterParseError::kDescription,
      duplicate::OverOrphan::kDescription,
      protocol::MalformedPacket::kDescription,
      protocol::CrashingPacket::kDescription,
  };
  return rules;
}

const Description* find_rule(std::string_view id) noexcept {
  for (const Description& rule : registry())
    if (rule.id == id) return &rule;
  return nullptr;
}

}  // namespace rules
