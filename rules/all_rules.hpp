#pragma once

#include "rules/ack/unanswered.hpp"
#include "rules/ack/unknown_or_twice.hpp"
#include "rules/duplicate/buffered_flush.hpp"
#include "rules/duplicate/fan_out_times_n.hpp"
#include "rules/duplicate/not_on_the_wire.hpp"
#include "rules/duplicate/recovery_redelivery.hpp"
#include "rules/duplicate/reply_amplification.hpp"
#include "rules/duplicate/retry.hpp"
#include "rules/duplicate/same_id.hpp"
#include "rules/duplicate/same_offset.hpp"
#include "rules/handshake/cors.hpp"
#include "rules/handshake/protocol_version.hpp"
#include "rules/handshake/rejected.hpp"
#include "rules/handshake/unknown_sid.hpp"
#include "rules/handshake/upgrade_header_lost.hpp"
#include "rules/leak/connection_accumulation.hpp"
#include "rules/leak/connection_outlives_session.hpp"
#include "rules/leak/engine_left_open.hpp"
#include "rules/leak/ghost_window.hpp"
#include "rules/leak/no_namespace.hpp"
#include "rules/leak/open_at_exit.hpp"
#include "rules/leak/superseded_session.hpp"
#include "rules/leak/upgrade_residue.hpp"
#include "rules/protocol/attachment_mismatch.hpp"
#include "rules/protocol/crashing_packet.hpp"
#include "rules/protocol/malformed_packet.hpp"
#include "rules/protocol/wrong_namespace.hpp"
#include "rules/recovery/failed.hpp"
#include "rules/recovery/impossible.hpp"
#include "rules/rule_set.hpp"
#include "rules/storm/reconnect_loop.hpp"
#include "rules/storm/reconnect_storm.hpp"
#include "rules/transport/idle_cut.hpp"
#include "rules/transport/never_upgraded.hpp"
#include "rules/transport/payload_too_big.hpp"
#include "rules/transport/ping_timeout.hpp"
#include "rules/transport/poll_overlap.hpp"

namespace rules {

/// Every rule, by hand, in the order in which they are listed and see a fact: what reads the
/// AckBooks stands before ack/unanswered, which keeps them. Two more work hand in hand with the
/// lineage and stand in analysis.cpp: leak/orphan-after-parse-error and duplicate/over-orphan.
using AllRules = RuleSet<                                                       //
    leak::SupersededSession, leak::ConnectionAccumulation, leak::NoNamespace,   //
    leak::EngineLeftOpen, leak::OpenAtExit,                                     //
    duplicate::SameOffset, duplicate::SameId, duplicate::FanOutTimesN,          //
    duplicate::RecoveryRedelivery, duplicate::Retry, duplicate::BufferedFlush,  //
    duplicate::ReplyAmplification, duplicate::NotOnTheWire,                     //
    ack::UnknownOrTwice, ack::Unanswered,                                       //
    protocol::MalformedPacket, protocol::AttachmentMismatch, protocol::CrashingPacket,
    protocol::WrongNamespace,  //
    recovery::Failed, recovery::Impossible,
    // Connections: how they begin ...
    handshake::UnknownSid, handshake::ProtocolVersion, handshake::UpgradeHeaderLost,
    handshake::Cors, handshake::Rejected,
    // ... how they travel ...
    transport::PingTimeout, transport::IdleCut, transport::NeverUpgraded, transport::PayloadTooBig,
    transport::PollOverlap,
    // ... what they leave behind ...
    leak::GhostWindow, leak::UpgradeResidue, leak::ConnectionOutlivesSession,
    // ... and crowds of them.
    storm::ReconnectStorm, storm::ReconnectLoop>;

}  // namespace rules
