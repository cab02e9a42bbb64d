#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/event_buffer.hpp"
#include "core/instant.hpp"
#include "rules/book.hpp"
#include "rules/rule.hpp"
#include "rules/settings.hpp"
#include "rules/traffic.hpp"
#include "rules/verdict.hpp"

namespace rules {

/// Events in, findings out: the session tracker and every rule, as one machine. The live proxy, an
/// offline capture and a test drive it alike. It owns no clock: deadlines fall due as time is
/// passed in, each delivered at its own instant and before any later event.
class Analysis {
 public:
  explicit Analysis(const Settings& settings = {});
  ~Analysis();
  Analysis(const Analysis&) = delete;
  Analysis& operator=(const Analysis&) = delete;

  /// Events must come ordered by (at, connection, sequence).
  void observe(const core::EventView& event);
  /// No event before `now` will come any more: deadlines up to it fall due.
  void advance(core::Instant now);
  /// From now on, until told otherwise: new sessions are not followed, and what is remembered of
  /// ended ones goes sooner. What is followed is judged as ever.
  void set_short_of_memory(bool short_of_memory) noexcept;
  /// The watch ends: candidates that could not be proven become unproven findings. Nothing may
  /// follow.
  void finish(const Ending& ending);

  /// The records since the last call, oldest first.
  [[nodiscard]] std::vector<Record> take_records();
  /// Whether a suspect is still open: what `check` waits for, within its grace.
  [[nodiscard]] bool suspects() const noexcept;
  /// When every present suspect will have been proven or refuted, by its session's own heartbeat;
  /// a default Instant when there is none.
  [[nodiscard]] core::Instant suspects_settle_at() const noexcept;
  /// The suspects that are open, each as the finding that it may become.
  [[nodiscard]] std::vector<Suspect> unsettled() const;
  [[nodiscard]] Tally tally() const;
  [[nodiscard]] Traffic traffic() const noexcept;
  /// The sessions that are remembered, by their sid, and whose they are held to be, as of now.
  /// Sessions are forgotten some time after they end: who wants all asks again and again.
  [[nodiscard]] std::vector<std::pair<std::string, core::ClientId>> clients() const;
  /// Live sessions now, by transport, for metrics.
  struct Live {
    std::size_t polling = 0;
    std::size_t websocket = 0;
    std::size_t orphans = 0;
  };
  [[nodiscard]] Live live() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rules
