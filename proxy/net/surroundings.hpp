#pragma once

#include <spdlog/logger.h>

#include <algorithm>
#include <functional>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/event_buffer.hpp"
#include "core/instant.hpp"
#include "core/tap/known_events.hpp"
#include "core/tap/tap.hpp"
#include "proxy/capture/recorder.hpp"
#include "proxy/net/bounds.hpp"
#include "proxy/net/complaint.hpp"
#include "proxy/net/counters.hpp"
#include "proxy/net/encryption.hpp"
#include "proxy/net/limits.hpp"
#include "proxy/net/naming.hpp"
#include "proxy/net/poller.hpp"
#include "proxy/net/reads.hpp"
#include "proxy/net/tunnel.hpp"
#include "proxy/net/upstreams.hpp"
#include "proxy/observe/clock.hpp"
#include "proxy/observe/event_ring.hpp"

namespace proxy::net {

/// What the tunnels of one loop share. Belongs to the loop; used on its thread only.
struct Surroundings {
  Poller& poller;
  Upstreams upstreams;
  Naming naming;
  core::inflate::Budget inflate_budget;  ///< of this loop's taps
  core::tap::KnownEvents known_events;   ///< likewise
  core::tap::Settings tap_settings;      ///< for this loop's taps
  const Bounds& bounds;
  Places& places;
  observe::EventRing& ring;
  capture::Recorder* recorder;  ///< nullptr: nothing is recorded
  const std::function<void()>& wake_observer;
  spdlog::logger& log;
  Counters& counters;

  std::unique_ptr<Encryption> encryption;  ///< null: there is no TLS on either side
  Reads reads;                             ///< forwarded, and not yet shown to their taps
  core::EventBuffer events;
  std::string rewritten;  ///< what goes to an upstream instead of a read, where they differ
  Complaint upstream_complaint;
  Complaint naming_complaint;
  std::list<Tunnel> tunnels;
  std::list<Tunnel> over;         ///< ended in this turn
  std::vector<Tunnel*> arrived;   ///< of `tunnels`: accepted in this turn, not yet connecting
  std::vector<Tunnel*> going_on;  ///< of `tunnels`: filled the buffer, and may have more to read
  bool asleep = false;            ///< the ring was told that the loop polls
  core::Instant latest{};         ///< that read_clock() told

  /// The instant for what was just read: later than all before, so that the observer may go
  /// through those to the last. Tells the ring first that the loop is up, if it has not been told.
  [[nodiscard]] core::Instant read_clock() noexcept {
    if (asleep) {
      asleep = false;
      ring.woke_up();
      if (recorder != nullptr) recorder->woke_up();
    }
    latest = std::max(observe::now(), latest + core::Duration(1));
    return latest;
  }
  /// The loop is about to poll, and holds nothing that it has not handed on.
  void falls_asleep() noexcept {
    if (std::exchange(asleep, true)) return;
    ring.falls_asleep();
    if (recorder != nullptr) recorder->falls_asleep();
  }
  /// To be shown to its tap before the turn ends, when all that is ready is on its way.
  void show_later(const Reads::Read& read) {
    reads.keep(read);
    if (reads.full()) catch_up();
  }
  /// Shows the taps what was forwarded.
  void catch_up() {
    if (reads.empty()) return;
    for (const Reads::Read& read : reads.waiting()) read.tunnel->show(read);
    ring.set_low_water(reads.waiting().back().at + core::Duration(1));
    reads.clear();
  }
  /// Hands the events of one read to the observer: one publication, however many.
  void publish() {
    if (!events.empty()) {
      ring.publish(events.bytes());
      if (ring.wants_wake()) wake_observer();
    }
    events.clear();
  }
  /// Where to read to, until the next read is kept.
  [[nodiscard]] std::span<char> buffer() const noexcept { return reads.room(); }
};

}  // namespace proxy::net
