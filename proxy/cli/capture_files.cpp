#include "proxy/cli/capture_files.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>

#include "core/capture/byte_source.hpp"
#include "core/capture/packet_recording.hpp"
#include "core/capture/pcap_reader.hpp"
#include "core/capture/pcapng_reader.hpp"
#include "proxy/cli/file_source.hpp"

namespace proxy::cli {
namespace {

namespace capture = core::capture;

/// Enough to know every format, and to draw a key from.
constexpr std::size_t kStartBytes = 64 << 10;

constexpr std::string_view kWhatToDo =
    "; name captures of packets: pcapng or pcap, as tcpdump, Wireshark and sioscope write them";

std::string in_quotes(const std::string& path) {
  return path == "-" ? "standard input" : "'" + path + "'";
}

/// What a file is that cannot be read, by its first bytes.
std::string_view kind_of(std::string_view start) noexcept {
  if (start.empty()) return "is empty";
  if (start.starts_with("\x1f\x8b") || start.starts_with("\x28\xb5\x2f\xfd") ||
      start.starts_with("\xfd"
                        "7zXZ"))
    return "is compressed, so decompress it first";
  if (start.starts_with("\x34\xcd\xb2\xa1") || start.starts_with("\xa1\xb2\xcd\x34"))
    return "is a pcap file of a modified kind that is not supported; convert it with editcap";
  if (start.starts_with("snoop")) return "is a snoop file; convert it with editcap";
  return "is no capture";
}

}  // namespace

struct CaptureFiles::State {
  struct File {
    explicit File(const std::string& path_) : path(path_), source(path_), input(source) {}
    std::string path;
    FileSource source;
    capture::Input input;
    std::unique_ptr<capture::PacketSource> packets;
    bool error_told = false;
  };
  std::vector<std::unique_ptr<File>> files;
  std::unique_ptr<capture::PacketRecording> recording;
  core::Instant began{};
  std::uint64_t hash_key = 0;
};

tl::expected<CaptureFiles, std::string> CaptureFiles::open(const std::vector<std::string>& paths) {
  auto state = std::make_unique<State>();
  std::vector<capture::PacketSource*> packets;
  for (const std::string& path : paths) {
    auto& file = *state->files.emplace_back(std::make_unique<State::File>(path));
    if (file.source.error() == 0) static_cast<void>(file.input.peek(1));
    if (file.source.error() != 0)
      return tl::unexpected(in_quotes(path) + " cannot be read: " +
                            std::strerror(file.source.error()) + std::string(kWhatToDo));
    const std::string_view start = file.input.peek(kStartBytes);
    if (capture::PcapngReader::recognises(start))
      file.packets = std::make_unique<capture::PcapngReader>(file.input);
    else if (capture::PcapReader::recognises(start))
      file.packets = std::make_unique<capture::PcapReader>(file.input);
    else
      return tl::unexpected(in_quotes(path) + " " + std::string(kind_of(start)) +
                            std::string(kWhatToDo));
    state->hash_key ^= XXH3_64bits(start.data(), start.size());
    packets.push_back(file.packets.get());
  }
  state->recording = std::make_unique<capture::PacketRecording>(packets);
  state->began = state->recording->began();
  return CaptureFiles(std::move(state));
}

CaptureFiles::CaptureFiles(std::unique_ptr<State> state) : state_(std::move(state)) {}
CaptureFiles::CaptureFiles(CaptureFiles&&) noexcept = default;
CaptureFiles::~CaptureFiles() = default;

capture::Recording& CaptureFiles::recording() noexcept { return *state_->recording; }
core::Instant CaptureFiles::began() const noexcept { return state_->began; }
std::uint64_t CaptureFiles::hash_key() const noexcept { return state_->hash_key; }

std::vector<CaptureFiles::Problem> CaptureFiles::take_problems() {
  std::vector<Problem> problems;
  for (const auto& found : state_->recording->take_problems())
    problems.push_back({in_quotes(state_->files[found.file]->path) + ", at byte " +
                            std::to_string(found.problem.offset_bytes) + ": " +
                            found.problem.sentence,
                        found.problem.hides_traffic});
  for (const auto& file : state_->files)
    if (file->source.error() != 0 && !std::exchange(file->error_told, true))
      problems.push_back({in_quotes(file->path) + ", at byte " +
                              std::to_string(file->source.read_bytes()) +
                              ": reading stops: " + std::strerror(file->source.error()),
                          true});
  return problems;
}

std::optional<unsigned> CaptureFiles::percent() const noexcept {
  std::uint64_t read_bytes = 0, size_bytes = 0;
  for (const auto& file : state_->files) {
    if (!file->source.size_bytes()) return std::nullopt;
    read_bytes += file->source.read_bytes();
    size_bytes += *file->source.size_bytes();
  }
  if (size_bytes == 0) return std::nullopt;
  return static_cast<unsigned>(std::min<std::uint64_t>(read_bytes * 100 / size_bytes, 100));
}

}  // namespace proxy::cli
