#pragma once

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/capture/packet_recording.hpp"
#include "core/capture/pcapng_reader.hpp"
#include "core/capture/pcapng_writer.hpp"

// What a reader makes of a capture of ours.

namespace read_back {

class Text : public core::capture::ByteSource {
 public:
  explicit Text(std::string text) : text_(std::move(text)) {}
  std::size_t read(std::span<char> into) override {
    const std::size_t size = std::min(into.size(), text_.size() - at_);
    std::memcpy(into.data(), text_.data() + at_, size);
    at_ += size;
    return size;
  }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

/// One connection, as a story that can be compared: `open`, `>` and `<` with bytes, ends.
struct Read {
  std::map<std::string, std::string> by_client;
  std::vector<std::string> problems;
  core::capture::End end;
};

inline std::string stamp(core::Instant at) {
  return std::to_string(at.time_since_epoch().count()) + " ";
}

/// @param file Whole, with its head.
inline Read read(const std::string& file) {
  using namespace core::capture;
  Text text(file);
  Input input(text);
  PcapngReader reader(input);
  PacketRecording recording({&reader});
  Read result;
  std::map<core::ConnectionId, std::string> clients;
  while (const auto item = recording.next()) {
    if (const auto* opened = std::get_if<Opened>(&item->what))
      clients[item->connection] = std::string(opened->client);
    std::string& story = result.by_client[clients.at(item->connection)];
    story += stamp(item->at);
    if (const auto* opened = std::get_if<Opened>(&item->what))
      story += "open " + std::string(opened->server) +
               (opened->from == Opened::From::Start ? "\n" : " joined\n");
    if (const auto* bytes = std::get_if<Bytes>(&item->what))
      story += (bytes->direction == core::Direction::ToServer ? "> " : "< ") +
               std::string(bytes->bytes.begin(), bytes->bytes.end()) + "\n";
    if (const auto* missing = std::get_if<Missing>(&item->what))
      story += (missing->direction == core::Direction::ToServer ? "> missing " : "< missing ") +
               std::to_string(missing->bytes) + "\n";
    if (const auto* ended = std::get_if<Ended>(&item->what))
      story += std::string(ended->direction == core::Direction::ToServer ? "> " : "< ") +
               (ended->end == core::StreamEnd::Fin ? "FIN\n" : "RST\n");
  }
  for (const auto& found : recording.take_problems())
    result.problems.push_back(found.problem.sentence);
  result.end = recording.end();
  return result;
}

inline std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::string head() {
  std::string out;
  core::capture::pcapng::add_head("a test", "", out);
  return out;
}

}  // namespace read_back
