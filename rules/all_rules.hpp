#pragma once

#include "rules/leak/engine_left_open.hpp"
#include "rules/leak/no_namespace.hpp"
#include "rules/protocol/crashing_packet.hpp"
#include "rules/protocol/malformed_packet.hpp"
#include "rules/rule_set.hpp"

namespace rules {

/// Every rule, by hand, in the order in which they are listed and see a fact. Two more work hand
/// in hand with the lineage and stand in analysis.cpp: leak/orphan-after-parse-error and
/// duplicate/over-orphan.
using AllRules = RuleSet<leak::NoNamespace, leak::EngineLeftOpen, protocol::MalformedPacket,
                         protocol::CrashingPacket>;

}  // namespace rules
