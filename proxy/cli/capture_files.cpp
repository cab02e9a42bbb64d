#include "proxy/cli/capture_files.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "core/capture/byte_source.hpp"
#include "core/capture/exchange_recording.hpp"
#include "core/capture/har_reader.hpp"
#include "core/capture/merged_recording.hpp"
#include "core/capture/mitmproxy_reader.hpp"
#include "core/capture/packet_recording.hpp"
#include "core/capture/pcap_reader.hpp"
#include "core/capture/pcapng_reader.hpp"
#include "core/limits.hpp"
#include "proxy/cli/file_source.hpp"

namespace proxy::cli {
namespace {

namespace capture = core::capture;

/// Enough to know every format, and to draw a key from.
constexpr std::size_t kStartBytes = 64 << 10;

constexpr std::string_view kWhatToDo =
    "; name a capture: pcapng, pcap, HAR, or what mitmdump -w writes";

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
  if (start.starts_with("PK")) return "is a zip archive, so unpack it first";
  if (start.starts_with("snoop")) return "is a snoop file; convert it with editcap";
  return "is no capture";
}

/// Files that stand beside a HAR, and nowhere else.
capture::Attachments attachments_of(const std::string& path) {
  return [folder = std::filesystem::path(path).parent_path()](
             std::string_view name) -> std::optional<std::string> {
    if (name.find('/') != std::string_view::npos || name == "..") return std::nullopt;
    std::ifstream in(folder / name, std::ios::binary);
    if (!in.is_open()) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
}

}  // namespace

struct CaptureFiles::State {
  struct File {
    explicit File(const std::string& path_) : path(path_), source(path_), input(source) {}
    std::string path;
    FileSource source;
    capture::Input input;
    std::unique_ptr<capture::PacketSource> packets;
    std::vector<capture::Problem> problems;  ///< of a file that was read at once
    bool error_told = false;
  };
  std::vector<std::unique_ptr<File>> files;
  std::vector<File*> of_packets;  ///< those in `packets`, in its order
  capture::PacketRecording* packets = nullptr;
  std::unique_ptr<capture::MergedRecording> recording;
  std::uint64_t hash_key = 0;

  [[nodiscard]] tl::expected<void, std::string> add(File& file);
  [[nodiscard]] tl::expected<void, std::string> add_exchanges(File& file, std::string_view start);
  void merge();

  std::vector<std::unique_ptr<capture::Recording>> parts;
};

/// Error: what goes on after the file's name.
tl::expected<void, std::string> CaptureFiles::State::add(File& file) {
  if (file.source.error() == 0) static_cast<void>(file.input.peek(1));
  if (file.source.error() != 0)
    return tl::unexpected("cannot be read: " + std::string(std::strerror(file.source.error())) +
                          std::string(kWhatToDo));
  const std::string_view start = file.input.peek(kStartBytes);
  hash_key ^= XXH3_64bits(start.data(), start.size());
  if (capture::PcapngReader::recognises(start))
    file.packets = std::make_unique<capture::PcapngReader>(file.input);
  else if (capture::PcapReader::recognises(start))
    file.packets = std::make_unique<capture::PcapReader>(file.input);
  else
    return add_exchanges(file, start);
  of_packets.push_back(&file);
  return {};
}

tl::expected<void, std::string> CaptureFiles::State::add_exchanges(File& file,
                                                                   std::string_view start) {
  const auto first = start.find_first_not_of("\xef\xbb\xbf \t\r\n");
  const bool json = first != std::string_view::npos && start[first] == '{';
  if (!json && !capture::is_mitmproxy(start))
    return tl::unexpected(std::string(kind_of(start)) + std::string(kWhatToDo));

  const std::string_view text = file.input.peek(core::limits::kExchangeFileBytesMax + 1);
  if (text.size() > core::limits::kExchangeFileBytesMax)
    return tl::unexpected(std::string(
        "is larger than 1 GiB, which a HAR or a file of mitmproxy may not be; split it"));
  tl::expected<capture::Exchanges, std::string> all;
  if (json)
    all = capture::read_har(text, attachments_of(file.path))
              .map_error([](const capture::HarError& error) {
                return "is no HAR: " + std::string(error.reason) + ", at byte " +
                       std::to_string(error.offset_bytes) + "; export it again";
              });
  else
    all = capture::read_mitmproxy(text);
  if (!all) return tl::unexpected(all.error());
  file.problems = std::move(all->problems);
  parts.push_back(std::make_unique<capture::ExchangeRecording>(
      *all, core::ConnectionId{std::uint64_t{files.size()} << 48}));
  return {};
}

void CaptureFiles::State::merge() {
  std::vector<capture::PacketSource*> sources;
  for (File* const file : of_packets) sources.push_back(file->packets.get());
  if (!sources.empty()) {
    auto whole = std::make_unique<capture::PacketRecording>(sources);
    packets = whole.get();
    parts.insert(parts.begin(), std::move(whole));
  }
  recording = std::make_unique<capture::MergedRecording>(std::move(parts));
}

tl::expected<CaptureFiles, std::string> CaptureFiles::open(const std::vector<std::string>& paths) {
  auto state = std::make_unique<State>();
  for (const std::string& path : paths) {
    auto& file = *state->files.emplace_back(std::make_unique<State::File>(path));
    if (const auto added = state->add(file); !added)
      return tl::unexpected(in_quotes(path) + " " + added.error());
  }
  state->merge();
  return CaptureFiles(std::move(state));
}

CaptureFiles::CaptureFiles(std::unique_ptr<State> state) : state_(std::move(state)) {}
CaptureFiles::CaptureFiles(CaptureFiles&&) noexcept = default;
CaptureFiles::~CaptureFiles() = default;

capture::Recording& CaptureFiles::recording() noexcept { return *state_->recording; }
std::uint64_t CaptureFiles::hash_key() const noexcept { return state_->hash_key; }

std::vector<CaptureFiles::Problem> CaptureFiles::take_problems() {
  std::vector<Problem> problems;
  const auto add = [&](const State::File& file, const capture::Problem& problem) {
    problems.push_back({in_quotes(file.path) + ", at byte " + std::to_string(problem.offset_bytes) +
                            ": " + problem.sentence,
                        problem.hides_traffic});
  };
  if (state_->packets != nullptr)
    for (const auto& found : state_->packets->take_problems())
      add(*state_->of_packets[found.file], found.problem);
  for (const auto& file : state_->files) {
    for (const capture::Problem& problem : std::exchange(file->problems, {})) add(*file, problem);
    if (file->source.error() != 0 && !std::exchange(file->error_told, true))
      add(*file, {file->source.read_bytes(),
                  "reading stops: " + std::string(std::strerror(file->source.error()))});
  }
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
