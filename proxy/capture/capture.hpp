#pragma once

#include <spdlog/logger.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <tl/expected.hpp>
#include <vector>

#include "core/disguise/disguise.hpp"
#include "core/instant.hpp"
#include "proxy/capture/capture_file.hpp"
#include "proxy/capture/notes.hpp"
#include "proxy/capture/piece.hpp"
#include "proxy/capture/recorder.hpp"
#include "proxy/capture/strands.hpp"
#include "proxy/observe/merge.hpp"
#include "proxy/observe/sleeper.hpp"

namespace proxy::capture {

struct CaptureSettings {
  Rotation rotation;
  Secrets secrets = Secrets::Pseudonyms;
  std::string socketio_path;  ///< what is not below it is hidden
  std::size_t loops = 1;
  core::Duration to_epoch{};  ///< what is added to an instant for the time since the Unix epoch
  std::string application;    ///< `sioscope 0.1.0`, for the file's head
  spdlog::logger& log;        ///< outlives it
};

/// What has become of the capture so far.
struct CaptureCounts {
  std::uint64_t written = 0;       ///< records
  std::uint64_t lost_in_ring = 0;  ///< came faster than they could be taken
  std::uint64_t lost_on_disk = 0;  ///< the disk did not take them
  std::uint64_t hidden = 0;        ///< connections that were not recorded further: bytes of theirs
                                   ///< were lost, and with them where secrets stand
};

/// The thread that records what passes: it merges what the loops copied into one ordered stream,
/// hides secrets, and writes it as pcapng. It never makes a loop wait; what it cannot take is
/// dropped, counted and told.
class Capture {
 public:
  /// Makes the file. Errors: errno.
  [[nodiscard]] static tl::expected<std::unique_ptr<Capture>, int> start(CaptureSettings settings);
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  /// The end of one loop, for its thread.
  [[nodiscard]] Recorder& recorder(std::size_t loop) noexcept { return *recorders_[loop]; }
  /// Findings become comments of their packets, once a file is whole. From any thread.
  void note(const rules::Record& record);
  /// From any thread.
  [[nodiscard]] CaptureCounts counts() const noexcept;
  /// After the loops stopped: writes what is left, notes `end` as the end of the recording, adds
  /// the comments, joins the thread. Call it once.
  /// @param command_ended When the watched command did; default: there was none.
  void finish(core::Instant end, core::Instant command_ended = {});

 private:
  Capture(CaptureSettings settings, CaptureFile file);
  void run();
  /// Takes what is there, in order; true when there was any.
  bool drain(core::Instant now);
  void write_out(core::Instant now);
  void annotate_all();
  void annotate_in_background(const CaptureFile::Written& file);

  CaptureSettings settings_;
  CaptureFile file_;
  std::function<void()> wake_loops_;  ///< what recorders call
  observe::Rings<Piece> rings_;
  std::vector<std::unique_ptr<Recorder>> recorders_;
  std::unique_ptr<core::disguise::Settings> disguise_;
  Strands strands_;

  core::Instant begin_;
  core::Instant reached_{};     ///< everything before it was taken
  core::Instant written_at_{};  ///< when the last blocks went out
  std::uint64_t records_ = 0;   ///< in the blocks that have not
  std::atomic<std::uint64_t> written_ = 0;
  std::atomic<std::uint64_t> lost_on_disk_ = 0;
  bool disk_complained_ = false;
  bool ring_complained_ = false;

  std::mutex notes_mutex_;
  Notes notes_;
  std::vector<std::pair<std::string, std::vector<Note>>> annotated_;  ///< files, and with what
  std::thread annotator_;

  observe::Sleeper sleeper_;
  std::thread thread_;
};

}  // namespace proxy::capture
