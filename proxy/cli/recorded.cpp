#include "proxy/cli/recorded.hpp"

#include <utility>
#include <variant>

#include "core/replay/session_reader.hpp"
#include "proxy/cli/judging_options.hpp"
#include "proxy/cli/playback.hpp"

namespace proxy::cli {
namespace {

/// Items between two looks at whose the sessions are: they are forgotten minutes after their end.
constexpr std::uint64_t kItemsPerLook = 1024;

/// A copy whose bytes may be overwritten.
void read_copy(core::replay::SessionReader& reader, const core::capture::Item& item) {
  const auto* const bytes = std::get_if<core::capture::Bytes>(&item.what);
  if (bytes == nullptr) return reader.read(item);
  std::string copy(bytes->bytes.begin(), bytes->bytes.end());
  reader.read({item.at, item.connection, core::capture::Bytes{bytes->direction, copy}});
}

}  // namespace

Recorded read_recorded(CaptureFiles& files, const JudgingOptions& options,
                       const std::function<void(const std::string&)>& say) {
  Recorded recorded;
  std::map<std::uint32_t, rules::Finding> findings;
  core::tap::Settings settings = options.tap;
  settings.hash_key = files.hash_key();
  Playback playback(settings, rules_settings(options), "",
                    [&](const rules::Record& record) { keep_record(record, findings); });
  core::replay::SessionReader reader(options.tap.http.path_prefix);
  std::map<std::string, core::ClientId> client_of;
  const auto look = [&] {
    for (auto& [sid, client] : playback.clients()) client_of[sid] = client;
    for (const CaptureFiles::Problem& problem : files.take_problems()) {
      say(problem.text);
      recorded.damaged = recorded.damaged || problem.hides_traffic;
    }
  };

  core::capture::Recording& recording = files.recording();
  for (std::uint64_t items = 0; const auto item = recording.next(); ++items) {
    read_copy(reader, *item);
    static_cast<void>(playback.play(*item));
    if (items % kItemsPerLook == 0) look();
  }
  look();
  const core::Instant end = recording.end().at;
  playback.finish(end, recording.end().command_ended);
  recorded.side.tally = playback.tally();
  for (auto& [number, finding] : findings) recorded.side.findings.push_back(std::move(finding));
  recorded.sessions = reader.take();
  if (!recorded.sessions.empty())
    recorded.scripts = core::replay::scripts_of(recorded.sessions, client_of, end);
  return recorded;
}

void keep_record(const rules::Record& record, std::map<std::uint32_t, rules::Finding>& findings) {
  if (const auto* finding = std::get_if<rules::Finding>(&record))
    findings[finding->number] = *finding;
  else
    findings.erase(std::get<rules::Withdrawn>(record).number);
}

}  // namespace proxy::cli
