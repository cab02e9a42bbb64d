#include "proxy/capture/capture.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/capture/pcapng_writer.hpp"
#include "proxy/capture/limits.hpp"
#include "proxy/capture/pseudonyms.hpp"
#include "proxy/observe/clock.hpp"

namespace proxy::capture {
namespace {

using namespace std::chrono_literals;

/// As the observer's: a wake costs more than a look.
constexpr auto kDrainInterval = 5ms;
constexpr auto kQuietBeforeSleep = 50ms;
constexpr auto kSleepMax = 500ms;

std::string head_of(const CaptureSettings& settings) {
  std::string head;
  core::capture::pcapng::add_head(
      settings.application,
      settings.secrets == Secrets::Kept
          ? "This capture holds secrets: cookies, tokens and passwords as they were."
          : "Secrets in headers and logins are pseudonyms of the same length; what is not "
            "Socket.IO's is hidden.",
      head);
  return head;
}

}  // namespace

tl::expected<std::unique_ptr<Capture>, int> Capture::start(CaptureSettings settings) {
  auto file = CaptureFile::open(settings.rotation, head_of(settings));
  if (!file) return tl::unexpected(file.error());
  std::unique_ptr<Capture> capture(new Capture(std::move(settings), std::move(*file)));
  capture->thread_ = std::thread([one = capture.get()] { one->run(); });
  return capture;
}

Capture::Capture(CaptureSettings settings, CaptureFile file)
    : settings_(std::move(settings)),
      file_(std::move(file)),
      wake_loops_([this] { sleeper_.wake(); }),
      disguise_(settings_.secrets == Secrets::Kept
                    ? nullptr
                    : std::make_unique<core::disguise::Settings>(settings_.socketio_path,
                                                                 random_keystream())),
      strands_(disguise_.get(), settings_.to_epoch),
      begin_(observe::now()),
      notes_(settings_.to_epoch) {
  for (std::size_t i = 0; i < settings_.loops; ++i) {
    rings_.push_back(std::make_unique<PieceRing>(limits::kRingBytes));
    rings_.back()->set_low_water(begin_);
    recorders_.push_back(std::make_unique<Recorder>(*rings_.back(), wake_loops_));
  }
}

Capture::~Capture() {
  if (thread_.joinable()) finish(observe::now());
}

void Capture::run() {
  core::Instant last_piece = observe::now();
  while (true) {
    const core::Instant now = observe::now();
    if (drain(now)) last_piece = now;
    strands_.advance(now);
    const bool quiet = now - last_piece > kQuietBeforeSleep;
    if (quiet || now - written_at_ > limits::kWriteInterval) write_out(now);
    if (quiet && !observe::ask_wake(rings_)) continue;
    if (!sleeper_.wait(quiet ? core::Duration(kSleepMax) : core::Duration(kDrainInterval))) return;
  }
}

bool Capture::drain(core::Instant now) {
  const core::Instant low = std::max(observe::low_water_of(rings_, now), reached_);
  bool any = false;
  while (true) {
    const auto [ring, piece] = observe::next_of(rings_, low);
    if (piece == nullptr) break;
    strands_.take(*piece, ring->front_bytes());
    ring->pop();
    ++records_;
    any = true;
    if (strands_.blocks().size() >= limits::kWriteBytes) write_out(now);
  }
  reached_ = low;
  return any;
}

void Capture::write_out(core::Instant now) {
  written_at_ = now;
  if (!ring_complained_ && counts().lost_in_ring > 0) {
    ring_complained_ = true;
    settings_.log.error(
        "the capture cannot keep up: records are missing from it (counted in the metrics); write "
        "it to a faster disk");
  }
  if (strands_.blocks().empty()) return;
  const CaptureFile::Written before = file_.files().back();
  if (file_.write(strands_.blocks(), strands_.first(), strands_.last())) {
    written_.fetch_add(records_, std::memory_order_relaxed);
    if (file_.rotated()) annotate_in_background(before);
  } else {
    lost_on_disk_.fetch_add(records_, std::memory_order_relaxed);
    if (!std::exchange(disk_complained_, true))
      settings_.log.error("cannot write the capture file '{}': {}; records are missing from it",
                          file_.files().back().path, std::strerror(file_.error()));
  }
  records_ = 0;
  strands_.taken();
}

void Capture::note(const rules::Record& record) {
  const std::lock_guard lock(notes_mutex_);
  notes_.apply(record);
}

CaptureCounts Capture::counts() const noexcept {
  CaptureCounts counts{.written = written_.load(std::memory_order_relaxed),
                       .lost_in_ring = 0,
                       .lost_on_disk = lost_on_disk_.load(std::memory_order_relaxed),
                       .hidden = strands_.broken_off()};
  for (const auto& ring : rings_) counts.lost_in_ring += ring->lost();
  return counts;
}

void Capture::finish(core::Instant end, core::Instant command_ended) {
  if (!thread_.joinable()) return;
  sleeper_.stop();
  thread_.join();
  for (const auto& ring : rings_) ring->falls_asleep();
  const core::Instant now = observe::now();
  drain(now);
  strands_.finish();
  const CaptureCounts so_far = counts();
  std::string remark;
  if (command_ended != core::Instant{}) {
    const core::Duration at = (command_ended + settings_.to_epoch).time_since_epoch();
    remark.append(core::capture::pcapng::kCommandEnded).append(std::to_string(at.count()));
  }
  core::capture::pcapng::add_statistics({.begin = begin_ + settings_.to_epoch,
                                         .end = end + settings_.to_epoch,
                                         .received = so_far.written + records_,
                                         .dropped = so_far.lost_in_ring + so_far.lost_on_disk,
                                         .comment = remark},
                                        strands_.blocks());
  write_out(now);
  annotate_all();
}

// --- Comments ---

/// A file that is whole gets what is known by now; finish() adds what came later.
void Capture::annotate_in_background(const CaptureFile::Written& file) {
  if (annotator_.joinable()) annotator_.join();
  annotator_ = std::thread([this, path = file.path] {
    std::vector<Note> notes;
    {
      const std::lock_guard lock(notes_mutex_);
      notes = notes_.sorted();
    }
    static_cast<void>(annotate(path, notes));
    annotated_.emplace_back(path, std::move(notes));
  });
}

void Capture::annotate_all() {
  if (annotator_.joinable()) annotator_.join();
  const std::vector<Note> all = notes_.sorted();
  for (const CaptureFile::Written& file : file_.files()) {
    const auto before = std::find_if(annotated_.begin(), annotated_.end(),
                                     [&](const auto& one) { return one.first == file.path; });
    std::vector<Note> left = all;
    std::erase_if(left, [&](const Note& note) {
      return note.at < file.first || note.at > file.last ||
             (before != annotated_.end() && std::find(before->second.begin(), before->second.end(),
                                                      note) != before->second.end());
    });
    if (annotate(file.path, left) == Annotated::Failed)
      settings_.log.warn("cannot write findings as comments into '{}'; its packets are all there",
                         file.path);
  }
}

}  // namespace proxy::capture
