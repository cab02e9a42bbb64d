#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every limit of ours, with its reason. Reaching one is an event that reports carry as
/// `unobserved` (or a sentence at start-up), never a change to the traffic.
namespace core::limits {

using namespace std::chrono_literals;

// --- What a tap holds of one connection ---

/// The longest WebSocket message, and the longest packet of a polling payload, that is decoded.
/// Stock servers refuse more than 1 MB from a client; 16 MiB leaves room for what they send.
inline constexpr std::size_t kMessageBytesMax = std::size_t{16} << 20;
/// Text that one compressed body, or one compressed WebSocket message, is inflated to. A message
/// over kMessageBytesMax is not kept, but later ones may refer to it, so it is inflated on, into
/// nowhere, up to here: this bounds time, about 0.1 s. Deflate makes at most 1032 bytes of one, and
/// a payload of repeated events can honestly come near, so no ratio tells a bomb from it.
inline constexpr std::size_t kInflatedBytesMax = std::size_t{64} << 20;
/// What the inflate streams of all WebSockets of a process may take together, 39 KiB each with
/// stock windows, and two a connection: some 6,500 connections that compress both ways. Beyond, a
/// connection's messages go unobserved. Compression is off in stock servers since socket.io 3.
inline constexpr std::size_t kInflateBytesMax = std::size_t{512} << 20;
/// Header bytes kept of one request or response head: cookies and tokens together rarely pass 4
/// KiB.
inline constexpr std::size_t kHeadBytesMax = 8 << 10;
/// Requests that may wait for their response on one connection. Browsers do not pipeline, and
/// Node's server takes requests one by one; this leaves room for load generators.
inline constexpr std::size_t kPipelinedRequestsMax = 32;
/// Client bytes held back while an upgrade is undecided: a first message or two.
inline constexpr std::size_t kEarlyBytesMax = 64 << 10;
/// A message or polling payload over this is told on its own, so that what was refused for its size
/// can be named. Stock servers take 1 MB, some are told to take less; decoding so much costs a
/// hundred times what telling it does.
inline constexpr std::size_t kLargeBytes = 8 << 10;
/// Bytes of a packet that travel with its event, for reports. The contract's number.
inline constexpr std::size_t kExcerptBytesMax = 256;
/// Nesting of a msgpack packet that is followed. notepack.io recurses and overflows Node's stack at
/// some 4,000 levels; what people send has five.
inline constexpr std::size_t kMsgpackDepthMax = 1'024;
/// Values of a msgpack packet that are held at once when its keys are so odd (`__proto__`, arrays)
/// that only a tree tells what JavaScript makes of them. No stock encoder writes such keys.
inline constexpr std::size_t kMsgpackOddValuesMax = 10'000;
/// Attachments of one binary packet, as in socket.io-parser 4.2.6 and later.
inline constexpr std::uint32_t kAttachmentsMax = 10;

/// What a CONNECT of socket.io-msgpack-parser may carry, as JSON, to be looked into: a token or
/// two. More is known by its hash alone.
inline constexpr std::size_t kMsgpackConnectBytesMax = 4 << 10;

/// A CONNECT packet that is looked through for secrets on its way into a capture; a longer one is
/// hidden whole. A token or two.
inline constexpr std::size_t kConnectBytesMax = 64 << 10;

// --- From a loop to the observer ---

/// Event ring of one I/O loop. A 60-byte message takes about 128 bytes in it, so this holds some
/// 30,000 messages: over ten milliseconds at two million messages a second.
inline constexpr std::size_t kEventRingBytes = std::size_t{4} << 20;

// --- What the observer remembers ---

/// Sessions remembered after they ended, so that a successor can be told from a newcomer: as long
/// as the longest back-off of a stock client after a server restart, several times over.
inline constexpr auto kClosedSessionMemory = 2min;
/// ... while memory is short (`--memory-max`): a stock client's longest back-off, and the way.
inline constexpr auto kClosedSessionMemoryShort = 15s;
/// ... and how many of them at most.
inline constexpr std::size_t kClosedSessionsMax = 20'000;
/// Departures, in time, that may explain who comes: more than there can be sessions that are
/// remembered, since a client's back-off may outlast them where many come and go.
inline constexpr std::size_t kDeparturesMax = 100'000;
/// Live sessions; past it new ones go unobserved.
inline constexpr std::size_t kLiveSessionsMax = 200'000;
/// Namespaces followed in one session.
inline constexpr std::size_t kNamespacesMax = 256;
/// Events by name (namespace, name, direction) counted one by one; later names count as `other`.
inline constexpr std::size_t kTopicsMax = 4'096;
/// Evidence frames listed by one finding.
inline constexpr std::size_t kEvidenceMax = 12;
/// Findings of one rule about what has no session, such as refused requests, told apart by what was
/// refused and why: a handful in practice.
inline constexpr std::size_t kSubjectsMax = 100;
/// Findings kept for the closing verdict and the admin API; more are still written and counted.
inline constexpr std::size_t kFindingsMax = 10'000;

// --- What a reader of captures holds ---

/// The longest packet, or block around one, of a capture. Wireshark's own bound is 256 KiB, and
/// segmentation offload makes packets of 64 KiB; this leaves room, and a length past it is damage.
inline constexpr std::size_t kCapturedPacketBytesMax = std::size_t{16} << 20;
/// A HAR or a file of mitmproxy, which are held whole: browsers write some 100 MB at most.
inline constexpr std::size_t kExchangeFileBytesMax = std::size_t{1} << 30;
/// What is wrong with one file of a capture, told one by one.
inline constexpr std::size_t kCaptureProblemsMax = 20;
/// TCP connections followed at once in a capture. A proxy has 9,000 under its descriptor limit, a
/// busy machine that was captured whole some ten times as many.
inline constexpr std::size_t kCapturedConnectionsMax = 100'000;
/// Bytes of one direction that wait for others to come before them. Linux gives a connection 6 MB
/// to receive in (tcp_rmem), so nobody sends more ahead of a loss.
inline constexpr std::size_t kReorderBytesMax = std::size_t{8} << 20;
/// ... and pieces of them: segments of a byte each would otherwise cost fifty times that.
inline constexpr std::size_t kReorderPiecesMax = 16'384;
/// IP datagrams that wait for their fragments. TCP avoids fragments, so seldom one.
inline constexpr std::size_t kFragmentedDatagramsMax = 64;
/// A hole whose bytes the receiver has acknowledged is filled by then or never: packets of several
/// queues or interfaces stand in a capture a few milliseconds out of order.
inline constexpr auto kReorderPatience = 250ms;
/// How far what is read from captures may be out of order and is sorted: over the patience.
inline constexpr auto kSortWindow = 1s;
/// ... and the bytes that may wait in it: a second at half a gigabit.
inline constexpr std::size_t kSortBytesMax = std::size_t{64} << 20;
/// A closed connection's late and repeated segments are known by it for so long: TIME_WAIT.
inline constexpr auto kClosedConnectionMemory = 60s;
/// Segments of a connection joined mid-stream that are looked at before it is nobody's: heartbeats
/// alone come every 25 s, each two segments.
inline constexpr std::size_t kJoinedSegmentsMax = 1'000;

// --- Times that judge ---

/// A session that has been open for so long has settled: stock servers give a client 45 s
/// (`connectTimeout`) to join a namespace, and 10 s (`upgradeTimeout`) to change its transport.
inline constexpr auto kSettledAge = 40s;
/// How long after its poison packet (or its close) a client may come back. Stock clients draw
/// the first delay from 0.5 s to 1.5 s and never wait more than 5 s (`reconnectionDelayMax`); 1 s
/// for the way.
inline constexpr auto kBackOffWindow = 6s;
/// A suspect must outlive its successor's CONNECT by this to be a candidate. Clients that close do
/// so 2 to 10 ms after the poison packet, before they even schedule the reconnect.
inline constexpr auto kOverlapGrace = 1s;
/// Packets that were on their way when the poison packet arrived are no sign of tolerance: twice
/// the session's measured round trip, within these bounds.
inline constexpr auto kInFlightMin = 50ms;
inline constexpr auto kInFlightMax = 1s;
/// Two copies of one broadcast reach two sessions of a client within this. A poll may have to
/// come back first.
inline constexpr auto kCopyWindow = 1s;

}  // namespace core::limits
